#pragma once
/// Canonical URLs with and without version (http://hl7.org/fhir/R4/references.html#canonical). Internal.

#include <algorithm>
#include <charconv>
#include <span>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/definitions/hash.hpp"

namespace causeway::fhir {

struct SplitCanonical {
    std::string_view url;
    std::string_view version;
};

/// "url|version" without a fragment.
inline SplitCanonical split_canonical(std::string_view canonical) noexcept {
    canonical = canonical.substr(0, canonical.find('#'));
    const auto bar = canonical.find('|');
    if (bar == std::string_view::npos) return {canonical, {}};
    return {canonical.substr(0, bar), canonical.substr(bar + 1)};
}

/// Is version `a` older than `b`? Numbers by value, other texts by order.
inline bool is_older(std::string_view a, std::string_view b) noexcept {
    while (!a.empty() && !b.empty()) {
        const auto part_a = a.substr(0, a.find('.'));
        const auto part_b = b.substr(0, b.find('.'));
        if (part_a != part_b) {
            unsigned long number_a = 0;
            unsigned long number_b = 0;
            const auto end_a = std::from_chars(part_a.data(), part_a.data() + part_a.size(), number_a).ptr;
            const auto end_b = std::from_chars(part_b.data(), part_b.data() + part_b.size(), number_b).ptr;
            const bool are_numbers = end_a != part_a.data() && end_b != part_b.data();
            if (are_numbers && number_a != number_b) return number_a < number_b;
            return part_a < part_b;
        }
        a.remove_prefix(std::min(a.size(), part_a.size() + 1));
        b.remove_prefix(std::min(b.size(), part_b.size() + 1));
    }
    return a.empty() && !b.empty();
}

/// Does a version that was asked for ("4.0") name this one ("4.0.1")?
inline bool names_version(std::string_view asked, std::string_view held) noexcept {
    return asked == held || (held.starts_with(asked) && held.size() > asked.size() && held[asked.size()] == '.');
}

template <class Record, class View>
Index find_split(const SplitCanonical& wanted, std::span<const Record> records, std::span<const Index> slots,
                 const View& view) noexcept {
    if (slots.empty()) return 0;
    const auto mask = slots.size() - 1;
    for (auto slot = hash_text(wanted.url) & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
        const auto& record = records[slots[slot]];
        if (view(record.url) != wanted.url) continue;
        if (wanted.version.empty() || names_version(wanted.version, view(record.version))) return slots[slot];
    }
    return 0;
}

/// Finds a canonical among records that have `url` and `version`; 0: none. A fragment counts where something is held
/// under it ("its-url#id": what a definition contains).
template <class Record, class View>
Index find_canonical(std::string_view canonical, std::span<const Record> records, std::span<const Index> slots,
                     const View& view) noexcept {
    if (canonical.find('#') != std::string_view::npos)
        if (const auto found = find_split({canonical, {}}, records, slots, view)) return found;
    return find_split(split_canonical(canonical), records, slots, view);
}

/// The slots for find_canonical(): of several versions the newest comes first, of several loads the last.
template <class Record, class View>
std::vector<Index> canonical_slots(std::span<const Record> records, const View& view) {
    std::vector<Index> order;
    for (Index i = 1; i < records.size(); ++i)
        if (records[i].url.length > 0) order.push_back(i);
    std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
        if (view(records[a].version) == view(records[b].version)) return a > b;
        return is_older(view(records[b].version), view(records[a].version));
    });
    std::vector<Index> slots(slots_for(order.size()), 0);
    const auto mask = slots.size() - 1;
    for (const auto index : order) {
        auto slot = hash_text(view(records[index].url)) & mask;
        while (slots[slot] != 0) slot = (slot + 1) & mask;
        slots[slot] = index;
    }
    return slots;
}

}  // namespace causeway::fhir
