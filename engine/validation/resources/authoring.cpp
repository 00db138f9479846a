// Resources that define something: the rules that can be checked without more than the definitions held.
#include <algorithm>

#include "fhirpath/expression.hpp"
#include "validation/resources/rules.hpp"

namespace causeway::validation {
namespace {

using tree::Node;

std::size_t count_concepts(const Node& parent) {
    std::size_t count = 0;
    for (const auto& each : all(parent, "concept")) count += 1 + count_concepts(each);
    return count;
}

}  // namespace

void check_questionnaire(const RuleContext&, const Node&) {
}

void check_structure_definition(const RuleContext&, const Node&) {
}

void check_code_system(const RuleContext& context, const Node& resource) {
    const auto count = resource.child("count");
    const auto content = text_of(resource, "content");
    if (count && content == "complete" && count.text() != std::to_string(count_concepts(resource)))
        context.error(count, "code-system-count", "Give the number of concepts that the code system has.");
    if (resource.child("supplements") && content != "supplement")
        context.error(resource.child("content"), "code-system-supplement",
                      "Set content to supplement: the code system supplements another.");
}

void check_value_set(const RuleContext& context, const Node& resource) {
    for (const auto name : {"include", "exclude"}) {
        for (const auto& include : all(resource.child("compose"), name)) {
            const auto system = text_of(include, "system");
            if (!system.empty() && !is_absolute(system) && !system.starts_with("urn:"))
                context.error(include, "value-set-system", "Name the code system by its absolute canonical URL.");
        }
    }
}

void check_concept_map(const RuleContext& context, const Node& resource) {
    const auto source = resource.child("source").text();
    const auto index = source.empty() ? 0 : context.definitions.value_set(source);
    if (index == 0) return;
    for (const auto& group : all(resource, "group")) {
        const auto system = text_of(group, "source");
        for (const auto& element : all(group, "element")) {
            const auto code = element.child("code");
            if (!code || system.empty()) continue;
            const auto answer = context.terminology.member(index, system, code.text());
            if (answer.membership == Terminology::Membership::not_in)
                context.error(code, "concept-map-source", "Map only codes of the source value set.",
                              Issue::code_invalid);
        }
    }
}

void check_search_parameter(const RuleContext& context, const Node& resource) {
    const auto type = text_of(resource, "type");
    if (type == "composite" && !resource.child("component"))
        context.error(resource, "search-parameter-component", "Add the components of the composite parameter.");
    const auto derived_from = text_of(resource, "derivedFrom");
    if (derived_from.empty()) return;
    std::vector<const fhir::SearchParameter*> origins;
    for (const auto& each : context.definitions.search_parameters())
        if (context.definitions.text(each.url) == derived_from) origins.push_back(&each);
    if (origins.empty()) return;
    if (context.definitions.text(origins.front()->type) != type)
        context.error(resource, "search-parameter-type",
                      "Give the type of the parameter that this one is derived from.");
    for (const auto& base : all(resource, "base")) {
        const auto name = context.definitions.name(base.text());
        if (std::none_of(origins.begin(), origins.end(), [&](const auto* each) { return each->base == name; }))
            context.error(resource, "search-parameter-base",
                          "Name only types that the parameter is for that this one is derived from.");
    }
}

void check_capability_statement(const RuleContext& context, const Node& resource) {
    for (const auto& rest : all(resource, "rest"))
        for (const auto& each : all(rest, "resource"))
            for (const auto& parameter : all(each, "searchParam")) {
                const auto url = text_of(parameter, "definition");
                for (const auto& held : context.definitions.search_parameters()) {
                    if (url.empty() || context.definitions.text(held.url) != url) continue;
                    if (context.definitions.text(held.type) != text_of(parameter, "type"))
                        context.error(parameter, "search-parameter-type",
                                      "Give the type that the definition of the search parameter gives.");
                    break;
                }
            }
}

void check_operation_definition(const RuleContext&, const Node&) {
}

}  // namespace causeway::validation
