#include "pipeline/patient_learning.hpp"

#include <variant>

#include "core/nhs_number.hpp"
#include "fhir/bundle.hpp"
#include "fhir/json.hpp"
#include "hl7v2/message.hpp"
#include "mapping/dtm.hpp"
#include "mapping/identity.hpp"
#include "mapping/table.hpp"

namespace causeway::pipeline {
namespace {

/// A sub-component; a component without them is its own first one.
std::string part_of(const tree::Node& component, std::string_view part) {
    if (const auto node = component.child(part)) return std::string(node.text());
    return part == "1" ? std::string(component.text()) : std::string();
}

/// A mistyped NHS number may be written for two patients, so it identifies nobody: the key is empty.
Key nhs_key(const std::string& value) {
    return {std::string(kNhsNumberSystem), is_valid_nhs_number(value) ? normalise_nhs_number(value) : std::string()};
}

/// A number without an authority is one of the sender's own: two hospitals may both have a patient 12345. Systems are
/// those of the maps, so that a number is the same whether it came as HL7 v2 or as FHIR.
Key key_of(const tree::Node& repetition, std::string_view facility) {
    auto value = part_of(repetition.child("1"), "1");
    if (value.empty()) value = repetition.text();
    const auto assigner = repetition.child("4");
    const mapping::Authority authority{part_of(assigner, "1"), part_of(assigner, "2"), part_of(assigner, "3")};
    if (mapping::is_nhs_number(authority.name, part_of(repetition.child("5"), "1"))) return nhs_key(value);
    auto system = mapping::system_of(authority);
    if (system.empty()) system = mapping::local_system(facility);
    return {std::move(system), std::move(value)};
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

std::optional<Instant> instant_of(std::string_view dtm) {
    // A day alone counts from its beginning: what is said to have come later wins over it.
    const bool is_day = dtm.size() == 8;
    const auto fhir =
        mapping::dtm_to_fhir(is_day ? std::string(dtm) + "00" : std::string(dtm), mapping::DtmAs::instant, {});
    const auto* text = std::get_if<std::string>(&fhir);
    return text != nullptr ? parse_fhir_instant(*text) : std::nullopt;
}

Instant effective_at(const hl7v2::Message& message, Instant received) {
    for (const auto* path : {"EVN-6.1", "EVN-2.1", "MSH-7.1"})
        if (const auto at = instant_of(message.get(path))) return *at;
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
