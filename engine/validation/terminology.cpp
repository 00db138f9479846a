#include "validation/terminology.hpp"

#include <algorithm>

namespace causeway::validation {
namespace {

using fhir::Index;

/// Tables only.
class TableTerminology final : public Terminology {
public:
    explicit TableTerminology(fhir::DefinitionsPtr definitions) : definitions_(std::move(definitions)) {}

    Answer member(Index value_set, std::string_view system, std::string_view code) const override {
        if (value_set == 0) return {Membership::unknown, Reason::value_set_not_held};
        const auto& set = definitions_->value_set_at(value_set);
        const auto members = definitions_->members(set.members);
        const Index wanted = system.empty() ? 0 : definitions_->name(system);
        for (const auto& member : members)
            if ((system.empty() || (wanted != 0 && member.system == wanted)) && definitions_->text(member.code) == code)
                return {Membership::in, Reason::none};
        if (set.is_open) return {Membership::unknown, Reason::value_set_partial};
        const auto holds = [&](fhir::Range range) {
            for (const Index each : definitions_->systems(range))
                if (system.empty() || each == wanted) return true;
            return false;
        };
        if (holds(set.whole_systems)) return {system.empty() ? Membership::unknown : Membership::in, Reason::none};
        if (holds(set.open_systems)) return {Membership::unknown, Reason::system_not_held};
        return {Membership::not_in, Reason::not_in_value_set};
    }

    Lookup look_up(std::string_view system, std::string_view code) const override {
        const Index index = definitions_->code_system(system);
        if (index == 0) return {};
        const auto& held = definitions_->code_system_at(index);
        const auto concepts = definitions_->concepts(held.concepts);
        const auto found = std::lower_bound(
            concepts.begin(), concepts.end(), code,
            [&](const fhir::Concept& a, std::string_view b) { return definitions_->text(a.code) < b; });
        if (found != concepts.end() && definitions_->text(found->code) == code)
            return {Membership::in, definitions_->text(found->display), found->is_abstract != 0,
                    found->is_inactive != 0};
        if (held.content != fhir::CodeSystem::Content::complete || !held.is_case_sensitive) return {};
        return {Membership::not_in, {}, false, false};
    }

    bool is_display(std::string_view system, std::string_view code, std::string_view display) const override {
        const auto found = look_up(system, code);
        return found.display.empty() || found.display == display;
    }

    bool is_known_system(std::string_view system) const override {
        const Index index = definitions_->code_system(system);
        return index != 0 && definitions_->code_system_at(index).content == fhir::CodeSystem::Content::complete;
    }

private:
    fhir::DefinitionsPtr definitions_;
};

}  // namespace

std::shared_ptr<const Terminology> make_terminology(fhir::DefinitionsPtr definitions) {
    return std::make_shared<TableTerminology>(std::move(definitions));
}

}  // namespace causeway::validation
