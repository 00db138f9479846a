#pragma once
/// Checks that a document's bytes may be JSON or XML text at all.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace causeway::fhir {

inline constexpr std::size_t kAllText = static_cast<std::size_t>(-1);

/// Offset of the first byte that is not UTF-8 (overlong forms, surrogates and what lies above U+10FFFF included) or is
/// a control character other than tab, LF and CR; kAllText where there is none.
std::size_t first_non_text(std::string_view bytes) noexcept;

/// Characters of UTF-8 text: its bytes without those that go on with one.
std::size_t count_characters(std::string_view text) noexcept;

/// 3 where the text begins with the byte-order mark of UTF-8, else 0.
inline std::size_t byte_order_mark(std::string_view text) noexcept {
    return text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
}

/// Writes one character, which is at most U+10FFFF and no surrogate; gives the place behind it.
inline char* append_utf8(char* to, std::uint32_t code) noexcept {
    const auto tail = [&](int shift) { return static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
    if (code < 0x80) {
        *to++ = static_cast<char>(code);
    } else if (code < 0x800) {
        *to++ = static_cast<char>(0xC0 | (code >> 6));
        *to++ = tail(0);
    } else if (code < 0x10000) {
        *to++ = static_cast<char>(0xE0 | (code >> 12));
        *to++ = tail(6);
        *to++ = tail(0);
    } else {
        *to++ = static_cast<char>(0xF0 | (code >> 18));
        *to++ = tail(12);
        *to++ = tail(6);
        *to++ = tail(0);
    }
    return to;
}

/// Value of a hexadecimal digit, -1 for anything else.
inline int hex_digit(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace causeway::fhir
