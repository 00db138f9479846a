#pragma once
/// Sixteen bytes at a time over text that is followed by a NUL (as every std::string is). Internal to the codecs.

#include <emmintrin.h>

#include <bit>
#include <cstdint>

namespace causeway::fhir {

inline constexpr std::ptrdiff_t kBlock = 16;

inline __m128i load_block(const char* at) noexcept {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

inline std::uint32_t equal_mask(__m128i block, char c) noexcept {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8(c))));
}

/// One bit a byte that is above 0x7F.
inline std::uint32_t high_mask(__m128i block) noexcept {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(block));
}

/// One bit a byte below 0x20.
inline std::uint32_t control_mask(__m128i block) noexcept {
    const __m128i limit = _mm_set1_epi8(0x1F);
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(block, limit), limit)));
}

inline bool is_space(char c) noexcept {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/// First byte from `at` on that is no white space of JSON and XML; `end` where there is none.
inline const char* skip_spaces(const char* at, const char* end) noexcept {
    if (static_cast<unsigned char>(*at) > ' ') return at;
    if (*at == ' ' && static_cast<unsigned char>(at[1]) > ' ') return at + 1;
    while (end - at >= kBlock) {
        const auto block = load_block(at);
        const auto spaces =
            equal_mask(block, ' ') | equal_mask(block, '\n') | equal_mask(block, '\r') | equal_mask(block, '\t');
        if (spaces != 0xFFFF) return at + std::countr_one(spaces);
        at += kBlock;
    }
    while (at != end && is_space(*at)) ++at;
    return at;
}

}  // namespace causeway::fhir
