#include "adapters/fhir_listener/responses.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <utility>

namespace causeway::fhir_listener {
namespace {

constexpr std::string_view kRetryThrottled = "1";
constexpr std::string_view kRetryNoStore = "5";

/// Puts `diagnostics` into the first issue of an OperationOutcome that we wrote.
std::string with_diagnostics(const std::string& outcome, std::string_view diagnostics) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(outcome.data(), outcome.size());
    if (document.HasParseError() || !document.IsObject() || !document.HasMember("issue")) return outcome;
    rapidjson::Value text(diagnostics.data(), static_cast<rapidjson::SizeType>(diagnostics.size()),
                          document.GetAllocator());
    document["issue"][0].AddMember("diagnostics", text, document.GetAllocator());
    rapidjson::StringBuffer buffer;
    rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
    document.Accept(writer);
    return {buffer.GetString(), buffer.GetSize()};
}

Finding received(const std::string& journey) {
    Finding finding;
    finding.severity = Severity::information;
    finding.issue = Issue::informational;
    finding.text = "Received and stored. Its journey can be followed at " + journey + ".";
    return finding;
}

}  // namespace

int status_of(Issue issue) noexcept {
    switch (issue) {
        case Issue::login:
        case Issue::expired:
            return 401;
        case Issue::forbidden:
            return 403;
        case Issue::not_found:
            return 404;
        case Issue::timeout:
            return 408;
        case Issue::duplicate:
        case Issue::conflict:
            return 409;
        case Issue::too_long:
        case Issue::too_costly:
            return 413;
        case Issue::throttled:
            return 429;
        case Issue::no_store:
        case Issue::transient:
            return 503;
        case Issue::exception:
            return 500;
        case Issue::structure:
        case Issue::not_supported:
            return 400;
        default:
            return 422;
    }
}

net::HttpResponse respond(int status, const OperationOutcome& outcome) {
    net::HttpResponse response;
    response.status = status;
    response.headers.emplace_back("Content-Type", kFhirJson);
    response.body = to_json(outcome);
    return response;
}

net::HttpResponse respond(int status, const Error& error) {
    auto response = respond(status, to_outcome(error));
    if (status == 401)
        response.headers.emplace_back("WWW-Authenticate",
                                      error.issue == Issue::expired
                                          ? R"(Bearer error="invalid_token", error_description="expired")"
                                          : R"(Bearer error="invalid_token")");
    if (status == 403) response.headers.emplace_back("WWW-Authenticate", R"(Bearer error="insufficient_scope")");
    if (status == 429) response.headers.emplace_back("Retry-After", kRetryThrottled);
    if (status == 503) response.headers.emplace_back("Retry-After", kRetryNoStore);
    return response;
}

net::HttpResponse respond(const Error& error) {
    return respond(status_of(error.issue), error);
}

net::HttpResponse respond(const Verdict& verdict, std::string_view base) {
    const bool taken = verdict.disposition == Disposition::accepted || verdict.disposition == Disposition::duplicate;
    if (!taken) {
        const int fallback = verdict.disposition == Disposition::conflict ? 409 : 422;
        return respond(verdict.http_status >= 400 ? verdict.http_status : fallback, verdict.outcome);
    }
    const auto journey = "Task/" + verdict.message.text();
    OperationOutcome outcome;
    outcome.add(received(journey));
    outcome.append(verdict.outcome);
    auto response = respond(verdict.http_status, outcome);
    response.body = with_diagnostics(response.body, journey);
    response.headers.emplace_back("Location", std::string(base) + "/" + journey);
    return response;
}

}  // namespace causeway::fhir_listener
