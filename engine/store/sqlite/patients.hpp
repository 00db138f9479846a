#pragma once
/// Patient knowledge: events patient.known and patient.merged, folded into the tables patient and patient_link.

#include <optional>
#include <string>

#include "store/message_store.hpp"
#include "store/sqlite/write_context.hpp"

namespace causeway::sqlite {

/// The record that an identifier leads to after all merges; none where it is unknown.
std::optional<std::int64_t> find_patient(Connection& connection, Names& names, const Key& identifier);

/// Writes the event of the change and folds it into the projection.
void record_patient(WriteContext& context, const PatientChange& change, Id message);

/// The change as the detail of its event, and back. `note` says what a person should look at.
std::string change_to_json(const PatientChange& change, const std::string& note);
PatientChange change_from_json(std::string_view json, PatientChange::Kind kind);

/// The FHIR Patient `patient`, with the practice of `former` where it names none: a message without PD1 says nothing
/// about the practice.
std::string with_practice_of(std::string_view former, std::string patient);

/// What the FHIR Patients `a` and `b` disagree on, both having it: "nhs-number, birth-date, family-name" or fewer.
std::string disagreement(std::string_view a, std::string_view b);

}  // namespace causeway::sqlite
