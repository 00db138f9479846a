#pragma once
/// Are two FHIR times the same moment, or, where the message gave no offset, the same time by the clock on the wall?

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

namespace causeway::test {

struct WallTime {
    long long minutes = 0;  ///< By the clock on the wall, since 1 January 1.
    long long offset = 0;   ///< Minutes.
    std::string seconds;    ///< "05"; zeros of a second are left out.
};

inline int digits(std::string_view text, std::size_t at, std::size_t count) {
    int value = -1;
    if (at + count <= text.size()) std::from_chars(text.data() + at, text.data() + at + count, value);
    return value;
}

inline long long days(int year, int month, int day) {
    year -= month <= 2 ? 1 : 0;
    const auto era = year / 400;
    const auto of_era = year - era * 400;
    const auto of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return static_cast<long long>(era) * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year;
}

/// "2023-05-01T08:25:31.000-06:00"; nothing for dates and other texts.
inline std::optional<WallTime> wall_time(const std::string& text) {
    if (text.size() < 16 || text[4] != '-' || text[10] != 'T' || text[13] != ':') return std::nullopt;
    WallTime time;
    time.minutes = days(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2)) * 1440 + digits(text, 11, 2) * 60 +
                   digits(text, 14, 2);
    const auto zone = text.find_first_of("Z+-", 16);
    if (text.size() >= 19 && text[16] == ':') time.seconds = text.substr(17, 2);
    if (zone != std::string::npos && text[zone] != 'Z') {
        const auto offset = digits(text, zone + 1, 2) * 60 + digits(text, zone + 4, 2);
        time.offset = text[zone] == '-' ? -offset : offset;
    }
    return time;
}

inline bool same_time(const std::string& left, const std::string& right) {
    const auto a = wall_time(left);
    const auto b = wall_time(right);
    if (!a || !b || (a->seconds != b->seconds && !a->seconds.empty() && !b->seconds.empty())) return false;
    return a->minutes == b->minutes || a->minutes - a->offset == b->minutes - b->offset;
}

}  // namespace causeway::test
