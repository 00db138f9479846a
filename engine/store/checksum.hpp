#pragma once
/// A checksum of stored bytes: it finds damage, not forgery. That is what keys and the chain of events are for.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace causeway {

/// Eight bytes at a time. `seed` binds what belongs to the bytes without standing in them.
inline std::uint32_t checksum(std::string_view bytes, std::uint64_t seed = 0) {
    static_assert(std::endian::native == std::endian::little);
    std::uint64_t hash = seed ^ 0x165667b19e3779f9U;
    for (std::size_t at = 0; at < bytes.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + at, std::min<std::size_t>(8, bytes.size() - at));
        hash = (hash ^ word) * 0x9e3779b97f4a7c15U;
        hash ^= hash >> 32;
    }
    return static_cast<std::uint32_t>((hash ^ bytes.size()) * 0xc2b2ae3d27d4eb4fU >> 32);
}

}  // namespace causeway
