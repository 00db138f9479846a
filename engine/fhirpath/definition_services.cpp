#include "fhirpath/definition_services.hpp"

#include <algorithm>

#include "fhirpath/types.hpp"
#include "fhirpath/units.hpp"

namespace causeway::fhirpath {
namespace {

using Answer = Services::Answer;

constexpr std::string_view kUcum = "http://unitsofmeasure.org";

// The concept of a code; 0: none such.
fhir::Index find_concept(const fhir::Definitions& definitions, const fhir::CodeSystem& system, std::string_view code) {
    const auto concepts = definitions.concepts(system.concepts);
    for (fhir::Index i = 0; i < concepts.size(); ++i)
        if (definitions.text(concepts[i].code) == code) return system.concepts.first + i;
    return 0;
}

}  // namespace

Answer DefinitionServices::member_of(std::string_view system, std::string_view code, std::string_view value_set) const {
    const auto index = definitions_->value_set(value_set);
    if (index == 0) return Answer::not_held;
    const auto& set = definitions_->value_set_at(index);
    for (const auto& member : definitions_->members(set.members))
        if (definitions_->text(member.code) == code &&
            (system.empty() || definitions_->name_text(member.system) == system))
            return Answer::yes;
    const auto names = [&](fhir::Range systems) {
        const auto list = definitions_->systems(systems);
        return std::any_of(list.begin(), list.end(),
                           [&](fhir::Index name) { return system.empty() || definitions_->name_text(name) == system; });
    };
    if (names(set.whole_systems)) {
        if (system.empty()) return Answer::unknown;
        return system != kUcum || is_ucum(code) ? Answer::yes : Answer::no;
    }
    return names(set.open_systems) || set.is_open != 0 ? Answer::unknown : Answer::no;
}

Answer DefinitionServices::conforms_to(const tree::Node& node, std::string_view profile) const {
    const auto index = definitions_->structure(profile);
    if (index == 0) return Answer::not_held;
    const auto& structure = definitions_->structure_at(index);
    const TypeName type{"", std::string(definitions_->name_text(structure.type)), 0, {}};
    if (!is_type(node, type, definitions_.get())) return Answer::no;
    return structure.is_profile != 0 ? Answer::unknown : Answer::yes;
}

Answer DefinitionServices::subsumes(std::string_view system, std::string_view ancestor,
                                    std::string_view descendant) const {
    const auto index = definitions_->code_system(system);
    if (index == 0) return Answer::unknown;
    const auto& held = definitions_->code_system_at(index);
    const auto wanted = find_concept(*definitions_, held, ancestor);
    auto at = find_concept(*definitions_, held, descendant);
    if (wanted == 0 || at == 0)
        return held.content == fhir::CodeSystem::Content::complete ? Answer::no : Answer::unknown;
    const auto concepts = definitions_->concepts(held.concepts);
    // A hierarchy that goes in a circle ends here too.
    for (std::size_t steps = 0; at != 0 && steps <= concepts.size(); ++steps) {
        if (at == wanted) return Answer::yes;
        at = concepts[at - held.concepts.first].parent;
    }
    return Answer::no;
}

}  // namespace causeway::fhirpath
