#include "pipeline/keys.hpp"

#include <algorithm>
#include <array>

#include "core/nhs_number.hpp"
#include "core/text.hpp"
#include "hl7v2/message.hpp"

namespace causeway::pipeline {
namespace {

using fhirpath::Expression;

/// Expressions written here are checked by the tests: one that does not compile is a programming mistake.
Expression compiled(std::string_view text) {
    auto result = Expression::compile(text);
    return std::holds_alternative<Expression>(result) ? std::get<Expression>(result) : Expression();
}

/// Where one kind of key stands in one format.
struct Place {
    std::string kind;
    Expression expression;
};

/// The four spellings of an NHS number in PID-3: by assigning authority or by type.
constexpr std::string_view kV2NhsNumber = R"(PID-3[4.1="NHS" or 5="NHS" or 5="NH"].1)";

const std::vector<Place>& v2_places() {
    static const std::vector<Place> places = {
        {"nhs-number", compiled(kV2NhsNumber)},
        {"nhs-number", compiled(R"(MRG-1[4.1="NHS" or 5="NHS" or 5="NH"].1)")},
        {"control-id", compiled("MSH-10")},
        {"ubrn", compiled("RF1-6.1 | RF1-11.1")},
        {"document", compiled("TXA-12.1")},
        {"ods", compiled(R"(PRD-7[*].1 | PD1-3[*].3 | PD1-3[*].10)")},
        {"patient", compiled("PID-3[*].1 | MRG-1[*].1")},
    };
    return places;
}

const std::vector<Place>& fhir_places() {
    static const std::vector<Place> places = {
        {"nhs-number", compiled("Bundle.entry.resource.ofType(Patient).identifier.where(system='" +
                                std::string(kNhsNumberSystem) + "').value")},
        {"control-id", compiled("Bundle.identifier.value")},
        {"bundle", compiled("Bundle.id")},
        {"ubrn", compiled("Bundle.entry.resource.ofType(ServiceRequest).identifier.where(system='" +
                          std::string(kUbrnSystem) + "').value")},
        {"service-request", compiled("Bundle.entry.resource.ofType(ServiceRequest).id")},
        {"referral", compiled("Bundle.entry.resource.ofType(ServiceRequest).identifier.value")},
        {"ods", compiled("Bundle.entry.resource.ofType(Organization).identifier.where(system='" +
                         std::string(kOdsCodeSystem) + "').value")},
        {"document", compiled("Bundle.entry.resource.ofType(DocumentReference).masterIdentifier.value")},
    };
    return places;
}

bool is_v2(const tree::Document& document) {
    return document.format() == "hl7v2";
}

std::vector<std::string> texts(const Expression& expression, const tree::Node& root) {
    std::vector<std::string> found;
    const auto values = expression.evaluate(root, {});
    if (!values) return found;
    for (const auto& value : *values)
        if (auto text = fhirpath::to_text(value); !text.empty()) found.push_back(std::move(text));
    return found;
}

std::string first(const Expression& expression, const tree::Node& root) {
    auto found = texts(expression, root);
    return found.empty() ? std::string() : std::move(found.front());
}

std::string normalised(const std::string& kind, std::string value) {
    if (kind == "nhs-number") return normalise_nhs_number(value);
    if (kind != "ods") return std::string(trim(value));
    std::transform(value.begin(), value.end(), value.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return std::string(trim(value));
}

void add(std::vector<Key>& keys, const std::string& kind, std::string value) {
    Key key{kind, normalised(kind, std::move(value))};
    constexpr std::size_t longest = 200;  // A key is an index entry, not a document.
    if (key.value.empty() || key.value.size() > longest || std::find(keys.begin(), keys.end(), key) != keys.end())
        return;
    keys.push_back(std::move(key));
}

std::vector<std::string> values_of(const std::vector<Key>& keys, std::string_view kind) {
    std::vector<std::string> found;
    for (const auto& key : keys)
        if (key.kind == kind) found.push_back(key.value);
    return found;
}

/// By NHS number; where there is none by every other identifier of the patient.
std::vector<std::string> patients_of(const std::vector<Key>& keys) {
    auto found = values_of(keys, "nhs-number");
    if (found.empty()) found = values_of(keys, "patient");
    return found;
}

Priority priority_of(std::string_view code) {
    constexpr std::array emergency = std::to_array<std::string_view>({"stat", "S", "STAT"});
    constexpr std::array urgent = std::to_array<std::string_view>({"urgent", "asap", "A", "ASAP", "U"});
    if (std::find(emergency.begin(), emergency.end(), code) != emergency.end()) return Priority::emergency;
    return std::find(urgent.begin(), urgent.end(), code) != urgent.end() ? Priority::urgent : Priority::routine;
}

std::string v2_sender(const hl7v2::Message& message) {
    const auto application = message.get("MSH-3.1"), facility = message.get("MSH-4.1");
    return std::string(application) + '|' + std::string(facility);
}

void identify_v2(const hl7v2::Message& message, Identity& identity) {
    identity.control_id = message.get("MSH-10");
    identity.sender = v2_sender(message);
    auto code = message.get("RF1-2.1");
    if (code.empty()) code = message.get("OBR-27.6");
    identity.priority = priority_of(code);
}

void identify_fhir(const tree::Node& root, Identity& identity) {
    static const auto identifier = compiled("Bundle.identifier.value"), id = compiled("Bundle.id");
    static const auto source = compiled("Bundle.entry.resource.ofType(MessageHeader).source.endpoint");
    static const auto priority = compiled("Bundle.entry.resource.ofType(ServiceRequest).priority");
    identity.control_id = first(identifier, root);
    if (identity.control_id.empty()) identity.control_id = first(id, root);
    identity.sender = first(source, root);
    for (const auto& code : texts(priority, root)) identity.priority = std::max(identity.priority, priority_of(code));
}

}  // namespace

Identity identify(const tree::Document& document, const Channel& channel) {
    const auto root = document.root();
    Identity identity;
    if (const auto* message = dynamic_cast<const hl7v2::Message*>(&document))
        identify_v2(*message, identity);
    else
        identify_fhir(root, identity);
    for (const auto& place : is_v2(document) ? v2_places() : fhir_places())
        for (auto& value : texts(place.expression, root)) add(identity.keys, place.kind, std::move(value));
    for (const auto& [kind, expression] : channel.keys)
        for (auto& value : texts(expression, root)) add(identity.keys, kind, std::move(value));
    add(identity.keys, "sender", identity.sender);
    identity.patients = patients_of(identity.keys);
    return identity;
}

void add_keys(std::vector<Key>& keys, const std::string& kind, const Expression& expression, const tree::Node& root,
              const fhirpath::Environment& environment) {
    const auto values = expression.evaluate(root, environment);
    if (!values) return;
    for (const auto& value : *values) add(keys, kind, fhirpath::to_text(value));
}

std::vector<StatedNhsNumber> nhs_numbers_of(const tree::Document& document) {
    const auto& places = is_v2(document) ? v2_places() : fhir_places();
    std::vector<StatedNhsNumber> found;
    for (const auto& place : places) {
        if (place.kind != "nhs-number") continue;
        const auto values = place.expression.evaluate(document.root(), {});
        if (!values) continue;
        for (const auto& value : *values)
            if (const auto* node = std::get_if<tree::Node>(&value);
                node && !node->text().empty() && node->text() != "\"\"")
                found.push_back({std::string(node->text()), node->path(), node->position()});
    }
    return found;
}

}  // namespace causeway::pipeline
