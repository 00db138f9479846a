#pragma once
/// Validates a text and looks into what was found.

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/compile.hpp"
#include "fhir/definitions/documents.hpp"
#include "fhir/document.hpp"
#include "support/definitions.hpp"
#include "validation/validator.hpp"

namespace causeway::test {

inline OperationOutcome validate(const std::string& text, const fhir::DefinitionsPtr& definitions = r4(),
                                 validation::Options options = {}, const std::vector<std::string>& profiles = {}) {
    fhir::ParseOptions parse;
    parse.definitions = definitions;
    parse.lenient = true;
    const auto document = fhir::parse(Payload(text), parse);
    REQUIRE(document.has_value());
    return validation::Validator(definitions, std::move(options)).validate(**document, profiles);
}

/// R4 with these definitions (JSON) beside.
inline fhir::DefinitionsPtr with(const std::vector<std::string>& texts) {
    fhir::Documents documents(r4());
    for (const auto& text : texts) REQUIRE(documents.add_text(text, "test").has_value());
    auto extended = fhir::extend(r4(), documents);
    REQUIRE(extended.has_value());
    return extended->definitions;
}

inline bool says(const OperationOutcome& outcome, std::string_view rule, std::string_view expression) {
    for (const auto& finding : outcome.issues)
        if (finding.rule == rule && finding.expression == expression) return true;
    return false;
}

inline bool says(const OperationOutcome& outcome, std::string_view rule) {
    for (const auto& finding : outcome.issues)
        if (finding.rule == rule) return true;
    return false;
}

}  // namespace causeway::test
