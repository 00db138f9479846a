#include "api/fhir_service.hpp"

#include <algorithm>

#include "api/form.hpp"
#include "api/journey.hpp"
#include "api/task.hpp"
#include "api/validate.hpp"
#include "core/nhs_number.hpp"
#include "core/text.hpp"
#include "fhir/document.hpp"
#include "fhir/xml.hpp"

namespace causeway::api {
namespace {

constexpr std::size_t kMatches = 100;

FhirResponse refuse(int status, Issue issue, std::string text) {
    Finding finding;
    finding.issue = issue;
    finding.text = std::move(text);
    FhirResponse response;
    response.status = status;
    response.body = to_json(OperationOutcome{{std::move(finding)}});
    return response;
}

FhirResponse not_found() {
    return refuse(404, Issue::not_found,
                  "Nothing is kept under this id; use the address that the answer to your message gave.");
}

FhirResponse found(std::string body) {
    FhirResponse response;
    response.body = std::move(body);
    return response;
}

/// SMART App Launch scopes: version 1 says "read", "write" or "*", version 2 names letters of "cruds". A scope with a
/// query behind it limits which resources, which nobody checks here, so it gives nothing.
bool reads(std::string_view rights) {
    if (rights == "*" || rights == "read") return true;
    return rights.find('r') != std::string_view::npos && rights.find_first_not_of("cruds") == std::string_view::npos;
}

/// Does the token let its client read? A client without scopes (a certificate, loopback) is not limited by them.
bool may_read(const Client& client, std::string_view type) {
    if (client.scopes.empty()) return true;
    return std::any_of(client.scopes.begin(), client.scopes.end(), [&](const std::string& scope) {
        for (const auto* level : {"system/", "user/", "patient/"}) {
            if (!scope.starts_with(level)) continue;
            const auto rest = std::string_view(scope).substr(std::string_view(level).size());
            const auto dot = rest.find('.');
            const auto resource = rest.substr(0, dot),
                       rights = dot == std::string_view::npos ? "" : rest.substr(dot + 1);
            if ((resource == "*" || resource == type) && reads(rights)) return true;
        }
        return false;
    });
}

bool may_see(const Client& client, std::string_view sender) {
    return client.id.empty() || client.id == sender;
}

/// "system|value" as a key of the ledger; any kind where the system is not one that it knows.
Key key_of(std::string_view token, bool of_patient) {
    const auto bar = token.find('|');
    const auto system = bar == std::string_view::npos ? std::string_view() : token.substr(0, bar);
    const auto value = std::string(bar == std::string_view::npos ? token : token.substr(bar + 1));
    if (system == kNhsNumberSystem || (of_patient && system.empty()))
        return {"nhs-number", normalise_nhs_number(value)};
    if (system == kUbrnSystem) return {"ubrn", value};
    return {"", value};
}

struct Search {
    std::vector<Key> keys;
    std::string unknown;  ///< A parameter that the server does not know.
};

Search read_search(std::string_view form) {
    Search search;
    for (const auto part : split(form, '&')) {
        if (part.empty()) continue;
        const auto equals = std::min(part.find('='), part.size());
        const auto name = form_decode(part.substr(0, equals));
        const auto value = equals < part.size() ? form_decode(part.substr(equals + 1)) : std::string();
        if (name == "identifier" || name == "focus:identifier")
            search.keys.push_back(key_of(value, false));
        else if (name == "patient:identifier" || name == "patient.identifier" || name == "for:identifier")
            search.keys.push_back(key_of(value, true));
        else if (!name.starts_with("_"))
            search.unknown = name;
    }
    return search;
}

/// What was made as JSON, as XML. Without definitions it stays JSON: names alone don't tell what is a list.
FhirResponse as_xml(FhirResponse response, const fhir::DefinitionsPtr& definitions) {
    fhir::ParseOptions options;
    options.definitions = definitions;
    const auto document = fhir::parse(Payload(response.body), options);
    if (!document) return response;
    auto xml = fhir::to_xml(**document);
    if (!xml) return response;
    response.body = std::move(*xml);
    response.headers.emplace_back("Content-Type", kFhirXml);
    return response;
}

}  // namespace

boost::asio::awaitable<FhirResponse> LedgerFhirService::handle(FhirRequest request) {
    auto response = answer(request);
    if (request.wants_xml) co_return as_xml(std::move(response), engine_.configuration()->definitions);
    co_return response;
}

FhirResponse LedgerFhirService::answer(const FhirRequest& request) const {
    if (request.path == "metadata" && request.method == "GET")
        return found(capability_json(*engine_.configuration(), request.channel, engine_.clock().now()));
    const auto parts = split(request.path, '/');
    if (parts.back() == "$validate" && parts.size() <= 2) return validate(request, parts.size() == 2 ? parts[0] : "");
    const auto type = parts.front();
    if (type != "Task" && type != "ServiceRequest")
        return refuse(404, Issue::not_supported,
                      "This server reads Task and ServiceRequest; referrals go to $process-message. See metadata.");
    if (!may_read(request.client, type))
        return refuse(403, Issue::forbidden, "Ask for a token whose scope reads " + std::string(type) + ".");
    if (parts.size() == 2 && request.method == "GET") return read(request, type, parts[1]);
    if (parts.size() == 2 && request.method == "POST" && type == "Task" && parts[1] == "_search")
        return search(request);
    return refuse(
        405, Issue::not_supported,
        "Use GET " + std::string(type) + "/{id} or POST Task/_search; identifiers of patients never stand in a URL.");
}

FhirResponse LedgerFhirService::validate(const FhirRequest& request, std::string_view type) const {
    if (request.method != "POST") return refuse(405, Issue::not_supported, "POST the resource to $validate.");
    return validate_resource(request, type, *engine_.configuration());
}

Result<Id> LedgerFhirService::find_message(std::string_view type, std::string_view id, const Client& client) const {
    if (const auto own = Id::parse(id)) return *own;
    // A ServiceRequest may also be asked for by the id that its sender gave it, where that is unambiguous.
    auto matches = engine_.store().find({"service-request", std::string(id)}, kMatches);
    if (type != "ServiceRequest" || !matches) return fail(Issue::not_found, "", "");
    std::erase_if(*matches, [&](const MessageSummary& one) {
        return one.disposition != Disposition::accepted || !may_see(client, one.sender);
    });
    if (matches->empty()) return fail(Issue::not_found, "", "");
    const auto& sender = matches->front().sender;
    const bool one_sender =
        std::all_of(matches->begin(), matches->end(), [&](const auto& one) { return one.sender == sender; });
    if (!one_sender) return fail(Issue::conflict, "", "");
    return matches->front().id;
}

FhirResponse LedgerFhirService::read(const FhirRequest& request, std::string_view type, std::string_view id) const {
    const auto message = find_message(type, id, request.client);
    if (!message && message.error().issue == Issue::conflict)
        return refuse(409, Issue::conflict,
                      "Several senders use this id; ask by the id that the answer to your message gave.");
    if (!message) return not_found();
    if (type == "ServiceRequest") {
        const auto stored = engine_.store().message(*message);
        if (!stored || !may_see(request.client, stored->message.sender)) return not_found();
        auto json = service_request_json(*stored, engine_.configuration()->definitions);
        return json ? found(std::move(*json)) : not_found();
    }
    const auto journey = collect_journey(engine_.store(), *message);
    if (!journey || !may_see(request.client, journey->message.message.sender)) return not_found();
    return found(task_json(*journey));
}

FhirResponse LedgerFhirService::search(const FhirRequest& request) const {
    if (!request.media_type.starts_with("application/x-www-form-urlencoded"))
        return refuse(415, Issue::not_supported, "Send the search as application/x-www-form-urlencoded.");
    const auto search = read_search(request.body);
    if (!search.unknown.empty() || search.keys.empty())
        return refuse(400, Issue::not_supported, "Search Task by identifier or patient:identifier, as system|value.");
    std::vector<Journey> journeys;
    const auto matches = engine_.store().find(search.keys.front(), kMatches);
    if (!matches) return refuse(503, Issue::no_store, "The ledger cannot be read now; try again later.");
    for (const auto& match : *matches) {
        if (!may_see(request.client, match.sender)) continue;
        auto journey = collect_journey(engine_.store(), match.id);
        const auto has = [&](const Key& key) {
            const auto& keys = journey->message.message.keys;
            return std::any_of(keys.begin(), keys.end(), [&](const Key& known) {
                return known.value == key.value && (key.kind.empty() || known.kind == key.kind);
            });
        };
        if (journey && std::all_of(search.keys.begin(), search.keys.end(), has))
            journeys.push_back(std::move(*journey));
    }
    return found(searchset_json(journeys, engine_.configuration()->engine.base_url));
}

}  // namespace causeway::api
