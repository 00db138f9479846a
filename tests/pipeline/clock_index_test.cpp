#include "pipeline/clock_index.hpp"

#include <doctest/doctest.h>

namespace causeway::pipeline {
namespace {

PathwayClock clock_of(std::int64_t id, std::string stop_when = "true") {
    PathwayClock clock;
    clock.id = Id{id};
    clock.stop_when = std::move(stop_when);
    return clock;
}

}  // namespace

TEST_CASE("clock index: clocks are found by each journey that their message names") {
    ClockIndex index;
    index.add(clock_of(1), {"UBRN1", "REF1"});
    index.add(clock_of(2), {"UBRN1"});
    CHECK(index.of("UBRN1").size() == 2);
    CHECK(index.of("REF1").size() == 1);
    CHECK(index.of("UBRN2").empty());
    index.remove(Id{1});
    CHECK(index.of("REF1").empty());
    REQUIRE(index.of("UBRN1").size() == 1);
    CHECK(index.of("UBRN1").front().id == Id{2});
}

TEST_CASE("clock index: a clock that is told of twice is there once") {
    ClockIndex index;
    index.add(clock_of(1), {"UBRN1"});
    index.add(clock_of(1), {"UBRN1"});
    CHECK(index.of("UBRN1").size() == 1);
}

TEST_CASE("clock index: what no message can stop is left out") {
    ClockIndex index;
    index.add(clock_of(1, ""), {"UBRN1"});
    auto stopped = clock_of(2);
    stopped.state = PathwayClock::State::stopped;
    index.add(stopped, {"UBRN1"});
    CHECK(index.of("UBRN1").empty());
}

TEST_CASE("clock index: a journey is a UBRN or a referral identifier, each once") {
    CHECK(journeys_of({{"ubrn", "1"}, {"referral", "1"}, {"referral", "2"}, {"document", "3"}}) ==
          std::vector<std::string>{"1", "2"});
}

}  // namespace causeway::pipeline
