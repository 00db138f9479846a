#include "hl7v2/delimiters.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace causeway::hl7v2 {
namespace {

constexpr char kYen = '\xA5';

/// One encoding character of MSH-2; U+00A5 is one byte or two.
struct Character {
    char byte = 0;
    bool utf8_yen = false;
};

bool is_graphic(char c) noexcept {
    const auto u = static_cast<unsigned char>(c);
    const bool alphanumeric = (u >= '0' && u <= '9') || (u >= 'A' && u <= 'Z') || (u >= 'a' && u <= 'z');
    return u > 0x20 && u < 0x7f && !alphanumeric;
}

std::optional<std::vector<Character>> characters(std::string_view msh2) {
    std::vector<Character> out;
    for (std::size_t i = 0; i < msh2.size() && out.size() < 5; ++i) {
        if (msh2[i] == '\xC2' && i + 1 < msh2.size() && msh2[i + 1] == kYen) {
            out.push_back({kYen, true});
            ++i;
        } else if (msh2[i] == kYen || is_graphic(msh2[i])) {
            out.push_back({msh2[i], false});
        } else if (out.size() < 4) {
            return std::nullopt;
        } else {
            break;
        }
    }
    return out;
}

void assign_escape(Delimiters& out, Character c) {
    out.escape = c.byte;
    out.escape_is_utf8 = c.utf8_yen;
}

void assign_by_position(Delimiters& out, const std::vector<Character>& c) {
    out.component = c[0].byte;
    out.repetition = c[1].byte;
    assign_escape(out, c.size() > 2 ? c[2] : Character{});
    out.subcomponent = c.size() > 3 ? c[3].byte : '\0';
    if (c.size() > 4) out.truncation = c[4].byte;
}

/// Some of the recommended characters in their order: the missing ones are known. Fields have components always.
bool assign_by_identity(Delimiters& out, const std::vector<Character>& c) {
    constexpr std::string_view recommended = "^~\\&";
    if (c.size() < 3 && c[0].byte != '^') return false;
    std::array<bool, 4> seen{};
    std::size_t from = 0;
    for (const auto& character : c) {
        const char as_backslash = character.byte == kYen ? '\\' : character.byte;
        const auto at = recommended.find(as_backslash, from);
        if (at == std::string_view::npos) return false;
        seen[at] = true;
        if (at == 2) assign_escape(out, character);
        from = at + 1;
    }
    out.component = seen[0] ? '^' : '\0';
    out.repetition = seen[1] ? '~' : '\0';
    if (!seen[2]) assign_escape(out, {});
    out.subcomponent = seen[3] ? '&' : '\0';
    return true;
}

bool distinct(const Delimiters& d) noexcept {
    std::array all{d.field, d.component, d.repetition, d.escape, d.subcomponent};
    std::sort(all.begin(), all.end());
    const auto* end = std::unique(all.begin(), all.end(), [](char a, char b) { return a == b && a != '\0'; });
    return end == all.end();
}

}  // namespace

std::string Delimiters::escape_text() const {
    if (escape == '\0') return {};
    return escape_is_utf8 ? std::string{'\xC2', escape} : std::string{escape};
}

std::string Delimiters::msh2() const {
    std::string out;
    if (component != '\0') out += component;
    if (repetition != '\0') out += repetition;
    out += escape_text();
    if (subcomponent != '\0') out += subcomponent;
    if (truncation != '\0') out += truncation;
    return out;
}

bool is_field_separator(char c) noexcept {
    return is_graphic(c);
}

DelimiterState read_delimiters(char field_separator, std::string_view msh2, Delimiters& out) {
    const Delimiters before = out;
    out.field = field_separator;
    const bool doubled_backslash = msh2.starts_with("^~\\\\&");
    const auto found = characters(doubled_backslash ? std::string_view("^~\\&") : msh2);
    // Escape and sub-component may be left out where none stands in the message (HL7 v2.5.1 2.5.4).
    if (!found || found->size() < 2) return DelimiterState::malformed;
    if (found->size() > 3 || !assign_by_identity(out, *found)) assign_by_position(out, *found);
    if (!distinct(out)) {
        out = before;
        out.field = field_separator;
        return DelimiterState::malformed;
    }
    const std::size_t length = msh2.size() - (out.escape_is_utf8 ? 1U : 0U);
    if (length == 4) return DelimiterState::standard;
    return length == 5 && !doubled_backslash ? DelimiterState::truncation : DelimiterState::odd;
}

}  // namespace causeway::hl7v2
