#include "validation/narrative_control.hpp"

#include <algorithm>

#include "fhir/definitions/json_value.hpp"

namespace causeway::validation {
namespace {

constexpr std::string_view kSource = "http://hl7.org/fhir/StructureDefinition/narrative-source-control";
constexpr std::string_view kLanguage = "http://hl7.org/fhir/StructureDefinition/narrative-language-control";

void read(const fhir::Json& element, NarrativeControls& out) {
    NarrativeControl control;
    for (const auto& item : element["extension"]) {
        const auto& extension = *item.value;
        const auto value = extension("valueCode");
        if (extension("url") == kSource)
            control.has_sources = true;
        else if (extension("url") == kLanguage && !value.empty())
            control.languages.emplace_back(value);
    }
    if (control.has_sources || !control.languages.empty())
        out.emplace(element("id").empty() ? element("path") : element("id"),
                    std::make_shared<NarrativeControl>(std::move(control)));
}

}  // namespace

NarrativeControls narrative_controls(const fhir::Definitions& definitions, fhir::Index structure) {
    NarrativeControls found;
    const auto json = definitions.structure_json(structure);
    if (json.find(kSource) == std::string::npos && json.find(kLanguage) == std::string::npos) return found;
    fhir::JsonArena arena;
    const auto parsed = arena.parse(json);
    if (!parsed) return found;
    for (const auto* const part : {"snapshot", "differential"})
        for (const auto& item : (**parsed)[part]["element"]) read(*item.value, found);
    return found;
}

std::vector<std::string> check_narrative_control(const NarrativeControl& control, const Xhtml& narrative,
                                                 std::string_view resource_language) {
    std::vector<std::string> advice;
    if (control.has_sources && narrative.unmarked_texts > 0)
        advice.emplace_back(
            "Tell of each text in the narrative where it comes from, by class generated, original or "
            "boilerplate.");
    const auto& sections = narrative.languages;
    const auto has = [&](std::string_view language) {
        return std::find(sections.begin(), sections.end(), language) != sections.end();
    };
    for (const auto& wanted : control.languages) {
        if (wanted == "_no") {
            if (!sections.empty()) advice.emplace_back("Take sections of single languages out of the narrative.");
        } else if (wanted == "_yes") {
            if (sections.empty()) advice.emplace_back("Divide the narrative into sections by language.");
        } else if (const auto language = wanted == "_resource" ? resource_language : std::string_view(wanted);
                   !language.empty() && !has(language) && (wanted != "_resource" || !sections.empty())) {
            advice.push_back("Give the narrative a section in the language " + std::string(language) + ".");
        }
    }
    return advice;
}

}  // namespace causeway::validation
