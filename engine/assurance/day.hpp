#pragma once
/// Days as people mean them: of the wall clock in England, or of UTC.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace causeway::assurance {

/// Whose midnight ends a day. `london` is Greenwich Mean Time, and British Summer Time from 01:00 UTC on the last
/// Sunday of March to 01:00 UTC on the last Sunday of October (The Summer Time Order 2002, SI 2002/262).
enum class Zone { utc, london };

/// "UTC", "Europe/London".
std::string_view to_code(Zone zone) noexcept;
std::optional<Zone> zone_from_code(std::string_view code) noexcept;

/// What the wall clock is ahead of UTC at that moment.
Duration offset_at(Zone zone, Instant at) noexcept;

/// One day of one zone; in London of 23, 24 or 25 hours.
struct Day {
    std::chrono::year_month_day date;
    Zone zone = Zone::london;

    Instant begin() const;
    Instant end() const;  ///< The first moment of the next day.
    Day before() const;
    std::string text() const;  ///< "2026-11-21".
    bool operator==(const Day&) const = default;
};

Day day_of(Instant at, Zone zone);
/// Reads "2026-11-21", and "today" and "yesterday" as seen from `now`.
std::optional<Day> parse_day(std::string_view text, Zone zone, Instant now);

/// 0 to 167: hours of the wall clock since Monday 00:00.
int hour_of_week(Instant at, Zone zone) noexcept;

}  // namespace causeway::assurance
