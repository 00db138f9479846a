#include "mapping/dtm.hpp"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <optional>

#include "core/text.hpp"

namespace causeway::mapping {
namespace {

/// The parts of a time; -1 where the text does not go so far.
struct Parts {
    int year = -1, month = -1, day = -1, hour = -1, minute = -1, second = -1;
    std::string fraction;
    std::string offset;  ///< "+01:00", or empty.
};

using Read = std::variant<Parts, DtmMistake>;

bool all_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

int number(std::string_view digits) {
    int value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
}

/// Takes a zone off the end of `text`: "+0100", "-05:00", "Z".
std::optional<std::string> take_offset(std::string_view& text) {
    if (text.size() > 8 && text.back() == 'Z') {
        text.remove_suffix(1);
        return "+00:00";
    }
    const auto at = text.find_last_of("+-");
    const std::size_t date_end = text.size() > 4 && text[4] == '-' ? 10 : 4;
    if (at == std::string_view::npos || at < date_end) return "";
    if (at + 1 == text.size()) {  // Seen in the field: a sign without an offset.
        text.remove_suffix(1);
        return "";
    }
    std::string digits(text.substr(at + 1));
    std::erase(digits, ':');
    if (digits.size() == 2) digits += "00";
    if (digits.size() != 4 || !all_digits(digits) || number(digits.substr(0, 2)) > 14 || number(digits.substr(2)) > 59)
        return std::nullopt;
    const auto offset = std::string(1, text[at]) + digits.substr(0, 2) + ":" + digits.substr(2);
    text = text.substr(0, at);
    return offset;
}

std::string fraction_of(std::string_view& text) {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos) return {};
    std::string fraction(text.substr(dot + 1));
    text = text.substr(0, dot);
    return fraction;
}

std::string without_separators(std::string_view text) {
    std::string digits;
    for (const char c : text)
        if (c != '-' && c != ':' && c != ' ' && c != 'T') digits += c;
    return digits;
}

Read in_parts(std::string_view digits) {
    if (digits.size() < 4) return DtmMistake{"a year of four digits is missing"};
    if (!all_digits(digits)) return DtmMistake{"a character that is no digit"};
    if (digits.size() % 2 != 0 || digits.size() > 14) return DtmMistake{"a part with a digit too few or too many"};
    Parts parts;
    parts.year = number(digits.substr(0, 4));
    int* const rest[] = {&parts.month, &parts.day, &parts.hour, &parts.minute, &parts.second};
    for (std::size_t i = 0; 4 + 2 * i < digits.size(); ++i) *rest[i] = number(digits.substr(4 + 2 * i, 2));
    return parts;
}

std::string wrong_part(const Parts& parts) {
    using namespace std::chrono;
    if (parts.year == 0) return "year 0";
    if (parts.month == 0 || parts.month > 12) return "month " + std::to_string(parts.month);
    if (parts.day == 0 || parts.day > 31) return "day " + std::to_string(parts.day);
    if (parts.day > 0 && !(year(parts.year) / parts.month / parts.day).ok())
        return "a day that its month does not have";
    if (parts.hour > 23) return "hour " + std::to_string(parts.hour);
    if (parts.minute > 59) return "minute " + std::to_string(parts.minute);
    if (parts.second > 59) return "second " + std::to_string(parts.second);
    return {};
}

Read read(std::string_view text) {
    text = trim(text);
    const auto offset = take_offset(text);
    if (!offset) return DtmMistake{"an offset that is not of the form +0100"};
    text = trim(text);
    const auto fraction = fraction_of(text);
    if (!all_digits(fraction)) return DtmMistake{"a fraction of a second that is no number"};
    auto read = in_parts(without_separators(text));
    if (auto* parts = std::get_if<Parts>(&read)) {
        parts->offset = *offset;
        parts->fraction = fraction;
        if (auto wrong = wrong_part(*parts); !wrong.empty()) return DtmMistake{std::move(wrong)};
    }
    return read;
}

/// With leading zeros.
void append_number(std::string& out, int number, std::size_t digits) {
    const auto at = out.size();
    out.append(digits, '0');
    for (auto i = digits; i-- > 0; number /= 10) out[at + i] = static_cast<char>('0' + number % 10);
}

std::string date_of(const Parts& parts, std::string_view between) {
    std::string date;
    append_number(date, parts.year, 4);
    for (const int part : {parts.month, parts.day}) {
        if (part < 0) break;
        date += between;
        append_number(date, part, 2);
    }
    return date;
}

std::string time_of(const Parts& parts, std::string_view between) {
    std::string time;
    append_number(time, parts.hour, 2);
    for (const int part : {parts.minute, parts.second}) {
        time += between;
        append_number(time, std::max(part, 0), 2);
    }
    return time;
}

std::string offset_of(const Parts& parts, const Zone& zone) {
    if (!parts.offset.empty()) return parts.offset == "+00:00" ? "Z" : parts.offset;
    auto offset = zone.offset.empty() ? london_offset(parts.year, parts.month, parts.day, parts.hour) : zone.offset;
    return offset == "+00:00" ? "Z" : offset;
}

}  // namespace

std::string london_offset(int year, int month, int day, int hour) {
    using namespace std::chrono;
    const auto last_sunday = [&](unsigned m) {
        return sys_days(year_month_weekday_last(std::chrono::year(year), std::chrono::month(m), weekday_last(Sunday)));
    };
    const auto local = sys_days(std::chrono::year(year) / month / day) + hours(hour);
    const bool summer = local >= last_sunday(3) + hours(1) && local < last_sunday(10) + hours(2);
    return summer ? "+01:00" : "+00:00";
}

std::variant<std::string, DtmMistake> dtm_to_fhir(std::string_view text, DtmAs as, const Zone& zone) {
    const auto result = read(text);
    if (const auto* mistake = std::get_if<DtmMistake>(&result)) return *mistake;
    auto parts = std::get<Parts>(result);
    if (as == DtmAs::date || (as == DtmAs::date_time && parts.hour < 0)) return date_of(parts, "-");
    if (parts.day < 0) return DtmMistake{"a day is missing"};
    // Midnight would be a claim that nobody made: an appointment at 00:00.
    if (parts.hour < 0) return DtmMistake{"a time of day is missing"};
    auto fhir = date_of(parts, "-") + "T" + time_of(parts, ":");
    if (!parts.fraction.empty()) fhir += "." + parts.fraction;
    return fhir + offset_of(parts, zone);
}

std::variant<std::string, DtmMistake> fhir_to_dtm(std::string_view text, DtmAs as) {
    const auto result = read(text);
    if (const auto* mistake = std::get_if<DtmMistake>(&result)) return *mistake;
    const auto& parts = std::get<Parts>(result);
    auto dtm = date_of(parts, "");
    if (as == DtmAs::date || parts.hour < 0) return dtm;
    dtm += time_of(parts, "");
    if (!parts.fraction.empty()) dtm += "." + parts.fraction.substr(0, 4);
    if (!parts.offset.empty()) dtm += parts.offset.substr(0, 3) + parts.offset.substr(4);
    return dtm;
}

}  // namespace causeway::mapping
