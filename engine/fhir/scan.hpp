#pragma once
/// Sixteen bytes at a time over text that is followed by a NUL (as every std::string is): with SSE2 where the compiler
/// has it, else (or with CAUSEWAY_PLAIN_SCAN) with two words. Internal to the codecs.

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <bit>
#include <cstdint>
#include <cstring>

namespace causeway::fhir {

inline constexpr std::ptrdiff_t kBlock = 16;

/// Masks have one bit a byte, the first byte's lowest.
namespace plain {

static_assert(std::endian::native == std::endian::little, "The first byte of a word is its lowest.");

struct Block {
    std::uint64_t first, second;
};

inline constexpr std::uint64_t kEach = 0x0101010101010101u;
inline constexpr std::uint64_t kTop = 0x8080808080808080u;

/// The top bits of a word's bytes, side by side.
inline std::uint32_t gather(std::uint64_t word) noexcept {
    return static_cast<std::uint32_t>(((word & kTop) >> 7) * 0x0102040810204080u >> 56);
}

/// Top bits of the bytes that are zero.
inline std::uint64_t zeros(std::uint64_t word) noexcept {
    return ~(((word & ~kTop) + ~kTop) | word);
}

template <class Tops>
std::uint32_t mask(const Block& block, Tops tops) noexcept {
    return gather(tops(block.first)) | gather(tops(block.second)) << 8;
}

inline Block load_block(const char* at) noexcept {
    Block block;
    std::memcpy(&block, at, sizeof block);
    return block;
}

inline void store_block(char* to, const Block& block) noexcept {
    std::memcpy(to, &block, sizeof block);
}

inline std::uint32_t equal_mask(const Block& block, char c) noexcept {
    return mask(block, [&](std::uint64_t word) { return zeros(word ^ kEach * static_cast<unsigned char>(c)); });
}

/// Bytes above 0x7F.
inline std::uint32_t high_mask(const Block& block) noexcept {
    return mask(block, [](std::uint64_t word) { return word; });
}

/// Bytes below 0x20.
inline std::uint32_t control_mask(const Block& block) noexcept {
    return mask(block, [](std::uint64_t word) { return zeros(word & kEach * 0xE0); });
}

}  // namespace plain

#ifdef __SSE2__
namespace sse2 {

inline __m128i load_block(const char* at) noexcept {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

inline void store_block(char* to, __m128i block) noexcept {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), block);
}

inline std::uint32_t equal_mask(__m128i block, char c) noexcept {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8(c))));
}

inline std::uint32_t high_mask(__m128i block) noexcept {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(block));
}

inline std::uint32_t control_mask(__m128i block) noexcept {
    const __m128i limit = _mm_set1_epi8(0x1F);
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(block, limit), limit)));
}

}  // namespace sse2
#endif

#if defined(__SSE2__) && !defined(CAUSEWAY_PLAIN_SCAN)
using namespace sse2;
#else
using namespace plain;
#endif

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
