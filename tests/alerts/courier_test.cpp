#include "alerts/courier.hpp"

#include <doctest/doctest.h>

namespace causeway::alerts {
namespace {

using namespace std::chrono_literals;

const Instant kBegin = *parse_fhir_instant("2026-11-22T09:00:00Z");

TEST_CASE("courier: what begins within ten seconds goes together, and the next message a minute later") {
    const pipeline::AlertSettings settings;
    Courier courier;
    CHECK_FALSE(courier.due(false, settings, kBegin));
    CHECK_FALSE(courier.due(true, settings, kBegin));
    CHECK_FALSE(courier.due(true, settings, kBegin + 9s));
    CHECK(courier.due(true, settings, kBegin + 10s));
    courier.sending();
    CHECK_FALSE(courier.due(true, settings, kBegin + 11s));
    courier.told(kBegin + 12s);
    CHECK_FALSE(courier.due(true, settings, kBegin + 30s));
    CHECK_FALSE(courier.due(true, settings, kBegin + 71s));
    CHECK(courier.due(true, settings, kBegin + 72s));
}

TEST_CASE("courier: after a failure it tries again with growing pauses, and says so once") {
    const pipeline::AlertSettings settings;
    Courier courier;
    int attempts = 0, news = 0;
    for (auto now = kBegin; now < kBegin + 2h; now += 1s) {
        if (!courier.due(true, settings, now)) continue;
        courier.sending();
        ++attempts;
        news += courier.failed("no answer", now) ? 1 : 0;
    }
    CHECK(news == 1);
    CHECK(attempts >= 14);
    CHECK(attempts <= 20);
    CHECK(courier.why() == "no answer");
    courier.told(kBegin + 3h);
    CHECK(courier.failing_since() == Instant());
    CHECK(courier.failed("again", kBegin + 4h));
}

TEST_CASE("courier: a clock that is put back does not silence it for longer than its longest pause") {
    const pipeline::AlertSettings settings;
    Courier courier;
    courier.told(kBegin);
    bool sent = false;
    for (auto now = kBegin - 24h; now < kBegin - 24h + 11min; now += 1s)
        sent = sent || courier.due(true, settings, now);
    CHECK(sent);
    courier.sending();
    courier.failed("no answer", kBegin);
    sent = false;
    for (auto now = kBegin - 24h; now < kBegin - 24h + 11min; now += 1s)
        sent = sent || courier.due(true, settings, now);
    CHECK(sent);
}

}  // namespace
}  // namespace causeway::alerts
