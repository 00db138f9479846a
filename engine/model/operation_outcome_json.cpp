#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <charconv>

#include "model/operation_outcome.hpp"

namespace causeway {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;
using rapidjson::Value;

// FHIR's own extensions for the place in the source and the profile (core extensions pack, operationoutcome-issue-line,
// -col and -source).
constexpr std::string_view kLine = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line";
constexpr std::string_view kColumn = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col";
constexpr std::string_view kSource = "http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-source";
constexpr std::string_view kHl7Codes = "http://terminology.hl7.org/CodeSystem/v2-0357";
constexpr std::string_view kRules = "urn:causeway:rule";
constexpr std::string_view kAllOk = "All OK";

void text(Writer& out, std::string_view value) {
    out.String(value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

void member(Writer& out, std::string_view name, std::string_view value) {
    text(out, name);
    text(out, value);
}

void write_extension(Writer& out, std::string_view url, std::uint32_t value) {
    if (value == 0) return;
    out.StartObject();
    member(out, "url", url);
    text(out, "valueInteger");
    out.Uint(value);
    out.EndObject();
}

void write_source(Writer& out, std::string_view profile) {
    if (profile.empty()) return;
    out.StartObject();
    member(out, "url", kSource);
    member(out, "valueString", profile);
    out.EndObject();
}

void write_place(Writer& out, const Finding& finding) {
    if (finding.line == 0 && finding.column == 0 && finding.profile.empty()) return;
    text(out, "extension");
    out.StartArray();
    write_extension(out, kLine, finding.line);
    write_extension(out, kColumn, finding.column);
    write_source(out, finding.profile);
    out.EndArray();
}

void write_coding(Writer& out, std::string_view system, std::string_view code) {
    out.StartObject();
    member(out, "system", system);
    member(out, "code", code);
    out.EndObject();
}

void write_codings(Writer& out, const Finding& finding) {
    if (finding.hl7_code == 0 && finding.rule.empty()) return;
    text(out, "coding");
    out.StartArray();
    if (finding.hl7_code != 0) write_coding(out, kHl7Codes, std::to_string(finding.hl7_code));
    if (!finding.rule.empty()) write_coding(out, kRules, finding.rule);
    out.EndArray();
}

void write_details(Writer& out, const Finding& finding) {
    if (finding.hl7_code == 0 && finding.rule.empty() && finding.text.empty()) return;
    text(out, "details");
    out.StartObject();
    write_codings(out, finding);
    if (!finding.text.empty()) member(out, "text", finding.text);
    out.EndObject();
}

void write_issue(Writer& out, const Finding& finding) {
    out.StartObject();
    write_place(out, finding);
    member(out, "severity", to_code(finding.severity));
    member(out, "code", to_code(finding.issue));
    write_details(out, finding);
    if (!finding.expression.empty()) {
        text(out, "expression");
        out.StartArray();
        text(out, finding.expression);
        out.EndArray();
    }
    out.EndObject();
}

Finding all_ok() {
    Finding finding;
    finding.severity = Severity::information;
    finding.issue = Issue::informational;
    finding.text = kAllOk;
    return finding;
}

bool is_all_ok(const Finding& finding) {
    return finding.severity == Severity::information && finding.issue == Issue::informational && finding.text == kAllOk;
}

const Value* find(const Value& object, std::string_view name) {
    if (!object.IsObject()) return nullptr;
    const auto at =
        object.FindMember(Value(rapidjson::StringRef(name.data(), static_cast<rapidjson::SizeType>(name.size()))));
    return at == object.MemberEnd() ? nullptr : &at->value;
}

std::string_view string_of(const Value* value) {
    if (value == nullptr || !value->IsString()) return {};
    return {value->GetString(), value->GetStringLength()};
}

/// Calls `visit` for each item of the array `name`.
template <class Visit>
void each(const Value& object, std::string_view name, Visit visit) {
    const Value* const array = find(object, name);
    if (array == nullptr || !array->IsArray()) return;
    for (const Value& item : array->GetArray()) visit(item);
}

Severity severity_from_code(std::string_view code) {
    for (const Severity severity : {Severity::fatal, Severity::warning, Severity::information})
        if (to_code(severity) == code) return severity;
    return Severity::error;
}

void read_extension(const Value& extension, Finding& finding) {
    const std::string_view url = string_of(find(extension, "url"));
    if (url == kSource) finding.profile = string_of(find(extension, "valueString"));
    const Value* const value = find(extension, "valueInteger");
    if (value == nullptr || !value->IsUint()) return;
    if (url == kLine) finding.line = value->GetUint();
    if (url == kColumn) finding.column = value->GetUint();
}

void read_coding(const Value& coding, Finding& finding) {
    const std::string_view system = string_of(find(coding, "system"));
    const std::string_view code = string_of(find(coding, "code"));
    if (system == kRules) finding.rule = code;
    if (system == kHl7Codes) std::from_chars(code.data(), code.data() + code.size(), finding.hl7_code);
}

Finding read_issue(const Value& issue) {
    Finding finding;
    finding.severity = severity_from_code(string_of(find(issue, "severity")));
    finding.issue = issue_from_code(string_of(find(issue, "code")));
    each(issue, "extension", [&](const Value& item) { read_extension(item, finding); });
    each(issue, "expression", [&](const Value& item) {
        if (finding.expression.empty()) finding.expression = string_of(&item);
    });
    if (const Value* const details = find(issue, "details")) {
        finding.text = string_of(find(*details, "text"));
        each(*details, "coding", [&](const Value& item) { read_coding(item, finding); });
    }
    return finding;
}

}  // namespace

std::string to_json(const OperationOutcome& outcome) {
    rapidjson::StringBuffer buffer;
    Writer out(buffer);
    out.StartObject();
    member(out, "resourceType", "OperationOutcome");
    text(out, "issue");
    out.StartArray();
    if (outcome.empty()) write_issue(out, all_ok());
    for (const Finding& finding : outcome.issues) write_issue(out, finding);
    out.EndArray();
    out.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

OperationOutcome outcome_from_json(std::string_view json) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
    OperationOutcome outcome;
    if (document.HasParseError()) return outcome;
    each(document, "issue", [&](const Value& issue) { outcome.add(read_issue(issue)); });
    if (outcome.issues.size() == 1 && is_all_ok(outcome.issues.front())) outcome.issues.clear();
    return outcome;
}

}  // namespace causeway
