#include "pipeline/drain_rate.hpp"

#include <doctest/doctest.h>

namespace causeway::pipeline {
namespace {

using namespace std::chrono_literals;
using Moment = std::chrono::steady_clock::time_point;

/// How many start until `end`, asked whenever the rates say so and `late` after it.
int started(DrainRates& rates, const std::string& destination, Moment begin, Duration length, Duration late = 0s) {
    int count = 0;
    for (auto now = begin; now < begin + length;) {
        const auto wait = rates.admit(destination, now);
        if (wait == Duration::zero())
            ++count;
        else
            now += wait + late;
    }
    return count;
}

const Moment kBegin = Moment(1000s);

TEST_CASE("drain rate: without a chosen rate everything starts at once") {
    DrainRates rates;
    for (int i = 0; i < 1000; ++i) CHECK(rates.admit("pas", kBegin) == 0s);
}

TEST_CASE("drain rate: a destination drains at its rate, the others as before") {
    DrainRates rates;
    rates.set("pas", 20);
    CHECK(started(rates, "pas", kBegin, 10s) == doctest::Approx(200).epsilon(0.02));
    for (int i = 0; i < 100; ++i) CHECK(rates.admit("lab", kBegin) == 0s);
    CHECK(rates.all() == std::map<std::string, double>{{"pas", 20}});
}

TEST_CASE("drain rate: a timer that is late does not lower it, and a pause is not made up for by a burst") {
    DrainRates rates;
    rates.set("pas", 100);
    CHECK(started(rates, "pas", kBegin, 10s, 30ms) == doctest::Approx(1000).epsilon(0.05));
    int burst = 0;
    while (rates.admit("pas", kBegin + 1h) == 0s) ++burst;
    CHECK(burst <= 12);
}

TEST_CASE("drain rate: one for every destination holds for each by itself, one's own goes before it") {
    DrainRates rates;
    rates.set("*", 10);
    rates.set("lab", 1);
    CHECK(started(rates, "pas", kBegin, 10s) == doctest::Approx(100).epsilon(0.05));
    CHECK(started(rates, "gp", kBegin, 10s) == doctest::Approx(100).epsilon(0.05));
    CHECK(started(rates, "lab", kBegin, 10s) == doctest::Approx(10).epsilon(0.15));
    rates.clear("lab");
    CHECK(started(rates, "lab", kBegin + 1min, 10s) == doctest::Approx(100).epsilon(0.05));
    rates.clear("*");
    for (int i = 0; i < 100; ++i) CHECK(rates.admit("lab", kBegin + 2min) == 0s);
}

TEST_CASE("drain rate: rates are read and written as people say them") {
    CHECK(parse_rate("5").value() == doctest::Approx(5));
    CHECK(parse_rate("0.5/s").value() == doctest::Approx(0.5));
    CHECK(parse_rate("30/m").value() == doctest::Approx(0.5));
    CHECK(parse_rate("100/h").value() == doctest::Approx(100.0 / 3600));
    for (const auto* wrong : {"", "fast", "-1", "0", "5/d", "5 /s", "1e9", "inf", "nan"}) {
        CAPTURE(wrong);
        CHECK(parse_rate(wrong).has_error());
    }
    for (const auto* text : {"20/s", "30/m", "100/h", "100000/s"}) CHECK(rate_text(parse_rate(text).value()) == std::string(text));
}

}  // namespace
}  // namespace causeway::pipeline
