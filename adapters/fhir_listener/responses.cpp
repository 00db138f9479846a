#include "adapters/fhir_listener/responses.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
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

void add_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '"')
            out += "&quot;";
        else
            out += c;
    }
}

void add_element(std::string& out, std::string_view name, const rapidjson::Value& value);

/// In the order of OperationOutcome; extension before all, url as an attribute.
void add_children(std::string& out, const rapidjson::Value& object) {
    constexpr std::string_view order[] = {"extension", "system", "version", "severity",    "code",     "display",
                                          "details",   "coding", "text",    "diagnostics", "location", "expression"};
    for (const auto name : order) {
        const auto found = object.FindMember(rapidjson::StringRef(name.data(), name.size()));
        if (found != object.MemberEnd()) add_element(out, name, found->value);
    }
    for (const auto& member : object.GetObject()) {
        const std::string_view name(member.name.GetString(), member.name.GetStringLength());
        if (name.starts_with("value")) add_element(out, name, member.value);
    }
}

void add_element(std::string& out, std::string_view name, const rapidjson::Value& value) {
    if (value.IsArray()) {
        for (const auto& item : value.GetArray()) add_element(out, name, item);
        return;
    }
    out.append("<").append(name);
    if (value.IsObject()) {
        if (const auto url = value.FindMember("url"); url != value.MemberEnd() && url->value.IsString()) {
            out += " url=\"";
            add_escaped(out, {url->value.GetString(), url->value.GetStringLength()});
            out += '"';
        }
        out += '>';
        add_children(out, value);
        out.append("</").append(name).append(">");
        return;
    }
    out += " value=\"";
    if (value.IsString()) add_escaped(out, {value.GetString(), value.GetStringLength()});
    if (value.IsInt64()) out += std::to_string(value.GetInt64());
    out += "\"/>";
}

Finding received(const std::string& journey) {
    Finding finding;
    finding.severity = Severity::information;
    finding.issue = Issue::informational;
    finding.text = "Received and stored. Its journey can be followed at " + journey + ".";
    return finding;
}

}  // namespace

void make_xml(net::HttpResponse& response) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(response.body.data(), response.body.size());
    if (document.HasParseError() || !document.IsObject() || !document.HasMember("issue")) return;
    std::string xml = "<OperationOutcome xmlns=\"http://hl7.org/fhir\">";
    add_element(xml, "issue", document["issue"]);
    response.body = xml + "</OperationOutcome>";
    std::erase_if(response.headers, [](const auto& header) { return header.first == "Content-Type"; });
    response.headers.emplace_back("Content-Type", "application/fhir+xml");
}

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
