#include "net/attempt.hpp"

#include <doctest/doctest.h>

using namespace causeway;
using Outcome = Receipt::Outcome;

namespace {

Receipt receipt(Outcome outcome) {
    Receipt made;
    made.outcome = outcome;
    return made;
}

}  // namespace

TEST_CASE("an attempt holds a connection as long as it lives") {
    metrics::Registry registry;
    metrics::OutboundMetrics metrics(registry, "pas");
    {
        const net::Attempt attempt(metrics);
        CHECK(metrics.connections.value() == 1);
    }
    CHECK(metrics.connections.value() == 0);
}

TEST_CASE("each attempt counts once, as what it ended") {
    metrics::Registry registry;
    metrics::OutboundMetrics metrics(registry, "pas");
    net::Attempt(metrics).ended(receipt(Outcome::confirmed));
    net::Attempt(metrics).ended(receipt(Outcome::refused));
    net::Attempt(metrics).ended(receipt(Outcome::unknown));
    net::Attempt(metrics).ended(fail(Issue::transient, "", "Nobody listens.", Retry::later));
    CHECK(metrics.confirmed.value() == 1);
    CHECK(metrics.refused.value() == 1);
    CHECK(metrics.unknown.value() == 1);
    CHECK(metrics.failed.value() == 1);
    CHECK(registry.text().find("causeway_delivery_seconds_count{destination=\"pas\"} 4\n") != std::string::npos);
}
