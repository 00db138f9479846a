#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <numeric>

namespace causeway {
namespace {

bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

/// Insertions, deletions, changes and swaps of neighbours (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    const auto same = [&](std::size_t i, std::size_t j) { return lower(a[i - 1]) == lower(b[j - 1]); };
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before.swap(last);
        last.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same(i, j) ? 0 : 1)});
            if (i > 1 && j > 1 && same(i, j - 1) && same(i - 1, j)) row[j] = std::min(row[j], before[j - 2] + 1);
        }
    }
    return row[b.size()];
}

/// Length of the UTF-8 sequence that `lead` begins; 0 where none can begin so.
std::size_t sequence_length(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead >= 0xc2 && lead < 0xe0) return 2;
    if (lead >= 0xe0 && lead < 0xf0) return 3;
    return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

/// No overlong forms, no surrogates, nothing over U+10FFFF (Unicode 15, table 3-7).
bool is_second_byte(unsigned char lead, unsigned char second) {
    if (lead == 0xe0) return second >= 0xa0 && second < 0xc0;
    if (lead == 0xed) return second >= 0x80 && second < 0xa0;
    if (lead == 0xf0) return second >= 0x90 && second < 0xc0;
    if (lead == 0xf4) return second >= 0x80 && second < 0x90;
    return second >= 0x80 && second < 0xc0;
}

constexpr std::ptrdiff_t kWord = sizeof(std::uint64_t);

bool is_ascii_word(const unsigned char* at) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return (word & 0x8080808080808080ULL) == 0;
}

}  // namespace

std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (std::size_t begin = 0;;) {
        const auto end = text.find(separator, begin);
        parts.push_back(text.substr(begin, end - begin));
        if (end == std::string_view::npos) return parts;
        begin = end + 1;
    }
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

bool is_valid_utf8(std::string_view bytes) noexcept {
    const auto* at = reinterpret_cast<const unsigned char*>(bytes.data());
    const auto* const end = at + bytes.size();
    while (at < end) {
        if (end - at >= kWord && is_ascii_word(at)) {  // Most text is.
            at += kWord;
            continue;
        }
        const auto length = sequence_length(*at);
        if (length == 0 || static_cast<std::size_t>(end - at) < length) return false;
        if (length > 1 && !is_second_byte(at[0], at[1])) return false;
        for (std::size_t i = 2; i < length; ++i)
            if (at[i] < 0x80 || at[i] >= 0xc0) return false;
        at += length;
    }
    return true;
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
    const auto limit = std::max<std::size_t>(1, (word.size() + 1) / 3);
    std::size_t best = limit + 1;
    std::string found;
    for (const auto& candidate : candidates) {
        const auto distance = edit_distance(word, candidate);
        if (distance >= best) continue;
        best = distance;
        found = candidate;
    }
    return found;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates) {
    const auto found = nearest(word, candidates);
    return found.empty() ? std::string() : " Did you mean \"" + found + "\"?";
}

static void append_escaped(std::string& out, char c) {
    switch (c) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            std::array<char, 7> code{};
            std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(c));
            out += code.data();
    }
}

/// Most text needs no escape, so it is copied in long runs.
std::string json_escape(std::string_view text) {
    const auto special = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; };
    std::string out;
    out.reserve(text.size() + 2);
    for (auto at = text.begin();;) {
        const auto next = std::find_if(at, text.end(), special);
        out.append(at, next);
        if (next == text.end()) return out;
        append_escaped(out, *next);
        at = next + 1;
    }
}

}  // namespace causeway
