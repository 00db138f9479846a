#pragma once
/// What validation, rules and intake say about a message: FHIR R4 OperationOutcome as data.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace causeway {

enum class Severity { fatal, error, warning, information };

std::string_view to_code(Severity severity) noexcept;

/// One issue. Free of patient data: it names places and rules, never values.
struct Finding {
    Severity severity = Severity::error;
    Issue issue = Issue::invalid;
    std::string text;        ///< details.text: one sentence that says what to do.
    std::string expression;  ///< FHIRPath such as "Bundle.entry[1].resource.birthDate", or an HL7 path "PID-3".
    std::string rule;        ///< The rule, profile constraint or message code that says it; empty where none.
    std::string profile;     ///< Canonical of the profile or definition that brings the rule; empty where none.
    std::uint32_t line = 0;  ///< Place in the source from 1; 0 where unknown.
    std::uint32_t column = 0;
    int hl7_code = 0;  ///< HL7 table 0357; 0 where none fits.
};

struct OperationOutcome {
    std::vector<Finding> issues;

    bool has_errors() const noexcept;
    bool empty() const noexcept { return issues.empty(); }
    void add(Finding finding) { issues.push_back(std::move(finding)); }
    void append(OperationOutcome other);
};

/// The Error as an outcome with one issue.
OperationOutcome to_outcome(const Error& error);

/// FHIR JSON of the resource. An empty outcome becomes one informational issue "All OK" (R4 requires one).
std::string to_json(const OperationOutcome& outcome);
/// Reads what to_json wrote (the ledger keeps outcomes so).
OperationOutcome outcome_from_json(std::string_view json);

}  // namespace causeway
