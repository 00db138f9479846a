// Resources that define something: the rules that can be checked without more than the definitions held.
#include <algorithm>

#include "fhirpath/expression.hpp"
#include "validation/resources/rules.hpp"

namespace causeway::validation {
using tree::Node;

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
