#pragma once
/// What the key index holds.

#include <compare>
#include <cstddef>
#include <cstdint>

namespace causeway::index {

/// Each family has runs of its own.
enum class Family : std::uint8_t {
    duplicates,  ///< Hash of channel and duplicate key → message id. The only one with Bloom filters: most look-ups
                 ///< fail.
    keys,        ///< Hash of a search key → message id.
    ids          ///< Id of a message, obligation or clock → number of a block that has an event of it.
};

constexpr std::size_t kFamilies = 3;

/// A hash is no proof: the reader compares the record that the value leads to. Values are not negative.
struct Entry {
    std::uint64_t hash = 0;
    std::int64_t value = 0;

    auto operator<=>(const Entry&) const = default;
};

}  // namespace causeway::index
