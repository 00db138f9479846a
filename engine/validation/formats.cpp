#include "validation/formats.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace causeway::validation {
namespace {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

constexpr bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Takes exactly `count` digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t count) noexcept {
    if (text.size() < count) return std::nullopt;
    int value = 0;
    for (const char c : text.substr(0, count)) {
        if (!is_digit(c)) return std::nullopt;
        value = value * 10 + (c - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool take(std::string_view& text, char c) noexcept {
    if (text.empty() || text.front() != c) return false;
    text.remove_prefix(1);
    return true;
}

int days_in(int year, int month) noexcept {
    constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

enum class Precision { none, year, month, day };

/// Takes a date off the front; none where it is no date.
Precision take_date(std::string_view& text) noexcept {
    const auto year = take_number(text, 4);
    if (!year || *year == 0) return Precision::none;
    if (!take(text, '-')) return Precision::year;
    const auto month = take_number(text, 2);
    if (!month || *month < 1 || *month > 12) return Precision::none;
    if (!take(text, '-')) return Precision::month;
    const auto day = take_number(text, 2);
    if (!day || *day < 1 || *day > days_in(*year, *month)) return Precision::none;
    return Precision::day;
}

bool take_fraction(std::string_view& text) noexcept {
    if (!take(text, '.')) return true;
    const std::size_t before = text.size();
    while (!text.empty() && is_digit(text.front())) text.remove_prefix(1);
    return text.size() < before;
}

bool take_time(std::string_view& text) noexcept {
    const auto hour = take_number(text, 2);
    if (!hour || *hour > 23 || !take(text, ':')) return false;
    const auto minute = take_number(text, 2);
    if (!minute || *minute > 59 || !take(text, ':')) return false;
    const auto second = take_number(text, 2);
    return second && *second <= 60 && take_fraction(text);
}

bool take_offset(std::string_view& text) noexcept {
    if (take(text, 'Z')) return true;
    if (!take(text, '+') && !take(text, '-')) return false;
    const auto hour = take_number(text, 2);
    if (!hour || !take(text, ':')) return false;
    const auto minute = take_number(text, 2);
    return minute && *minute <= 59 && (*hour < 14 || (*hour == 14 && *minute == 0));
}

/// What stands behind the date of an instant.
bool is_time_of_day(std::string_view text) noexcept {
    return take(text, 'T') && take_time(text) && take_offset(text) && text.empty();
}

constexpr bool is_white_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

enum class Base64 : unsigned char { wrong, digit, padding, space };

/// Attachments are long: a look-up for each byte.
constexpr auto kBase64 = [] {
    std::array<Base64, 256> classes{};
    for (std::size_t c = 0; c < classes.size(); ++c) {
        const char letter = static_cast<char>(c);
        if (is_letter(letter) || is_digit(letter) || letter == '+' || letter == '/')
            classes[c] = Base64::digit;
        else if (is_white_space(letter))
            classes[c] = Base64::space;
    }
    classes[static_cast<unsigned char>('=')] = Base64::padding;
    return classes;
}();

}  // namespace

bool is_date(std::string_view text) noexcept {
    return take_date(text) != Precision::none && text.empty();
}

bool is_date_time(std::string_view text) noexcept {
    const auto precision = take_date(text);
    if (text.empty()) return precision != Precision::none;
    return precision == Precision::day && is_time_of_day(text);
}

bool is_instant(std::string_view text) noexcept {
    return take_date(text) == Precision::day && is_time_of_day(text);
}

bool is_id(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return is_letter(c) || is_digit(c) || c == '-' || c == '.';
    });
}

bool is_code(std::string_view text) noexcept {
    bool space = true;
    for (const char c : text) {
        if (is_white_space(c) && space) return false;
        space = is_white_space(c);
    }
    return !space;
}

bool is_base64(std::string_view text) noexcept {
    std::size_t digits = 0;
    std::size_t padding = 0;
    for (const char c : text) {
        const auto kind = kBase64[static_cast<unsigned char>(c)];
        if (kind == Base64::digit && padding == 0)
            ++digits;
        else if (kind == Base64::padding)
            ++padding;
        else if (kind != Base64::space)
            return false;
    }
    return padding <= 2 && (digits + padding) % 4 == 0 && digits > 0;
}

std::size_t base64_size(std::string_view text) noexcept {
    std::size_t digits = 0;
    std::size_t padding = 0;
    for (const char c : text) {
        if (c == '=')
            ++padding;
        else if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
            ++digits;
    }
    const auto bytes = (digits + padding) / 4 * 3;
    return bytes < padding ? 0 : bytes - padding;
}

}  // namespace causeway::validation
