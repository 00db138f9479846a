#pragma once
/// A pathway as it is run; used inside pathway.

#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "fhirpath/expression.hpp"
#include "pathway/pathway.hpp"

namespace causeway::pathway {

/// A FHIRPath expression and the facts that it names (positions in Definition::facts).
struct Condition {
    fhirpath::Expression expression;
    std::vector<std::size_t> facts;
};

/// Where a finding points: the element, or, where it is missing, `child` of its parent.
struct Location {
    fhirpath::Expression element;
    fhirpath::Expression parent;
    std::string child;
};

struct Fact {
    std::string name;
    fhirpath::Expression expression;
};

/// A referral for which `when` holds does not go through the service.
struct Exclusion {
    std::string rule;
    Condition when;
    std::string text;
    Location location;
};

/// Where `when` holds (or is empty), `require` must hold.
struct Requirement {
    std::string rule;
    Condition when;
    Condition require;
    std::string text;
    Location location;
};

/// A row of the ordered decision table; the last one has no condition.
struct ServiceRule {
    std::string rule;
    Condition when;
    std::string service;
    std::optional<Priority> priority;  ///< None: as the GP asked.
    std::string reason;
};

struct Definition {
    std::string name;
    std::string version;
    std::string place;
    Instant effective_from;
    std::vector<Fact> facts;
    Condition urgent_when;
    Condition emergency_when;
    std::vector<Exclusion> exclusions;
    std::vector<Requirement> completeness;
    std::vector<ServiceRule> services;
    std::vector<ClockRule> clocks;

    /// "referral-optimisation/1 exclusion-two-week-wait": how a rule is named to people.
    std::string title(const std::string& rule) const { return name + '/' + version + ' ' + rule; }
};

std::span<const config::FieldSpec> pathway_specs();

/// Every mistake is reported; the definition is whole only where none was added.
Definition read_pathway(const config::Settings& file, std::vector<config::Mistake>& mistakes,
                        const fhir::DefinitionsPtr& definitions);

/// A %name in an expression's text and its column (from 1).
struct VariableUse {
    std::string name;
    std::size_t column = 1;
};

/// Names of the variables that an expression uses, outside its strings and comments.
std::vector<VariableUse> variables_of(std::string_view expression);

}  // namespace causeway::pathway
