#include "assurance/holiday.hpp"

#include "assurance/reconcile.hpp"

namespace causeway::assurance {

namespace chrono = std::chrono;

namespace {

/// Easter Sunday (the anonymous Gregorian computus; Meeus, Astronomical Algorithms, chapter 8).
chrono::sys_days easter(chrono::year year) noexcept {
    const int y = static_cast<int>(year);
    const int a = y % 19, b = y / 100, c = y % 100;
    const int g = (8 * b + 13) / 25;
    const int h = (19 * a + b - b / 4 - g + 15) % 30;
    const int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    const int m = (a + 11 * h + 22 * l) / 451;
    const int day_of_march = h + l - 7 * m + 22;
    return chrono::sys_days(year / chrono::March / 1) + chrono::days(day_of_march - 1);
}

bool is_weekend(chrono::weekday day) noexcept {
    return day == chrono::Saturday || day == chrono::Sunday;
}

/// On a weekend, a Monday (or Tuesday) stands for it.
bool is_new_year(chrono::sys_days day, chrono::year year) noexcept {
    auto kept = chrono::sys_days(year / chrono::January / 1);
    while (is_weekend(chrono::weekday(kept))) kept += chrono::days(1);
    return day == kept;
}

/// Two working days from 25 December on, counted from the later one where a weekend lies between.
bool is_christmas(chrono::sys_days day, chrono::year year) noexcept {
    const auto christmas = chrono::sys_days(year / chrono::December / 25);
    const chrono::weekday weekday(christmas);
    if (day == christmas || day == christmas + chrono::days(1)) return !is_weekend(chrono::weekday(day));
    if (weekday == chrono::Friday) return day == christmas + chrono::days(3);
    if (weekday == chrono::Saturday) return day == christmas + chrono::days(2) || day == christmas + chrono::days(3);
    return weekday == chrono::Sunday && day == christmas + chrono::days(2);
}

}  // namespace

bool is_bank_holiday(chrono::year_month_day date) noexcept {
    const auto year = date.year();
    const chrono::sys_days day(date), sunday = easter(year);
    const auto monday = chrono::Monday;
    return is_new_year(day, year) || is_christmas(day, year) || day == sunday - chrono::days(2) ||
           day == sunday + chrono::days(1) || day == chrono::sys_days(year / chrono::May / monday[1]) ||
           day == chrono::sys_days(year / chrono::May / monday[chrono::last]) ||
           day == chrono::sys_days(year / chrono::August / monday[chrono::last]);
}

bool Holidays::has(Instant at) const {
    const auto date = day_of(at, zone_).date;
    return more_.contains(chrono::sys_days(date)) || (zone_ == Zone::london && is_bank_holiday(date));
}

Holidays holidays_of(const pipeline::Configuration& configuration) {
    const auto zone = zone_of(configuration);
    std::set<chrono::sys_days> more;
    for (const auto& text : configuration.engine.settings.texts("holidays"))
        if (const auto day = parse_day(text, zone, Instant())) more.insert(chrono::sys_days(day->date));
    return Holidays(zone, std::move(more));
}

}  // namespace causeway::assurance
