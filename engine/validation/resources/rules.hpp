#pragma once
/// What the specification says of single resource types in its text, beyond structure and invariants. Internal.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/document.hpp"
#include "model/operation_outcome.hpp"
#include "tree/node.hpp"
#include "validation/terminology.hpp"

namespace causeway::validation {

/// What the rules of a resource type work with.
struct RuleContext {
    const fhir::Definitions& definitions;
    const fhir::DefinitionsPtr& shared;
    const Terminology& terminology;
    std::function<void(const tree::Node& at, Severity severity, Issue issue, std::string_view rule, std::string text)>
        say;
    /// A contained resource ("#id") or an entry of the Bundle; nothing where it is not in the document.
    std::function<tree::Node(std::string_view reference, const tree::Node& from)> resolve;

    void error(const tree::Node& at, std::string_view rule, std::string text, Issue issue = Issue::invalid) const {
        say(at, Severity::error, issue, rule, std::move(text));
    }
    void warning(const tree::Node& at, std::string_view rule, std::string text, Issue issue = Issue::invalid) const {
        say(at, Severity::warning, issue, rule, std::move(text));
    }
    /// A resource of the definitions, decoded; null where it is not held.
    /// Is there anything of that canonical?
    bool is_held(std::string_view canonical) const;
    fhir::FhirDocumentPtr load(std::string_view canonical, std::string_view type) const;
};

using RuleCheck = void (*)(const RuleContext&, const tree::Node& resource);
/// Null where a type has no rules of its own.
RuleCheck rules_of(std::string_view type);

void check_questionnaire(const RuleContext& context, const tree::Node& resource);
void check_questionnaire_response(const RuleContext& context, const tree::Node& resource);
void check_measure(const RuleContext& context, const tree::Node& resource);
void check_measure_report(const RuleContext& context, const tree::Node& resource);
void check_structure_definition(const RuleContext& context, const tree::Node& resource);
void check_value_set(const RuleContext& context, const tree::Node& resource);
void check_code_system(const RuleContext& context, const tree::Node& resource);
void check_concept_map(const RuleContext& context, const tree::Node& resource);
void check_search_parameter(const RuleContext& context, const tree::Node& resource);
void check_capability_statement(const RuleContext& context, const tree::Node& resource);
void check_operation_definition(const RuleContext& context, const tree::Node& resource);

// Reading nodes.
inline std::vector<tree::Node> all(const tree::Node& node, std::string_view name) {
    std::vector<tree::Node> found;
    node.children(name, found);
    return found;
}
inline std::string_view text_of(const tree::Node& node, std::string_view name) {
    return node.child(name).text();
}
/// The value of an extension by url; nothing where it has none.
tree::Node extension_value(const tree::Node& node, std::string_view url);
/// All values of an extension that repeats.
std::vector<tree::Node> extension_values(const tree::Node& node, std::string_view url);
/// A canonical with a scheme, or "#id".
bool is_absolute(std::string_view url) noexcept;

}  // namespace causeway::validation
