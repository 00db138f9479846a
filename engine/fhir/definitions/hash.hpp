#pragma once
/// The hash functions of the tables. They are part of the pack's format: another function needs another format version.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace causeway::fhir {

inline std::uint64_t mix(std::uint64_t value) noexcept {
    value ^= value >> 32;
    value *= 0xD6E8FEB86659FD93ULL;
    value ^= value >> 32;
    value *= 0xD6E8FEB86659FD93ULL;
    return value ^ (value >> 32);
}

inline std::uint64_t hash_text(std::string_view text) noexcept {
    std::uint64_t hash = text.size() * 0x9E3779B97F4A7C15ULL;
    const char* at = text.data();
    std::size_t left = text.size();
    for (; left >= 8; at += 8, left -= 8) {
        std::uint64_t word;
        std::memcpy(&word, at, 8);
        hash = std::rotl((hash ^ word) * 0xFF51AFD7ED558CCDULL, 29);
    }
    std::uint64_t word = 0;
    if (left > 0) std::memcpy(&word, at, left);
    return mix(hash ^ word);
}

inline std::uint64_t hash_pair(std::uint32_t a, std::uint32_t b) noexcept {
    return mix((std::uint64_t{a} << 32 | b) * 0x9E3779B97F4A7C15ULL);
}

/// Slots of an open table of so many entries: a power of two, at most half full.
inline std::size_t slots_for(std::size_t entries) noexcept {
    return std::bit_ceil(entries * 2 + 2);
}

}  // namespace causeway::fhir
