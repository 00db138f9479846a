#include "core/metrics.hpp"

#include <doctest/doctest.h>

using namespace causeway;

TEST_CASE("metrics are written as Prometheus text") {
    metrics::Registry registry;
    registry.counter("causeway_messages_total", "Messages.", {{"channel", "a"}}).add(3);
    registry.gauge("causeway_connections", "Open.").set(2);
    registry.histogram("causeway_seconds", "Time.").observe(0.003);

    const auto text = registry.text();

    CHECK(text.find("# TYPE causeway_messages_total counter\ncauseway_messages_total{channel=\"a\"} 3\n") !=
          std::string::npos);
    CHECK(text.find("causeway_connections 2\n") != std::string::npos);
    CHECK(text.find("causeway_seconds_bucket{le=\"0.0025\"} 0\ncauseway_seconds_bucket{le=\"0.005\"} 1\n") !=
          std::string::npos);
    CHECK(text.find("causeway_seconds_count 1\n") != std::string::npos);
}

TEST_CASE("the same name and labels give the same metric") {
    metrics::Registry registry;
    CHECK(&registry.counter("a", "A.", {{"x", "1"}}) == &registry.counter("a", "A.", {{"x", "1"}}));
    CHECK(&registry.counter("a", "A.", {{"x", "1"}}) != &registry.counter("a", "A.", {{"x", "2"}}));
}
