#include "fhir/definitions/builder.hpp"

#include <zstd.h>

#include <algorithm>
#include <cctype>
#include <tuple>

#include "fhir/definitions/canonical.hpp"

namespace causeway::fhir {
namespace {

constexpr int kCompression = 3;

// Definitions that own their tables.
class HeapDefinitions final : public Definitions {
public:
    explicit HeapDefinitions(HeapTables tables) : heap_(std::move(tables)) {
        tables_ = {heap_.version,           heap_.texts,
                   heap_.sources,           heap_.names,
                   heap_.name_slots,        heap_.types_by_name,
                   heap_.structures,        heap_.structure_sources,
                   heap_.structure_slots,   heap_.elements,
                   heap_.children,          heap_.types,
                   heap_.canonicals,        heap_.constraints,
                   heap_.constraint_lists,  heap_.contexts,
                   heap_.slicings,          heap_.discriminators,
                   heap_.bindings,          heap_.literals,
                   heap_.code_systems,      heap_.code_system_sources,
                   heap_.code_system_slots, heap_.concepts,
                   heap_.value_sets,        heap_.value_set_sources,
                   heap_.value_set_slots,   heap_.members,
                   heap_.systems,           heap_.search_parameters,
                   heap_.resources,         heap_.resource_sources,
                   heap_.resource_slots};
    }

private:
    HeapTables heap_;
};

template <class T>
void copy(std::span<const T> from, std::vector<T>& to) {
    to.assign(from.begin(), from.end());
}

}  // namespace

Builder::Builder() {
    t.names.resize(1), t.structures.resize(1), t.structure_sources.resize(1), t.elements.resize(1);
    t.types.resize(1), t.canonicals.resize(1), t.constraints.resize(1), t.constraint_lists.resize(1);
    t.contexts.resize(1), t.slicings.resize(1), t.discriminators.resize(1), t.bindings.resize(1);
    t.literals.resize(1), t.code_systems.resize(1), t.code_system_sources.resize(1), t.concepts.resize(1);
    t.value_sets.resize(1), t.value_set_sources.resize(1), t.members.resize(1), t.systems.resize(1);
    t.search_parameters.resize(1), t.resources.resize(1), t.resource_sources.resize(1);
}

Builder::Builder(const Definitions& base) {
    const auto& b = base.tables();
    copy(b.version, t.version), copy(b.texts, t.texts), copy(b.sources, t.sources), copy(b.names, t.names);
    copy(b.structures, t.structures), copy(b.structure_sources, t.structure_sources), copy(b.elements, t.elements);
    copy(b.types, t.types), copy(b.canonicals, t.canonicals), copy(b.constraints, t.constraints);
    copy(b.constraint_lists, t.constraint_lists), copy(b.contexts, t.contexts), copy(b.slicings, t.slicings);
    copy(b.discriminators, t.discriminators), copy(b.bindings, t.bindings), copy(b.literals, t.literals);
    copy(b.code_systems, t.code_systems), copy(b.code_system_sources, t.code_system_sources);
    copy(b.concepts, t.concepts), copy(b.value_sets, t.value_sets), copy(b.value_set_sources, t.value_set_sources);
    copy(b.members, t.members), copy(b.systems, t.systems), copy(b.search_parameters, t.search_parameters);
    copy(b.resources, t.resources), copy(b.resource_sources, t.resource_sources);
    for (Index i = 1; i < t.names.size(); ++i) name_of_.emplace(name_text(i), i);
    for (Index i = 1; i < t.constraints.size(); ++i) note_constraint(i);
}

Text Builder::text(std::string_view value) {
    if (value.empty()) return {};
    const auto [found, is_new] = text_of_.try_emplace(std::string(value));
    if (is_new) {
        found->second = {static_cast<std::uint32_t>(t.texts.size()), static_cast<std::uint32_t>(value.size())};
        t.texts.insert(t.texts.end(), value.begin(), value.end());
    }
    return found->second;
}

Index Builder::name(std::string_view value) {
    if (value.empty()) return 0;
    const auto [found, is_new] = name_of_.try_emplace(std::string(value), static_cast<Index>(t.names.size()));
    if (is_new) t.names.push_back(text(value));
    return found->second;
}

Tables::Source Builder::keep(const Json& document) {
    const auto json = write_json(document);
    Tables::Source source{t.sources.size(), 0, static_cast<std::uint32_t>(json.size())};
    t.sources.resize(t.sources.size() + ZSTD_compressBound(json.size()));
    const auto size = ZSTD_compress(t.sources.data() + source.offset, t.sources.size() - source.offset, json.data(),
                                    json.size(), kCompression);
    source.length = static_cast<std::uint32_t>(size);
    t.sources.resize(source.offset + size);
    return source;
}

Index Builder::constraint(const Constraint& constraint) {
    t.constraints.push_back(constraint);
    const auto [found, is_new] = note_constraint(static_cast<Index>(t.constraints.size() - 1));
    if (is_new) return found;
    t.constraints.pop_back();
    if (t.constraints[found].source.length == 0) t.constraints[found].source = constraint.source;
    return found;
}

std::pair<Index, bool> Builder::note_constraint(Index index) {
    const auto& constraint = t.constraints[index];
    std::string key(view(constraint.key));
    key += '\n', key += view(constraint.expression), key += '\n', key += constraint.is_warning ? 'w' : 'e';
    const auto [found, is_new] = constraint_of_.try_emplace(std::move(key), index);
    return {found->second, is_new};
}

void Builder::add_search_parameter(const Json& definition) {
    for (const auto& base : definition["base"]) {
        SearchParameter parameter;
        parameter.base = name(base.value->text);
        parameter.code = name(definition("code"));
        parameter.type = text(definition("type"));
        parameter.expression = text(definition("expression"));
        parameter.url = text(definition("url"));
        t.search_parameters.push_back(parameter);
    }
}

void Builder::add_resource(const Json& definition) {
    if (!definition.has("url")) return;
    t.resources.push_back({name(definition("resourceType")), text(definition("url")), text(definition("version"))});
    t.resource_sources.push_back(keep(definition));
}

std::shared_ptr<const Definitions> Builder::finish() {
    hash_canonicals();
    find_types();
    resolve();
    hash_children();
    std::stable_sort(t.search_parameters.begin() + 1, t.search_parameters.end(), [&](const auto& a, const auto& b) {
        return std::tuple(name_text(a.base), name_text(a.code)) < std::tuple(name_text(b.base), name_text(b.code));
    });
    t.name_slots.assign(slots_for(t.names.size()), 0);
    for (Index i = 1; i < t.names.size(); ++i) {
        auto slot = hash_text(name_text(i)) & (t.name_slots.size() - 1);
        while (t.name_slots[slot] != 0) slot = (slot + 1) & (t.name_slots.size() - 1);
        t.name_slots[slot] = i;
    }
    return std::make_shared<const HeapDefinitions>(std::move(t));
}

void Builder::hash_canonicals() {
    const auto see = [&](Text value) { return view(value); };
    t.structure_slots = canonical_slots(std::span<const Structure>(t.structures), see);
    t.code_system_slots = canonical_slots(std::span<const CodeSystem>(t.code_systems), see);
    t.value_set_slots = canonical_slots(std::span<const ValueSet>(t.value_sets), see);
    t.resource_slots = canonical_slots(std::span<const Resource>(t.resources), see);
}

Index Builder::structure(std::string_view canonical) const {
    return find_canonical<Structure>(canonical, t.structures, t.structure_slots,
                                     [&](Text value) { return view(value); });
}

// Of several definitions of one type the first counts: nothing that is loaded later may replace the core.
void Builder::find_types() {
    t.types_by_name.assign(t.names.size(), 0);
    for (const bool wants_logical : {false, true}) {
        for (Index i = 1; i < t.structures.size(); ++i) {
            const auto& structure = t.structures[i];
            const bool is_logical = structure.kind == Structure::Kind::logical;
            if (structure.is_profile || is_logical != wants_logical) continue;
            auto& held = t.types_by_name[structure.type];
            if (held == 0) held = i;
        }
    }
}

void Builder::resolve() {
    for (auto& canonical : t.canonicals) canonical.structure = structure(view(canonical.url));
    for (auto& type : t.types) type.structure = t.types_by_name[type.code];
    for (auto& binding : t.bindings) {
        const auto find = [&](Text url) {
            return find_canonical<ValueSet>(view(url), t.value_sets, t.value_set_slots,
                                            [&](Text value) { return view(value); });
        };
        binding.value_set_index = find(binding.value_set);
        binding.max_value_set_index = find(binding.max_value_set);
    }
    for (const auto& [index, url] : bases_) t.structures[index].base = structure(url);
    for (Index i = 1; i < t.structures.size(); ++i) {
        std::size_t steps = 0;
        for (Index at = i; at != 0 && steps <= t.structures.size(); ++steps) at = t.structures[at].base;
        if (steps > t.structures.size()) t.structures[i].base = 0, t.structures[i].is_complete = 0;
    }
    for (const auto& [index, reference] : content_references_) {
        const auto target = split_canonical(reference).url;
        const auto id = reference.substr(reference.find('#') + 1);
        const auto& owner = t.structures[target.empty() ? t.elements[index].structure : structure(target)];
        for (Index i = owner.elements.first; i < owner.elements.first + owner.elements.count; ++i)
            if (view(t.elements[i].id) == id) t.elements[index].content_reference = i;
        if (t.elements[index].content_reference == 0) t.structures[t.elements[index].structure].is_complete = 0;
    }
}

void Builder::hash_children() {
    std::vector<Tables::Slot> entries;
    for (Index i = 1; i < t.elements.size(); ++i) {
        const auto& element = t.elements[i];
        if (element.parent == 0 || element.is(Element::kSlice)) continue;
        entries.push_back({element.parent, element.name, i, 0});
        if (!element.is(Element::kChoice)) continue;
        for (Index type = element.types.first; type < element.types.first + element.types.count; ++type) {
            std::string choice(name_text(t.types[type].code));
            if (choice.empty() || choice.find(':') != std::string::npos) continue;
            choice[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(choice[0])));
            entries.push_back(
                {element.parent, name(std::string(name_text(element.name)) + choice), i, t.types[type].code});
        }
    }
    t.types_by_name.resize(t.names.size(), 0);
    t.children.assign(slots_for(entries.size()), {});
    const auto mask = t.children.size() - 1;
    for (const auto& entry : entries) {
        auto slot = hash_pair(entry.context, entry.name) & mask;
        while (t.children[slot].context != 0) slot = (slot + 1) & mask;
        t.children[slot] = entry;
    }
}

}  // namespace causeway::fhir
