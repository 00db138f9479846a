#include "assurance/day.hpp"

#include <doctest/doctest.h>

using namespace causeway;
using namespace causeway::assurance;
using std::chrono::hours;

namespace {

Day london(const std::string& text) {
    return parse_day(text, Zone::london, Instant()).value();
}
Instant utc(const std::string& text) {
    return parse_fhir_instant(text).value();
}

}  // namespace

TEST_CASE("a winter day in London is a day of UTC") {
    CHECK(london("2026-11-21").begin() == utc("2026-11-21T00:00:00Z"));
    CHECK(london("2026-11-21").end() == utc("2026-11-22T00:00:00Z"));
}

TEST_CASE("a summer day in London begins an hour before that of UTC") {
    CHECK(london("2026-07-01").begin() == utc("2026-06-30T23:00:00Z"));
    CHECK(parse_day("2026-07-01", Zone::utc, Instant())->begin() == utc("2026-07-01T00:00:00Z"));
}

TEST_CASE("the days on which the clocks change have 23 and 25 hours") {
    CHECK(london("2026-03-29").end() - london("2026-03-29").begin() == hours(23));
    CHECK(london("2026-10-25").end() - london("2026-10-25").begin() == hours(25));
}

TEST_CASE("a moment belongs to exactly one day") {
    for (const auto* text : {"2026-03-29", "2026-10-25", "2026-07-01", "2026-12-31", "2028-02-29"}) {
        CAPTURE(text);
        const auto day = london(text);
        CHECK(day_of(day.begin(), Zone::london) == day);
        CHECK(day_of(day.end() - Duration(1), Zone::london) == day);
        CHECK(day_of(day.begin() - Duration(1), Zone::london) == day.before());
        CHECK(day.text() == text);
    }
}

TEST_CASE("today and yesterday are seen from now") {
    const auto now = utc("2026-07-01T23:30:00Z");
    CHECK(parse_day("today", Zone::london, now)->text() == "2026-07-02");
    CHECK(parse_day("yesterday", Zone::london, now)->text() == "2026-07-01");
    CHECK(parse_day("today", Zone::utc, now)->text() == "2026-07-01");
}

TEST_CASE("what is no day is none") {
    for (const auto* text : {"", "2026", "2026-11", "2026-02-30", "21/11/2026", "2026-11-21T00:00:00Z", "tomorrow"})
        CHECK_FALSE(parse_day(text, Zone::london, Instant()));
}

TEST_CASE("the hour of the week follows the wall clock") {
    CHECK(hour_of_week(utc("2026-11-16T00:00:00Z"), Zone::london) == 0);  // A Monday.
    CHECK(hour_of_week(utc("2026-11-22T23:59:59Z"), Zone::london) == 167);
    CHECK(hour_of_week(utc("2026-07-06T08:00:00Z"), Zone::london) == 9);
    CHECK(hour_of_week(utc("2026-07-06T08:00:00Z"), Zone::utc) == 8);
}

TEST_CASE("zones have their names") {
    CHECK(zone_from_code("Europe/London") == Zone::london);
    CHECK(zone_from_code("UTC") == Zone::utc);
    CHECK_FALSE(zone_from_code("Europe/Paris"));
    CHECK(to_code(Zone::london) == "Europe/London");
}
