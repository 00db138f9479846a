#pragma once
/// What definitions alone can answer: value sets as they are held, hierarchies of code systems, base types.

#include "fhirpath/expression.hpp"

namespace causeway::fhirpath {

/// For those who evaluate without a validator. Threads: any.
class DefinitionServices final : public Services {
public:
    explicit DefinitionServices(fhir::DefinitionsPtr definitions) : definitions_(std::move(definitions)) {}

    Answer member_of(std::string_view system, std::string_view code, std::string_view value_set) const override;
    /// Of base types; a constraint is `unknown`, because checking one is the validator's work.
    Answer conforms_to(const tree::Node& node, std::string_view profile) const override;
    Answer subsumes(std::string_view system, std::string_view ancestor, std::string_view descendant) const override;
    Answer html_checks(const tree::Node&) const override { return Answer::unknown; }

private:
    fhir::DefinitionsPtr definitions_;
};

}  // namespace causeway::fhirpath
