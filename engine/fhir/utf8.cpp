#include "fhir/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace causeway::fhir {
namespace {

// True where all eight bytes lie in 0x20..0x7F.
bool is_plain_word(const char* at) noexcept {
    constexpr std::uint64_t kHigh = 0x8080808080808080ull;
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    const std::uint64_t below_space =
        word - 0x2020202020202020ull;  // Borrows set a high bit; exact when word has none.
    return ((word | below_space) & kHigh) == 0;
}

struct Form {
    std::uint8_t first_low, first_high, second_low, second_high;
    std::size_t length;
};

// Unicode 15, table 3-7: well-formed UTF-8 byte sequences.
constexpr Form kForms[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3},
    {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

std::uint8_t byte_at(std::string_view bytes, std::size_t at) noexcept {
    return static_cast<std::uint8_t>(bytes[at]);
}

bool is_continued(std::string_view bytes, std::size_t at, const Form& form) noexcept {
    if (at + form.length > bytes.size()) return false;
    const auto second = byte_at(bytes, at + 1);
    if (second < form.second_low || second > form.second_high) return false;
    for (std::size_t i = 2; i < form.length; ++i)
        if ((byte_at(bytes, at + i) & 0xC0) != 0x80) return false;
    return true;
}

// Length of the character at `at`, 0 where there is none.
std::size_t character_length(std::string_view bytes, std::size_t at) noexcept {
    const auto first = byte_at(bytes, at);
    if (first < 0x80) return first >= 0x20 || first == '\t' || first == '\n' || first == '\r' ? 1 : 0;
    for (const auto& form : kForms)
        if (first >= form.first_low && first <= form.first_high) return is_continued(bytes, at, form) ? form.length : 0;
    return 0;
}

}  // namespace

std::size_t first_non_text(std::string_view bytes) noexcept {
    std::size_t at = 0;
    while (at < bytes.size()) {
        while (at + 8 <= bytes.size() && is_plain_word(bytes.data() + at)) at += 8;
        if (at == bytes.size()) break;
        const auto length = character_length(bytes, at);
        if (length == 0) return at;
        at += length;
    }
    return kAllText;
}

std::size_t count_characters(std::string_view text) noexcept {
    constexpr std::uint64_t kEach = 0x0101010101010101ull;
    std::size_t continued = 0;
    const auto size = text.size();
    for (; text.size() >= 8; text.remove_prefix(8)) {
        std::uint64_t word;
        std::memcpy(&word, text.data(), sizeof word);
        continued += ((word >> 7) & ~(word >> 6) & kEach) * kEach >> 56;  // The sum of the bytes.
    }
    for (const char c : text) continued += (static_cast<unsigned char>(c) & 0xC0) == 0x80;
    return size - continued;
}

}  // namespace causeway::fhir
