#pragma once
/// FHIR validation (http://hl7.org/fhir/R4/validation.html): a document against the base definitions and any number of
/// profiles in one walk.

#include <memory>
#include <span>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/document.hpp"
#include "fhirpath/expression.hpp"
#include "model/operation_outcome.hpp"
#include "validation/options.hpp"
#include "validation/terminology.hpp"

namespace causeway::validation {

class Engine;

/// Immutable; compiles what it needs of a profile when it meets it first. Threads: any, at the same time; scratch
/// memory belongs to the call. Lifetime: keeps the definitions.
class Validator {
public:
    explicit Validator(fhir::DefinitionsPtr definitions, Options options = {},
                       std::shared_ptr<const Terminology> terminology = nullptr);
    ~Validator();
    Validator(Validator&&) noexcept;
    Validator& operator=(Validator&&) noexcept;

    /// Checks the resource against its base definition, the profiles that it claims (meta.profile) and those named
    /// here. The document must have been parsed with the definitions of this validator. Findings carry no values of the
    /// document beyond codes and addresses of definitions.
    OperationOutcome validate(const fhir::FhirDocument& document, std::span<const std::string> profiles = {}) const;

    const fhir::Definitions& definitions() const noexcept;

    /// What expressions may ask: memberOf(), subsumes(), htmlChecks(), and conformsTo() over documents that were parsed
    /// with the definitions of this validator. Threads: any. Lifetime: that of the validator.
    const fhirpath::Services& services() const noexcept;

private:
    std::unique_ptr<const Engine> engine_;
    std::unique_ptr<const fhirpath::Services> services_;
};

}  // namespace causeway::validation
