#pragma once
/// A hash table of four bytes a place.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

namespace causeway::pipeline {

inline constexpr std::uint32_t kNoIndex = ~std::uint32_t{0};

/// Indexes of things by a 64-bit key that the things themselves hold, which `KeyOf` gives: open addressing.
template <class KeyOf>
class IndexTable {
public:
    explicit IndexTable(KeyOf key_of) : key_of_(key_of) {}

    std::uint32_t find(std::uint64_t key) const { return places_.empty() ? kNoIndex : places_[position(key)]; }

    /// Room for so many things, so that it need not grow while they come.
    void reserve(std::size_t count) {
        if (!has_room_for(count)) grow_to(std::max(std::bit_ceil(count * 4 / 3 + 1), kSmallest));
    }

    /// The key must not be there.
    void insert(std::uint64_t key, std::uint32_t index) {
        if (!has_room_for(count_ + 1)) grow_to(std::max(places_.size() * 2, kSmallest));
        places_[position(key)] = index;
        ++count_;
    }

    /// The thing under this key is another one now.
    void replace(std::uint64_t key, std::uint32_t index) { places_[position(key)] = index; }

    /// What follows without a gap moves up, so that every search still ends at the first free place.
    void erase(std::uint64_t key) {
        if (places_.empty()) return;
        auto gap = position(key);
        if (places_[gap] == kNoIndex) return;
        const auto mask = places_.size() - 1;
        for (auto at = (gap + 1) & mask; places_[at] != kNoIndex; at = (at + 1) & mask) {
            const auto wants = home(key_of_(places_[at]));
            if (((at - wants) & mask) < ((at - gap) & mask)) continue;
            places_[gap] = places_[at];
            gap = at;
        }
        places_[gap] = kNoIndex;
        --count_;
    }

private:
    static constexpr std::size_t kSmallest = 64;

    /// Ids rise by one and hashes are spread already: the bits of either are spread over the table.
    std::size_t home(std::uint64_t key) const {
        key ^= key >> 32;
        key *= 0x9E3779B97F4A7C15ull;
        key ^= key >> 29;
        return static_cast<std::size_t>(key) & (places_.size() - 1);
    }

    /// Where the key is, or the free place where it would be.
    std::size_t position(std::uint64_t key) const {
        auto at = home(key);
        while (places_[at] != kNoIndex && key_of_(places_[at]) != key) at = (at + 1) & (places_.size() - 1);
        return at;
    }

    bool has_room_for(std::size_t count) const { return count * 4 <= places_.size() * 3; }

    void grow_to(std::size_t size) {
        const auto old = std::exchange(places_, std::vector<std::uint32_t>(size, kNoIndex));
        for (const auto index : old)
            if (index != kNoIndex) places_[position(key_of_(index))] = index;
    }

    const KeyOf key_of_;
    std::vector<std::uint32_t> places_;
    std::size_t count_ = 0;
};

}  // namespace causeway::pipeline
