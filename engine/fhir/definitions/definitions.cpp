#include "fhir/definitions/definitions.hpp"

#include <zstd.h>

#include "fhir/definitions/canonical.hpp"

namespace causeway::fhir {
namespace {

std::string unpack(const Tables& tables, const Tables::Source& source) {
    std::string text(source.original, '\0');
    const auto size = ZSTD_decompress(text.data(), text.size(), tables.sources.data() + source.offset, source.length);
    if (ZSTD_isError(size) || size != text.size()) text.clear();
    return text;
}

template <class Record>
Index find(const Definitions& definitions, std::string_view canonical, std::span<const Record> records,
           std::span<const Index> slots) noexcept {
    return find_canonical(canonical, records, slots, [&](Text text) { return definitions.text(text); });
}

}  // namespace

std::string_view Definitions::fhir_version() const noexcept {
    return {tables_.version.data(), tables_.version.size()};
}

Index Definitions::name(std::string_view text) const noexcept {
    const auto mask = tables_.name_slots.size() - 1;
    for (auto slot = hash_text(text) & mask;; slot = (slot + 1) & mask) {
        const auto index = tables_.name_slots[slot];
        if (index == 0 || name_text(index) == text) return index;
    }
}

Index Definitions::type(std::string_view name_of_type) const noexcept {
    return type_of_name(name(name_of_type));
}

Index Definitions::structure(std::string_view canonical) const noexcept {
    return find(*this, canonical, tables_.structures, tables_.structure_slots);
}

bool Definitions::derives(Index structure, Index from) const noexcept {
    // The builder lets no base come round to itself.
    for (; structure != 0; structure = structure_at(structure).base)
        if (structure == from) return true;
    return false;
}

Definitions::Child Definitions::child(Index element_index, Index type_index, Index name_index) const noexcept {
    Index context = 0;
    if (element_index != 0) {
        const auto& parent = element(element_index);
        context = parent.first_child != 0 ? element_index : parent.content_reference;
    }
    if (context == 0) context = structure_at(type_index).elements.first;
    const auto mask = tables_.children.size() - 1;
    for (auto slot = hash_pair(context, name_index) & mask;; slot = (slot + 1) & mask) {
        const auto& entry = tables_.children[slot];
        if (entry.context == context && entry.name == name_index) return {entry.element, entry.type};
        if (entry.context == 0) return {};
    }
}

Index Definitions::value_set(std::string_view canonical) const noexcept {
    return find(*this, canonical, tables_.value_sets, tables_.value_set_slots);
}

Index Definitions::code_system(std::string_view canonical) const noexcept {
    return find(*this, canonical, tables_.code_systems, tables_.code_system_slots);
}

Index Definitions::resource(std::string_view canonical) const noexcept {
    return find(*this, canonical, tables_.resources, tables_.resource_slots);
}

std::string Definitions::structure_json(Index structure) const {
    return unpack(tables_, tables_.structure_sources[structure]);
}

std::string Definitions::value_set_json(Index value_set) const {
    return unpack(tables_, tables_.value_set_sources[value_set]);
}

std::string Definitions::code_system_json(Index code_system) const {
    return unpack(tables_, tables_.code_system_sources[code_system]);
}

std::string Definitions::resource_json(Index resource) const {
    return unpack(tables_, tables_.resource_sources[resource]);
}

}  // namespace causeway::fhir
