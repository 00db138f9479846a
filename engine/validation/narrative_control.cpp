#include "validation/narrative_control.hpp"

#include <algorithm>

namespace causeway::validation {
namespace {

constexpr std::string_view kSource = "http://hl7.org/fhir/StructureDefinition/narrative-source-control";
constexpr std::string_view kLanguage = "http://hl7.org/fhir/StructureDefinition/narrative-language-control";

}  // namespace

std::shared_ptr<const NarrativeControl> narrative_control(const fhir::Json& element) {
    NarrativeControl control;
    for (const auto& item : element["extension"]) {
        const auto& extension = *item.value;
        const auto value = extension("valueCode");
        if (extension("url") == kSource)
            control.has_sources = true;
        else if (extension("url") == kLanguage && !value.empty())
            control.languages.emplace_back(value);
    }
    if (!control.has_sources && control.languages.empty()) return nullptr;
    return std::make_shared<NarrativeControl>(std::move(control));
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
