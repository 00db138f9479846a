// CodeSystem, ValueSet and ConceptMap: what their codes, filters and canonicals must be.
#include <algorithm>
#include <array>
#include <set>
#include <unordered_set>

#include "fhir/definitions/json_value.hpp"
#include "validation/resources/expression_constraint.hpp"
#include "validation/resources/rules.hpp"

namespace causeway::validation {
namespace {

using tree::Node;
using Membership = Terminology::Membership;

constexpr std::string_view kSnomed = "http://snomed.info/sct";

// ---- Filters of value sets

/// What the definition of a code system says of a property; nothing where it is no property of it.
std::string property_type(const fhir::Json& system, std::string_view property) {
    for (const auto& item : system["property"])
        if ((*item.value)("code") == property) return std::string((*item.value)("type"));
    return {};
}

/// Properties that every code system has (http://hl7.org/fhir/R4/codesystem.html#defined-props).
bool is_common_property(std::string_view property) {
    constexpr auto kCommon = std::to_array<std::string_view>(
        {"concept", "code", "display", "parent", "child", "status", "inactive", "notSelectable", "effectiveDate",
         "deprecated", "deprecationDate", "retirementDate", "definition", "designation"});
    return std::find(kCommon.begin(), kCommon.end(), property) != kCommon.end();
}

bool is_filter(const fhir::Json& system, std::string_view property) {
    for (const auto& item : system["filter"])
        if ((*item.value)("code") == property) return true;
    return false;
}

/// "system#code" or "system|code".
void check_coding_value(const RuleContext& context, const Node& filter, std::string_view value) {
    const auto split = value.find_first_of("#|");
    if (split == std::string_view::npos || split == 0 || split + 1 == value.size()) {
        context.error(filter, "value-set-filter-value", "Give the value as system|code: the property is a Coding.");
        return;
    }
    const auto found = context.terminology.look_up(value.substr(0, split), value.substr(split + 1));
    if (found.membership == Membership::not_in)
        context.error(filter, "value-set-filter-value", "Give a value that is a code of its code system.",
                      Issue::code_invalid);
}

void check_held_filter(const RuleContext& context, const Node& filter, const fhir::Json& system) {
    const auto property = text_of(filter, "property");
    const auto op = text_of(filter, "op");
    const auto value = text_of(filter, "value");
    const auto type = property == "notSelectable" || property == "inactive" ? std::string("boolean")
                                                                            : property_type(system, property);
    if (type.empty() && !is_common_property(property) && !is_filter(system, property)) {
        context.warning(filter, "value-set-filter-property", "Filter by a property that the code system has.");
        return;
    }
    if (op == "exists" || (type == "boolean" && (op == "=" || op.empty()))) {
        if (value != "true" && value != "false")
            context.error(filter, "value-set-filter-value", "Give the value as true or false.");
        return;
    }
    if (op == "=" && type == "Coding" && !is_filter(system, property)) check_coding_value(context, filter, value);
    const bool names_concept = property == "parent" || property == "child" ||
                               ((op == "is-a" || op == "descendent-of" || op == "is-not-a") && type.empty());
    if (names_concept && context.terminology.look_up(system("url"), value).membership == Membership::not_in)
        context.warning(filter, "value-set-filter-code", "Give a value that is a code of the code system.",
                        Issue::code_invalid);
}

void check_snomed_filter(const RuleContext& context, const Node& filter) {
    const auto property = text_of(filter, "property");
    const auto value = text_of(filter, "value");
    if (property == "constraint" || property == "expression" || property == "expressions") {
        if (property == "constraint" && !is_expression_constraint(value))
            context.error(filter, "value-set-filter-expression",
                          "Write the value as an expression constraint (ECL) of SNOMED CT: \"<< 73211009\".");
        return;
    }
    if (context.terminology.look_up(kSnomed, value).doubt != nullptr && value.find(',') == std::string_view::npos)
        context.warning(filter, "value-set-filter-code", "Check the value: SNOMED CT has no such code.",
                        Issue::code_invalid);
}

void check_filters(const RuleContext& context, const Node& include, std::string_view system) {
    const auto filters = all(include, "filter");
    if (filters.empty()) return;
    if (system == kSnomed) {
        for (const auto& filter : filters) check_snomed_filter(context, filter);
        return;
    }
    const auto index = context.definitions.code_system(system);
    if (index == 0) return;
    fhir::JsonArena arena;
    const auto parsed = arena.parse(context.definitions.code_system_json(index));
    if (!parsed) return;
    for (const auto& filter : filters) check_held_filter(context, filter, **parsed);
}

void check_listed(const RuleContext& context, const Node& include, std::string_view system) {
    std::unordered_set<std::string_view> seen;
    for (const auto& each : all(include, "concept")) {
        const auto code = text_of(each, "code");
        if (!seen.insert(code).second)
            context.warning(each, "value-set-duplicate", "List each code once.", Issue::duplicate);
        if (system.empty()) continue;
        const auto found = context.terminology.look_up(system, code);
        if (found.membership == Membership::not_in || found.doubt != nullptr)
            context.warning(each, "value-set-code",
                            "List only codes that the code system " + std::string(system) + " has.",
                            Issue::code_invalid);
    }
}

void check_include(const RuleContext& context, const Node& include) {
    const auto system = text_of(include, "system");
    if (!system.empty() && !is_absolute(system) && !system.starts_with("urn:"))
        context.error(include, "value-set-system", "Name the code system by its absolute canonical URL.");
    check_listed(context, include, system);
    check_filters(context, include, system);
}

// ---- Concept maps

/// Codes of one side: in the value set that the map is from or to, and in their code system (a warning).
class Side {
public:
    Side(const RuleContext& context, std::string_view value_set, Severity severity, std::string_view rule,
         std::string_view advice)
        : context_(context),
          value_set_(value_set.empty() ? 0 : context.definitions.value_set(value_set)),
          severity_(severity),
          rule_(rule),
          advice_(advice) {}

    void check(const Node& code, std::string_view system) const {
        if (!code || system.empty()) return;
        if (value_set_ != 0 &&
            context_.terminology.member(value_set_, system, code.text()).membership == Membership::not_in) {
            context_.say(code, severity_, Issue::code_invalid, rule_, std::string(advice_));
        } else if (context_.terminology.look_up(system, code.text()).membership == Membership::not_in) {
            context_.warning(code, "concept-map-code",
                             "Map only codes that the code system " + std::string(system) + " has.",
                             Issue::code_invalid);
        }
    }

private:
    const RuleContext& context_;
    fhir::Index value_set_;
    Severity severity_;
    std::string_view rule_;
    std::string_view advice_;
};

}  // namespace

void check_value_set(const RuleContext& context, const Node& resource) {
    for (const auto name : {"include", "exclude"})
        for (const auto& include : all(resource.child("compose"), name)) check_include(context, include);
}

void check_concept_map(const RuleContext& context, const Node& resource) {
    const Side source(context, resource.child("source").text(), Severity::error, "concept-map-source",
                      "Map only codes of the source value set.");
    const Side target(context, resource.child("target").text(), Severity::warning, "concept-map-target",
                      "Map only to codes of the target value set.");
    for (const auto& group : all(resource, "group")) {
        const auto from = text_of(group, "source");
        const auto to = text_of(group, "target");
        for (const auto& element : all(group, "element")) {
            source.check(element.child("code"), from);
            for (const auto& each : all(element, "target")) target.check(each.child("code"), to);
        }
    }
}

}  // namespace causeway::validation
