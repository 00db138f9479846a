#pragma once
/// What a channel has validated of its messages, and what follows from what is found.

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "fhir/document.hpp"
#include "hl7v2/message.hpp"
#include "model/operation_outcome.hpp"
#include "validation/v2/profile.hpp"
#include "validation/validator.hpp"

namespace causeway::pipeline {

/// What follows from findings of a severity.
enum class Reaction {
    note,  ///< Accepted; the findings are kept and told.
    hold,  ///< Accepted, and held for the channel's owner.
    refuse
};

/// A MessageDefinition that messages of its event must meet.
struct MessageEvent {
    std::string definition;  ///< Canonical.
    std::string system;      ///< Of eventCoding; empty with eventUri.
    std::string code;        ///< Code, or the URI.
};

/// Immutable; copies share. Threads: any.
struct Validation {
    std::shared_ptr<const validation::Validator> validator;  ///< Null: nothing is validated.
    bool base = true;                                        ///< False: only what profiles say counts.
    std::vector<std::string> profiles;                       ///< Canonicals of StructureDefinitions.
    std::vector<MessageEvent> messages;
    std::vector<validation::v2::ProfilePtr>
        conformance;  ///< Of HL7 v2 messages; those for other messages do not count.
    Reaction on_error = Reaction::refuse;
    Reaction on_warning = Reaction::note;

    struct Result {
        /// Errors, all of which refuse, and warnings, which do not; remarks are left out.
        OperationOutcome findings;
        std::string hold;  ///< Why the message is held, where nothing refuses it; empty where it is not.
    };
    /// Of `messages`, those whose event the document has.
    std::vector<std::string> definitions_of(const fhir::FhirDocument& document) const;
    /// The document was read with the validator's definitions.
    Result check(const fhir::FhirDocument& document) const;
    /// Against each conformance profile. Where none is for this message, the first one says so.
    Result check(const hl7v2::Message& message) const;

private:
    Result react(OperationOutcome findings) const;
};

/// Appends what validation found to what the channel's own rules said; where both speak of one place, those win.
void append_unsaid(OperationOutcome& said, OperationOutcome found);

/// The fields of "validate:".
std::span<const config::FieldSpec> validation_fields();

/// Is it the name of a conformance profile of HL7 v2, and no canonical?
bool is_conformance_profile(std::string_view name);

/// Reads them. Null definitions: a mistake where they are needed. `folder` holds the conformance profiles.
Validation read_validation(const config::Settings& settings, const fhir::DefinitionsPtr& definitions,
                           const std::filesystem::path& folder, std::vector<config::Mistake>& mistakes);

}  // namespace causeway::pipeline
