#pragma once
/// What expressions may ask of the validator. Internal; Validator::services() is the way in.

#include "fhirpath/expression.hpp"
#include "validation/engine.hpp"

namespace causeway::validation {

/// What does not depend on a document. Threads: any.
class TerminologyServices : public fhirpath::Services {
public:
    explicit TerminologyServices(const Engine& engine) : engine_(engine) {}

    Answer member_of(std::string_view system, std::string_view code, std::string_view value_set) const override;
    Answer subsumes(std::string_view system, std::string_view ancestor, std::string_view descendant) const override;
    Answer html_checks(const tree::Node& div) const override;

protected:
    const Engine& engine_;
};

/// For expressions that are evaluated outside a validation: each conformsTo() is a walk of its own. Threads: any.
class DocumentServices final : public TerminologyServices {
public:
    using TerminologyServices::TerminologyServices;

    /// Of a document that was read with other definitions, or is no FHIR: unknown.
    Answer conforms_to(const tree::Node& node, std::string_view profile) const override;
};

}  // namespace causeway::validation
