#include "fhir/definitions/check_tables.hpp"

#include <algorithm>
#include <bit>

namespace causeway::fhir {
namespace {

class TableCheck {
public:
    explicit TableCheck(const Tables& tables) : t(tables) {}

    bool run() const noexcept {
        return have_first_records() && structures() && elements() && element_parts() && terminology() && others() &&
               hashes();
    }

private:
    template <class T>
    static bool in(Index index, std::span<const T> table) noexcept {
        return index < table.size();
    }
    template <class T>
    static bool in(Range range, std::span<const T> table) noexcept {
        return range.first <= table.size() && range.count <= table.size() - range.first;
    }
    bool in(Text text) const noexcept {
        return text.offset <= t.texts.size() && text.length <= t.texts.size() - text.offset;
    }
    bool is_name(Index index) const noexcept { return in(index, t.names); }

    template <class T, class Check>
    static bool each(std::span<const T> table, const Check& holds) noexcept {
        return std::all_of(table.begin(), table.end(), holds);
    }

    bool have_first_records() const noexcept {
        return !t.names.empty() && !t.structures.empty() && !t.elements.empty() && !t.constraints.empty() &&
               !t.slicings.empty() && !t.bindings.empty() && !t.literals.empty() && !t.code_systems.empty() &&
               !t.value_sets.empty() && !t.search_parameters.empty() && !t.resources.empty();
    }

    bool structures() const noexcept {
        const bool are_whole = each(t.structures, [&](const Structure& s) {
            return in(s.url) && in(s.version) && in(s.title) && is_name(s.type) && in(s.base, t.structures) &&
                   s.kind <= Structure::Kind::logical && in(s.elements, t.elements) && in(s.pattern) &&
                   in(s.contexts, t.contexts) && in(s.context_invariants, t.constraint_lists);
        });
        if (!are_whole) return false;
        // No base may come round to itself.
        for (Index i = 1; i < t.structures.size(); ++i) {
            Index at = t.structures[i].base;
            for (std::size_t steps = 0; at != 0; at = t.structures[at].base)
                if (++steps > kMaxBases) return false;
        }
        return true;
    }

    bool elements() const noexcept {
        return each(t.elements, [&](const Element& e) {
            // Chains only lead forward, so they end.
            const auto index = static_cast<Index>(&e - t.elements.data());
            const auto later = [&](Index next) { return next == 0 || (next > index && in(next, t.elements)); };
            return in(e.path) && in(e.id) && in(e.structure, t.structures) && is_name(e.name) &&
                   is_name(e.slice_name) && e.parent <= index && later(e.first_child) && later(e.next_sibling) &&
                   later(e.first_slice) && later(e.next_slice) && in(e.content_reference, t.elements) &&
                   in(e.types, t.types) && in(e.constraints, t.constraint_lists) && in(e.slicing, t.slicings) &&
                   in(e.binding, t.bindings) && in(e.fixed, t.literals) && in(e.pattern, t.literals) &&
                   in(e.min_value, t.literals) && in(e.max_value, t.literals);
        });
    }

    bool element_parts() const noexcept {
        return each(t.types,
                    [&](const Type& type) {
                        return is_name(type.code) && in(type.structure, t.structures) &&
                               in(type.profiles, t.canonicals) && in(type.targets, t.canonicals) &&
                               type.versioning <= Type::Versioning::specific;
                    }) &&
               each(t.canonicals, [&](const Canonical& c) { return in(c.url) && in(c.structure, t.structures); }) &&
               each(
                   t.constraints,
                   [&](const Constraint& c) { return in(c.key) && in(c.expression) && in(c.human) && in(c.source); }) &&
               each(t.constraint_lists, [&](Index index) { return in(index, t.constraints); }) &&
               each(t.contexts,
                    [&](const Context& c) { return c.kind <= Context::Kind::extension && in(c.expression); }) &&
               each(t.slicings,
                    [&](const Slicing& s) {
                        return in(s.discriminators, t.discriminators) && s.rules <= Slicing::Rules::open_at_end;
                    }) &&
               each(t.discriminators,
                    [&](const Discriminator& d) { return d.kind <= Discriminator::Kind::profile && in(d.path); }) &&
               each(t.bindings,
                    [&](const Binding& b) {
                        return b.strength <= Binding::Strength::required && in(b.value_set) && in(b.max_value_set) &&
                               in(b.value_set_index, t.value_sets) && in(b.max_value_set_index, t.value_sets);
                    }) &&
               each(t.literals, [&](const Literal& l) { return is_name(l.type) && in(l.json); });
    }

    bool terminology() const noexcept {
        return each(t.code_systems,
                    [&](const CodeSystem& s) {
                        return in(s.url) && in(s.version) && s.content <= CodeSystem::Content::supplement &&
                               in(s.concepts, t.concepts);
                    }) &&
               each(t.concepts,
                    [&](const Concept& c) { return in(c.code) && in(c.display) && in(c.parent, t.concepts); }) &&
               each(t.value_sets,
                    [&](const ValueSet& s) {
                        return in(s.url) && in(s.version) && in(s.title) && in(s.members, t.members) &&
                               in(s.whole_systems, t.systems) && in(s.open_systems, t.systems);
                    }) &&
               each(t.members, [&](const Member& m) { return is_name(m.system) && in(m.code) && in(m.display); }) &&
               each(t.systems, [&](Index name) { return is_name(name); });
    }

    bool others() const noexcept {
        const auto are_sources = [&](std::span<const Tables::Source> sources, std::size_t count) {
            return sources.size() == count && each(sources, [&](const Tables::Source& s) {
                       return s.offset <= t.sources.size() && s.length <= t.sources.size() - s.offset &&
                              s.original <= kMaxSource;
                   });
        };
        return each(t.names, [&](Text text) { return in(text); }) && t.types_by_name.size() == t.names.size() &&
               each(t.types_by_name, [&](Index index) { return in(index, t.structures); }) &&
               each(t.search_parameters,
                    [&](const SearchParameter& p) {
                        return is_name(p.base) && is_name(p.code) && in(p.type) && in(p.expression) && in(p.url);
                    }) &&
               each(t.resources, [&](const Resource& r) { return is_name(r.type) && in(r.url) && in(r.version); }) &&
               are_sources(t.structure_sources, t.structures.size()) &&
               are_sources(t.code_system_sources, t.code_systems.size()) &&
               are_sources(t.value_set_sources, t.value_sets.size()) &&
               are_sources(t.resource_sources, t.resources.size());
    }

    static bool has_room(std::span<const Index> slots, std::size_t records) noexcept {
        return std::has_single_bit(slots.size()) && std::find(slots.begin(), slots.end(), 0U) != slots.end() &&
               each(slots, [&](Index index) { return index < records; });
    }

    bool hashes() const noexcept {
        const auto is_free = [](const Tables::Slot& slot) { return slot.context == 0; };
        return has_room(t.name_slots, t.names.size()) && has_room(t.structure_slots, t.structures.size()) &&
               has_room(t.code_system_slots, t.code_systems.size()) &&
               has_room(t.value_set_slots, t.value_sets.size()) && has_room(t.resource_slots, t.resources.size()) &&
               std::has_single_bit(t.children.size()) && std::any_of(t.children.begin(), t.children.end(), is_free) &&
               each(t.children, [&](const Tables::Slot& slot) {
                   return in(slot.context, t.elements) && is_name(slot.name) && in(slot.element, t.elements) &&
                          is_name(slot.type);
               });
    }

    static constexpr std::size_t kMaxBases = 1000;
    static constexpr std::uint32_t kMaxSource = 256U << 20;

    const Tables& t;
};

}  // namespace

bool check_tables(const Tables& tables) noexcept {
    return TableCheck(tables).run();
}

}  // namespace causeway::fhir
