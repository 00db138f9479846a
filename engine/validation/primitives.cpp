#include "validation/primitives.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>
#include <utility>

#include "validation/formats.hpp"

namespace causeway::validation {
namespace {

using Name = std::pair<std::string_view, Primitive>;

constexpr std::array kNames = std::to_array<Name>({
    {"base64Binary", Primitive::base64_binary},
    {"boolean", Primitive::boolean},
    {"canonical", Primitive::canonical},
    {"code", Primitive::code},
    {"date", Primitive::date},
    {"dateTime", Primitive::date_time},
    {"decimal", Primitive::decimal},
    {"id", Primitive::id},
    {"instant", Primitive::instant},
    {"integer", Primitive::integer},
    {"markdown", Primitive::markdown},
    {"oid", Primitive::oid},
    {"positiveInt", Primitive::positive_int},
    {"string", Primitive::string},
    {"time", Primitive::time},
    {"unsignedInt", Primitive::unsigned_int},
    {"uri", Primitive::uri},
    {"url", Primitive::url},
    {"uuid", Primitive::uuid},
    {"xhtml", Primitive::xhtml},
});

constexpr std::size_t kMostText = 1024 * 1024;

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string_view take_digits(std::string_view& text) noexcept {
    std::size_t n = 0;
    while (n < text.size() && is_digit(text[n])) ++n;
    const auto digits = text.substr(0, n);
    text.remove_prefix(n);
    return digits;
}

/// 0, or digits that do not begin with 0.
bool is_plain_number(std::string_view text) noexcept {
    const auto digits = take_digits(text);
    return text.empty() && !digits.empty() && (digits.size() == 1 || digits.front() != '0');
}

bool is_integer(std::string_view text, std::int64_t least) noexcept {
    auto digits = text;
    if (!digits.empty() && (digits.front() == '+' || (digits.front() == '-' && least < 0))) digits.remove_prefix(1);
    if (!is_plain_number(digits) || digits.size() > 10) return false;
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (text.front() == '-') value = -value;
    return value >= least && value <= std::numeric_limits<std::int32_t>::max() &&
           value >= std::numeric_limits<std::int32_t>::min();
}

bool is_decimal(std::string_view text) noexcept {
    if (!text.empty() && text.front() == '-') text.remove_prefix(1);
    const auto whole = take_digits(text);
    if (whole.empty() || (whole.size() > 1 && whole.front() == '0')) return false;
    if (!text.empty() && text.front() == '.') {
        text.remove_prefix(1);
        if (take_digits(text).empty()) return false;
    }
    if (text.empty()) return true;
    if (text.front() != 'e' && text.front() != 'E') return false;
    text.remove_prefix(1);
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
    return !take_digits(text).empty() && text.empty();
}

bool is_time(std::string_view text) noexcept {
    if (text.size() < 8 || text[2] != ':' || text[5] != ':') return false;
    for (const std::size_t i : {0U, 1U, 3U, 4U, 6U, 7U})
        if (!is_digit(text[i])) return false;
    const auto two = [&](std::size_t i) { return (text[i] - '0') * 10 + (text[i + 1] - '0'); };
    if (two(0) > 23 || two(3) > 59 || two(6) > 60) return false;
    text.remove_prefix(8);
    if (text.empty()) return true;
    if (text.front() != '.') return false;
    text.remove_prefix(1);
    return !take_digits(text).empty() && text.empty();
}

bool is_oid(std::string_view text) noexcept {
    constexpr std::string_view kPrefix = "urn:oid:";
    if (!text.starts_with(kPrefix)) return false;
    text.remove_prefix(kPrefix.size());
    if (text.empty() || text.front() < '0' || text.front() > '2') return false;
    std::size_t arcs = 0;
    while (true) {
        const auto arc = take_digits(text);
        if (!is_plain_number(arc)) return false;
        ++arcs;
        if (text.empty()) return arcs > 1;
        if (text.front() != '.') return false;
        text.remove_prefix(1);
    }
}

bool is_uuid(std::string_view text) noexcept {
    constexpr std::string_view kPrefix = "urn:uuid:";
    if (!text.starts_with(kPrefix)) return false;
    text.remove_prefix(kPrefix.size());
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? c != '-' : !(is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) return false;
    }
    return true;
}

constexpr std::size_t kWord = 8;

/// Is any byte below the limit, which is at most 128? Eight bytes at a time.
bool has_byte_below(std::string_view text, unsigned char limit) noexcept {
    constexpr std::uint64_t kEach = 0x0101010101010101U;
    for (; text.size() >= kWord; text.remove_prefix(kWord)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), kWord);
        if (((word - kEach * limit) & ~word & (kEach << 7)) != 0) return true;
    }
    for (const char c : text)
        if (static_cast<unsigned char>(c) < limit) return true;
    return false;
}

bool has_space(std::string_view text) noexcept {
    return has_byte_below(text, ' ' + 1) && std::any_of(text.begin(), text.end(), is_space);
}

const char* check_uri(std::string_view text) noexcept {
    if (has_space(text)) return "Write the address without white space.";
    if (text.starts_with("oid:") || text.starts_with("uuid:"))
        return "Write the address with urn: before it, as urn:oid: or urn:uuid:.";
    if (text.starts_with("urn:oid:") && !is_oid(text))
        return "Write the OID as urn:oid: with numbers joined by dots, for example urn:oid:1.2.36.146.";
    if (text.starts_with("urn:uuid:") && !is_uuid(text))
        return "Write the UUID as urn:uuid: and 36 characters, for example "
               "urn:uuid:c757873d-ec9a-4326-a141-556f43239520.";
    return nullptr;
}

bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 32 && !is_space(c);
}

const char* check_text(std::string_view text) noexcept {
    if (text.size() > kMostText) return "Keep the text under one megabyte.";
    if (!has_byte_below(text, ' ') || !std::any_of(text.begin(), text.end(), is_control)) return nullptr;
    return "Take control characters out of the text: only tab, line feed and carriage return are allowed.";
}

/// Years that a record of health care may speak of; others are mostly slips.
bool is_usual_year(std::string_view date) noexcept {
    const auto century = date.substr(0, 2);
    return date.size() < 4 || century == "19" || century == "20" || (century == "18" && date[2] >= '5') ||
           date.substr(0, 4) == "9999";
}

const char* unless(bool right, const char* advice) noexcept {
    return right ? nullptr : advice;
}

}  // namespace

Primitive primitive_of(std::string_view type) noexcept {
    const auto found = std::find_if(kNames.begin(), kNames.end(), [&](const Name& name) { return name.first == type; });
    return found == kNames.end() ? Primitive::none : found->second;
}

tree::Kind json_kind(Primitive type) noexcept {
    switch (type) {
        case Primitive::boolean:
            return tree::Kind::boolean;
        case Primitive::decimal:
        case Primitive::integer:
        case Primitive::positive_int:
        case Primitive::unsigned_int:
            return tree::Kind::number;
        default:
            return tree::Kind::text;
    }
}

const char* check_primitive(Primitive type, std::string_view text) noexcept {
    if (text.empty()) return "Give the element a value that is not empty, or leave it out.";
    switch (type) {
        case Primitive::base64_binary:
            return unless(is_base64(text), "Encode the data as base64 (RFC 4648, with padding).");
        case Primitive::boolean:
            return unless(text == "true" || text == "false", "Write true or false.");
        case Primitive::code:
            return unless(is_code(text), "Write the code without white space at its ends, and single spaces within.");
        case Primitive::date:
            return unless(is_date(text), "Write a date of the calendar as YYYY, YYYY-MM or YYYY-MM-DD.");
        case Primitive::date_time:
            return unless(is_date_time(text),
                          "Write a date, or a date with time to the second and an offset: 2026-11-21T09:30:00Z.");
        case Primitive::decimal:
            return unless(is_decimal(text), "Write a decimal number such as 3.20.");
        case Primitive::id:
            return unless(is_id(text), "Write the id with at most 64 letters, digits, hyphens and dots.");
        case Primitive::instant:
            return unless(is_instant(text), "Write a full date, a time and an offset: 2026-11-21T09:30:00.000Z.");
        case Primitive::integer:
            return unless(is_integer(text, std::numeric_limits<std::int32_t>::min()),
                          "Write a whole number of 32 bits without leading zeros.");
        case Primitive::positive_int:
            return unless(is_integer(text, 1), "Write a whole number from 1 to 2147483647.");
        case Primitive::unsigned_int:
            return unless(is_integer(text, 0), "Write a whole number from 0 to 2147483647.");
        case Primitive::oid:
            return unless(is_oid(text), "Write the OID as urn:oid: with numbers joined by dots.");
        case Primitive::time:
            return unless(is_time(text), "Write a time of day as hh:mm:ss.");
        case Primitive::uuid:
            return unless(is_uuid(text), "Write the UUID as urn:uuid: and 36 characters.");
        case Primitive::canonical:
        case Primitive::uri:
        case Primitive::url:
            return check_uri(text);
        case Primitive::markdown:
        case Primitive::string:
            return check_text(text);
        default:
            return nullptr;
    }
}

const char* remark_primitive(Primitive type, std::string_view text) noexcept {
    if (text.empty()) return nullptr;
    switch (type) {
        case Primitive::string:
            return unless(!is_space(text.front()) && !is_space(text.back()),
                          "Take white space off the ends of the text.");
        case Primitive::date:
        case Primitive::date_time:
        case Primitive::instant:
            return unless(is_usual_year(text), "Check the year: it lies far from our time.");
        default:
            return nullptr;
    }
}

}  // namespace causeway::validation
