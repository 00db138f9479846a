#include "assurance/silence.hpp"

#include <doctest/doctest.h>

#include <functional>

#include "assurance/records.hpp"

using namespace causeway;
using namespace causeway::assurance;

namespace {

using std::chrono::hours;

/// Four weeks and the day itself, with what `count` says of each hour.
std::vector<HourCount> hours_of(const std::function<std::int64_t(Instant)>& count) {
    std::vector<HourCount> made;
    for (auto hour = test::kDayBegin - hours(24 * 28); hour < test::kDayEnd; hour += hours(1))
        if (const auto messages = count(hour); messages > 0) made.push_back({"lab", hour, messages, 0});
    return made;
}

std::vector<Silence> silences(const std::vector<HourCount>& counts, Instant until = test::kDayEnd) {
    return find_silences(counts, test::kDayBegin, until, Holidays(Zone::london));
}

bool by_day(Instant hour) {
    const auto of_day = (hour - std::chrono::floor<std::chrono::days>(hour)) / hours(1);
    return of_day >= 8 && of_day < 18;
}

}  // namespace

TEST_CASE("a feed that keeps its rhythm is not silent, at night neither") {
    CHECK(silences(hours_of([](Instant hour) { return by_day(hour) ? 20 : 0; })).empty());
}

TEST_CASE("a feed that stops at noon is silent from then on") {
    const auto noon = test::kDayBegin + hours(12);
    const auto found = silences(hours_of([&](Instant hour) { return by_day(hour) && hour < noon ? 20 : 0; }));
    REQUIRE(found.size() == 1);
    CHECK(found[0].channel == "lab");
    CHECK(found[0].from == noon);
    CHECK(found[0].goes_on);
    CHECK(found[0].usual == doctest::Approx(120));
}

TEST_CASE("a silence that ended is told with its end") {
    const auto from = test::kDayBegin + hours(9), until = test::kDayBegin + hours(11);
    const auto found =
        silences(hours_of([&](Instant hour) { return by_day(hour) && (hour < from || hour >= until) ? 20 : 0; }));
    REQUIRE(found.size() == 1);
    CHECK(found[0].from == from);
    CHECK(found[0].until == until);
    CHECK_FALSE(found[0].goes_on);
}

TEST_CASE("a silence may have begun the day before") {
    const auto from = test::kDayBegin - hours(12);
    const auto found = silences(hours_of([&](Instant hour) { return hour < from ? 1 : 0; }));
    REQUIRE(found.size() == 1);
    CHECK(found[0].from == from);
}

TEST_CASE("too little is usual in these hours to call them silent") {
    // Six messages usually: none comes by chance with p = 0.0025.
    const auto found =
        silences(hours_of([](Instant hour) { return hour < test::kDayBegin + hours(18) ? 1 : 0; }), test::kDayEnd);
    CHECK(found.empty());
    // Twelve do not stay away by chance.
    CHECK(silences(hours_of([](Instant hour) { return hour < test::kDayBegin + hours(12) ? 1 : 0; })).size() == 1);
}

TEST_CASE("one week of outage or holiday does not change what is usual") {
    const auto holiday = test::kDayBegin - hours(24 * 7);
    const auto counts = hours_of([&](Instant hour) {
        const bool off = hour >= holiday && hour < holiday + hours(24);
        return by_day(hour) && !off && hour < test::kDayBegin ? 20 : 0;
    });
    CHECK(silences(counts).size() == 1);
}

TEST_CASE("a holiday is as quiet as a Sunday, and silent where Sundays are not") {
    const auto on_workdays = [](Instant hour) {
        const bool sunday = hour_of_week(hour, Zone::london) >= 6 * 24;
        return by_day(hour) && !sunday && hour < test::kDayBegin ? 20 : 0;
    };
    const Holidays holidays(Zone::london, {std::chrono::floor<std::chrono::days>(test::kDayBegin + hours(2))});
    CHECK(silences(hours_of(on_workdays)).size() == 1);
    CHECK(find_silences(hours_of(on_workdays), test::kDayBegin, test::kDayEnd, holidays).empty());
    const auto every_day = [](Instant hour) { return hour < test::kDayBegin ? 20 : 0; };
    CHECK(find_silences(hours_of(every_day), test::kDayBegin, test::kDayEnd, holidays).size() == 1);
}

TEST_CASE("a new feed has no rhythm yet") {
    const auto begun = test::kDayBegin - hours(24 * 10);
    CHECK(silences(hours_of([&](Instant hour) { return hour >= begun && hour < test::kDayBegin ? 20 : 0; })).empty());
}

TEST_CASE("a refused message breaks the silence: the feed is alive") {
    auto counts = hours_of([](Instant hour) { return hour < test::kDayBegin ? 5 : 0; });
    for (auto hour = test::kDayBegin; hour < test::kDayEnd; hour += hours(1)) counts.push_back({"lab", hour, 0, 1});
    CHECK(silences(counts).empty());
}

TEST_CASE("of two feeds on one channel the one that stops is silent, and the other is not") {
    const auto noon = test::kDayBegin + hours(12);
    auto counts = hours_of([](Instant hour) { return by_day(hour) ? 20 : 0; });
    for (const auto* feed : {"LAB|RX999", "PAS|RX999"})
        for (auto hour : hours_of([](Instant at) { return by_day(at) ? 10 : 0; })) {
            hour.feed = feed;
            if (hour.feed == "PAS|RX999" || hour.hour < noon) counts.push_back(hour);
        }
    const auto found = silences(counts);
    REQUIRE(found.size() == 1);
    CHECK(found[0].channel == "lab");
    CHECK(found[0].feed == "LAB|RX999");
    CHECK(found[0].from == noon);
    CHECK(found[0].goes_on);
}

TEST_CASE("of a channel that is silent itself its feeds are not told") {
    const auto noon = test::kDayBegin + hours(12);
    auto counts = hours_of([&](Instant hour) { return by_day(hour) && hour < noon ? 20 : 0; });
    auto feed = counts;
    for (auto& hour : feed) hour.feed = "LAB|RX999";
    counts.insert(counts.end(), feed.begin(), feed.end());
    const auto found = silences(counts);
    REQUIRE(found.size() == 1);
    CHECK(found[0].feed.empty());
}
