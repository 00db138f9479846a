#include "assurance/day.hpp"

#include <algorithm>

namespace causeway::assurance {

namespace chrono = std::chrono;

namespace {

Instant last_sunday_at_one(chrono::year year, chrono::month month) {
    const chrono::sys_days day{year / month / chrono::Sunday[chrono::last]};
    return Instant(day) + chrono::hours(1);
}

/// The moment at which the wall clock shows midnight: the offset of the night before and of the day may differ, and
/// changes come an hour after midnight, so the offset at midnight UTC is the right one.
Instant midnight(chrono::sys_days date, Zone zone) {
    const Instant as_utc{date};
    return as_utc - offset_at(zone, as_utc);
}

}  // namespace

std::string_view to_code(Zone zone) noexcept {
    return zone == Zone::utc ? "UTC" : "Europe/London";
}

std::optional<Zone> zone_from_code(std::string_view code) noexcept {
    if (code == "UTC") return Zone::utc;
    if (code == "Europe/London") return Zone::london;
    return std::nullopt;
}

Duration offset_at(Zone zone, Instant at) noexcept {
    if (zone == Zone::utc) return {};
    const chrono::year_month_day date{chrono::floor<chrono::days>(at)};
    const bool summer =
        at >= last_sunday_at_one(date.year(), chrono::March) && at < last_sunday_at_one(date.year(), chrono::October);
    return summer ? chrono::hours(1) : chrono::hours(0);
}

Instant Day::begin() const {
    return midnight(chrono::sys_days(date), zone);
}

Instant Day::end() const {
    return midnight(chrono::sys_days(date) + chrono::days(1), zone);
}

Day Day::before() const {
    return {chrono::year_month_day(chrono::sys_days(date) - chrono::days(1)), zone};
}

std::string Day::text() const {
    return to_fhir_instant(Instant(chrono::sys_days(date))).substr(0, 10);
}

Day day_of(Instant at, Zone zone) {
    return {chrono::year_month_day(chrono::floor<chrono::days>(at + offset_at(zone, at))), zone};
}

std::optional<Day> parse_day(std::string_view text, Zone zone, Instant now) {
    if (text == "today") return day_of(now, zone);
    if (text == "yesterday") return day_of(now, zone).before();
    const auto at = text.size() == 10 ? parse_fhir_instant(text) : std::nullopt;
    if (!at) return std::nullopt;
    return Day{chrono::year_month_day(chrono::floor<chrono::days>(*at)), zone};
}

int hour_of_week(Instant at, Zone zone) noexcept {
    const auto wall = at + offset_at(zone, at);
    const auto day = chrono::floor<chrono::days>(wall);
    const auto weekday = static_cast<int>(chrono::weekday(day).iso_encoding()) - 1;
    return weekday * 24 + static_cast<int>(chrono::floor<chrono::hours>(wall - day).count());
}

}  // namespace causeway::assurance
