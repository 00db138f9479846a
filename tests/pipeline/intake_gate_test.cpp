#include "pipeline/intake_gate.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <boost/asio/detached.hpp>

#include "support/engine_fixture.hpp"

namespace causeway::pipeline {
namespace {

/// A gate with a backlog that the test sets.
struct Gate {
    std::atomic<std::size_t> unprocessed{0}, open{0};
    metrics::Registry registry;
    IntakeGate gate{{[this] { return unprocessed.load(); }, [this] { return open.load(); }}, registry};
    IntakeLimits limits{10, 100};
    test::Threads threads;
    std::atomic<int> passed{0}, refused{0};

    void send(Priority priority) { boost::asio::co_spawn(threads.context(), one(priority), boost::asio::detached); }
    boost::asio::awaitable<void> one(Priority priority) {
        const auto result = co_await gate.pass(priority, limits);
        if (result)
            ++passed;
        else if (result.error().hl7_code == 207 && result.error().retry == Retry::later)
            ++refused;
    }
};

}  // namespace

TEST_CASE("intake gate: a routine message waits while processing is behind") {
    Gate gate;
    gate.unprocessed = 10;
    gate.send(Priority::routine);
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    CHECK(gate.passed == 0);
    gate.unprocessed = 9;
    CHECK(test::soon([&] { return gate.passed == 1; }));
    CHECK(gate.registry.text().find("causeway_intake_slowed_total 1") != std::string::npos);
}

TEST_CASE("intake gate: an urgent message does not wait") {
    Gate gate;
    gate.unprocessed = 1'000;
    gate.send(Priority::urgent);
    CHECK(test::soon([&] { return gate.passed == 1; }));
}

TEST_CASE("intake gate: where too much is owed every message is refused, to be sent again later") {
    Gate gate;
    gate.open = 100;
    gate.send(Priority::emergency);
    CHECK(test::soon([&] { return gate.refused == 1; }));
    gate.open = 99;
    gate.send(Priority::routine);
    CHECK(test::soon([&] { return gate.passed == 1; }));
}

}  // namespace causeway::pipeline
