#include "validation/resources/rules.hpp"

#include <array>
#include <utility>

namespace causeway::validation {

namespace {

using Entry = std::pair<std::string_view, RuleCheck>;

constexpr std::array kRules = std::to_array<Entry>({
    {"Questionnaire", check_questionnaire},
    {"QuestionnaireResponse", check_questionnaire_response},
    {"Measure", check_measure},
    {"MeasureReport", check_measure_report},
    {"StructureDefinition", check_structure_definition},
    {"ValueSet", check_value_set},
    {"CodeSystem", check_code_system},
    {"ConceptMap", check_concept_map},
    {"SearchParameter", check_search_parameter},
    {"CapabilityStatement", check_capability_statement},
    {"OperationDefinition", check_operation_definition},
});

}  // namespace

RuleCheck rules_of(std::string_view type) {
    for (const auto& [name, check] : kRules)
        if (name == type) return check;
    return nullptr;
}

bool RuleContext::is_held(std::string_view canonical) const {
    return definitions.structure(canonical) != 0 || definitions.value_set(canonical) != 0 ||
           definitions.code_system(canonical) != 0 || definitions.resource(canonical) != 0;
}

fhir::FhirDocumentPtr RuleContext::load(std::string_view canonical, std::string_view type) const {
    std::string json;
    if (type == "StructureDefinition") {
        if (const auto index = definitions.structure(canonical)) json = definitions.structure_json(index);
    } else if (type == "ValueSet") {
        if (const auto index = definitions.value_set(canonical)) json = definitions.value_set_json(index);
    } else if (type == "CodeSystem") {
        if (const auto index = definitions.code_system(canonical)) json = definitions.code_system_json(index);
    } else if (const auto index = definitions.resource(canonical)) {
        if (definitions.name_text(definitions.resources()[index].type) == type) json = definitions.resource_json(index);
    }
    if (json.empty()) return nullptr;
    fhir::ParseOptions options;
    options.definitions = shared;
    options.lenient = true;
    auto parsed = fhir::parse(Payload(std::move(json)), options);
    return parsed ? parsed.value() : nullptr;
}

std::vector<tree::Node> extension_values(const tree::Node& node, std::string_view url) {
    std::vector<tree::Node> values;
    for (const auto& extension : all(node, "extension"))
        if (text_of(extension, "url") == url)
            if (const auto value = extension.child("value")) values.push_back(value);
    return values;
}

tree::Node extension_value(const tree::Node& node, std::string_view url) {
    const auto values = extension_values(node, url);
    return values.empty() ? tree::Node() : values.front();
}

bool is_absolute(std::string_view url) noexcept {
    const auto colon = url.find(':');
    return colon != std::string_view::npos && colon > 0 && url.find('/') > colon;
}

}  // namespace causeway::validation
