#include "core/adapter_metrics.hpp"

#include <doctest/doctest.h>

using namespace causeway;

namespace {

bool holds(const metrics::Registry& registry, const std::string& line) {
    return registry.text().find(line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("an adapter's metrics exist at zero as soon as it does") {
    metrics::Registry registry;
    metrics::InboundMetrics inbound(registry, "letters");
    metrics::OutboundMetrics outbound(registry, "pas");
    for (const std::string result : {"accepted", "duplicate", "conflict", "refused", "rejected", "failed"})
        CHECK(holds(registry, R"(causeway_adapter_messages_total{channel="letters",result=")" + result + R"("} 0)"));
    for (const std::string result : {"confirmed", "refused", "unknown", "failed"})
        CHECK(holds(registry, R"(causeway_adapter_messages_total{destination="pas",result=")" + result + R"("} 0)"));
    CHECK(holds(registry, R"(causeway_adapter_connections{channel="letters"} 0)"));
    CHECK(holds(registry, R"(causeway_delivery_seconds_count{destination="pas"} 0)"));
}

TEST_CASE("two adapters of the same name count together") {
    metrics::Registry registry;
    metrics::InboundMetrics first(registry, "letters");
    metrics::InboundMetrics second(registry, "letters");
    first.accepted.add();
    second.accepted.add();
    CHECK(holds(registry, R"(causeway_adapter_messages_total{channel="letters",result="accepted"} 2)"));
}

TEST_CASE("a held gauge goes down again") {
    metrics::Registry registry;
    auto& gauge = registry.gauge("g", "h");
    {
        const metrics::Held held(gauge);
        CHECK(gauge.value() == 1);
    }
    CHECK(gauge.value() == 0);
}
