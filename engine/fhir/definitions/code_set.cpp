/// Sets of codes of which parts may be unknown. "Open" of a system always means: these codes and perhaps others.
#include <algorithm>

#include "fhir/definitions/terminology.hpp"

namespace causeway::fhir {

void CodeSet::unite(const CodeSet& other) {
    for (const auto& [system, codes] : other.listed) listed[system].insert(codes.begin(), codes.end());
    whole.insert(other.whole.begin(), other.whole.end());
    open.insert(other.open.begin(), other.open.end());
    is_open = is_open || other.is_open;
}

void CodeSet::intersect(const CodeSet& other) {
    CodeSet result;
    const auto keep_listed = [&](const CodeSet& from, const CodeSet& in) {
        for (const auto& [system, codes] : from.listed) {
            const auto held = in.listed.find(system);
            for (const auto& [code, display] : codes) {
                const bool is_in =
                    in.whole.contains(system) || (held != in.listed.end() && held->second.contains(code));
                if (is_in) {
                    result.listed[system].emplace(code, display);
                } else if (in.is_open || in.open.contains(system)) {
                    result.open.insert(system);
                }
            }
        }
    };
    keep_listed(*this, other);
    keep_listed(other, *this);
    const auto knows = [](const CodeSet& set, std::string_view system) {
        return set.is_open || set.open.contains(system) || set.whole.contains(system);
    };
    for (const CodeSet* side : {static_cast<const CodeSet*>(this), &other}) {
        const auto& opposite = side == this ? other : *this;
        for (const auto system : side->whole) {
            if (opposite.whole.contains(system)) {
                result.whole.insert(system);
            } else if (knows(opposite, system)) {
                result.open.insert(system);
            }
        }
        for (const auto system : side->open)
            if (knows(opposite, system)) result.open.insert(system);
    }
    result.is_open = is_open && other.is_open;
    *this = std::move(result);
}

void CodeSet::subtract(const CodeSet& other) {
    for (auto& [system, codes] : listed) {
        if (other.whole.contains(system)) {
            codes.clear();
        } else if (other.is_open || other.open.contains(system)) {
            // Any of them may be excluded.
            if (!codes.empty()) open.insert(system);
            codes.clear();
        } else if (const auto held = other.listed.find(system); held != other.listed.end()) {
            for (const auto& [code, display] : held->second) codes.erase(code);
        }
    }
    std::erase_if(listed, [](const auto& entry) { return entry.second.empty(); });
    for (const auto system : other.whole) whole.erase(system), open.erase(system);
    // A whole system of which some codes are excluded is known no longer.
    std::erase_if(whole, [&](const auto system) {
        const bool is_touched = other.is_open || other.open.contains(system) || other.listed.contains(system);
        if (is_touched) open.insert(system);
        return is_touched;
    });
}

}  // namespace causeway::fhir
