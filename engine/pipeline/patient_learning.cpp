#include "pipeline/patient_learning.hpp"

#include <algorithm>

#include "core/nhs_number.hpp"
#include "fhir/bundle.hpp"
#include "fhir/json.hpp"
#include "hl7v2/message.hpp"

namespace causeway::pipeline {
namespace {

/// Prefix of the identifier system of a local number, by assigning authority (PID-3.4).
constexpr std::string_view kLocalSystem = "urn:causeway:id:";

bool is_nhs_number(std::string_view authority, std::string_view type) {
    return authority == "NHS" || type == "NHS" || type == "NH";
}

std::string text_of(const tree::Node& repetition, std::string_view component) {
    const auto node = repetition.child(component);
    std::string text(node.text());
    // The first sub-component of an assigning authority (HD) is its name.
    if (const auto first = node.child("1")) text = first.text();
    return text;
}

/// A mistyped NHS number may be written for two patients, so it identifies nobody: the key is empty.
Key nhs_key(const std::string& value) {
    return {std::string(kNhsNumberSystem), is_valid_nhs_number(value) ? normalise_nhs_number(value) : std::string()};
}

/// A number without an authority is one of the sender's own: two hospitals may both have a patient 12345.
Key key_of(const tree::Node& repetition, std::string_view facility) {
    auto value = text_of(repetition, "1");
    if (value.empty()) value = repetition.text();
    auto authority = text_of(repetition, "4");
    if (is_nhs_number(authority, text_of(repetition, "5"))) return nhs_key(value);
    if (authority.empty()) authority = facility;
    return {std::string(kLocalSystem) + authority, std::move(value)};
}

std::vector<Key> identifiers(const hl7v2::Message& message, std::string_view path) {
    std::vector<tree::Node> repetitions;
    message.select(hl7v2::Path::parse(path).value(), repetitions);
    std::vector<Key> keys;
    for (const auto& repetition : repetitions)
        if (auto key = key_of(repetition, message.get("MSH-4.1")); !key.value.empty() && key.value != "\"\"")
            keys.push_back(std::move(key));
    return keys;
}

std::vector<Key> identifiers(const tree::Node& patient) {
    std::vector<Key> keys;
    std::vector<tree::Node> found;
    patient.children("identifier", found);
    for (const auto& identifier : found) {
        Key key{std::string(identifier.child("system").text()), std::string(identifier.child("value").text())};
        if (key.kind == kNhsNumberSystem) key = nhs_key(key.value);
        if (!key.value.empty()) keys.push_back(std::move(key));
    }
    return keys;
}

/// "20261121214503.12+0100" or less, as the instant it names; nothing where it names none.
std::optional<Instant> parse_dtm(std::string_view text) {
    const auto offset_at = text.find_first_of("+-");
    const auto offset = offset_at == std::string_view::npos ? std::string_view() : text.substr(offset_at);
    const auto digits = text.substr(0, std::min(text.find('.'), offset_at));
    if (digits.size() < 8) return std::nullopt;
    std::string iso(digits.substr(0, 4));
    iso.append("-").append(digits.substr(4, 2)).append("-").append(digits.substr(6, 2));
    if (digits.size() >= 12) {
        iso.append("T").append(digits.substr(8, 2)).append(":").append(digits.substr(10, 2));
        if (digits.size() >= 14) iso.append(":").append(digits.substr(12, 2));
        if (offset.size() == 5) iso.append(offset.substr(0, 3)).append(":").append(offset.substr(3));
    }
    return parse_fhir_instant(iso);
}

Instant effective_at(const hl7v2::Message& message, Instant received) {
    for (const auto* path : {"EVN-6.1", "EVN-2.1", "MSH-7.1"})
        if (const auto at = parse_dtm(message.get(path))) return *at;
    return received;
}

}  // namespace

std::vector<Key> known_by(const tree::Document& document) {
    if (const auto* message = dynamic_cast<const hl7v2::Message*>(&document)) return identifiers(*message, "PID-3[*]");
    return identifiers(fhir::Bundle(document.root()).first("Patient"));
}

Result<PatientChange> learn_patient(const tree::Document& document, const mapping::Map& map,
                                    const fhirpath::Environment& environment, Instant received) {
    const auto* message = dynamic_cast<const hl7v2::Message*>(&document);
    if (!message) return fail(Issue::not_supported, map.name(), "Patient knowledge is learnt from HL7 v2 messages.");
    PatientChange change;
    change.identifiers = identifiers(*message, "PID-3[*]");
    change.effective_at = effective_at(*message, received);
    change.retired_identifiers = identifiers(*message, "MRG-1[*]");
    if (!change.retired_identifiers.empty()) change.kind = PatientChange::Kind::merged;
    if (change.identifiers.empty()) return change;
    auto output = map.run(mapping::Direction::forward, document.root(), environment);
    if (!output) return output.error();
    change.patient = output->payload.reveal();
    return change;
}

}  // namespace causeway::pipeline
