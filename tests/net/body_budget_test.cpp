#include "net/body_budget.hpp"

#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <list>
#include <memory>

using namespace causeway;
using namespace std::chrono_literals;
using net::BodyBudget;

namespace {

constexpr std::size_t kMegabyte = 1u << 20;
constexpr std::size_t kLarge = 40 * 1024;  // The least that matters: a first piece of a large body.

const metrics::Labels kIn = {{"direction", "in"}};

/// A body that is being read, and what became of it.
struct Body {
    explicit Body(net::BodyBudgetPtr budget, std::string group = {}) : share(std::move(budget), std::move(group)) {}
    bool has = false;     ///< There is room for what it asked for.
    bool failed = false;  ///< It was told that there will be none.
    boost::asio::cancellation_signal cancel;
    BodyBudget::Share share;
};

/// A budget for so many megabytes of bodies.
struct Memory {
    explicit Memory(std::size_t megabytes)
        : budget(std::make_shared<BodyBudget>(megabytes * kMegabyte * BodyBudget::kWeight, metrics, "in")) {}

    Body& begin(std::size_t size = kLarge, std::string group = {}) {
        auto& body = bodies.emplace_back(budget, std::move(group));
        ask(body, size);
        return body;
    }
    void ask(Body& body, std::size_t size) {
        body.has = body.share.take(size);
        if (!body.has)
            boost::asio::co_spawn(context, wait(body),
                                  boost::asio::bind_cancellation_slot(body.cancel.slot(), boost::asio::detached));
        settle();
    }
    void end(Body& body) {
        body.share.give_back();
        settle();
    }
    void settle() {
        context.restart();
        context.poll();
    }
    std::int64_t held() { return metrics.gauge("causeway_body_bytes", "", kIn).value(); }
    std::int64_t waiting() { return metrics.gauge("causeway_body_waiting", "", kIn).value(); }

    boost::asio::io_context context;
    metrics::Registry metrics;
    net::BodyBudgetPtr budget;
    std::list<Body> bodies;

private:
    static boost::asio::awaitable<void> wait(Body& body) {
        const auto room = co_await body.share.wait();
        (room ? body.has : body.failed) = true;
    }
};

}  // namespace

TEST_CASE("body budget: small bodies cost nothing and never wait") {
    Memory memory(1);
    const auto& first = memory.begin();
    const auto& second = memory.begin();
    CHECK(first.has);
    CHECK_FALSE(second.has);
    CHECK(memory.begin(BodyBudget::kFree).has);
    CHECK(memory.waiting() == 1);
}

TEST_CASE("body budget: without one there is always room") {
    BodyBudget::Share share(nullptr);
    CHECK(share.take(1'000 * kMegabyte));
}

TEST_CASE("body budget: memory is granted ahead, so that what may begin can end") {
    Memory memory(2);
    auto& first = memory.begin();
    auto& second = memory.begin();
    auto& third = memory.begin();
    CHECK_FALSE(third.has);
    memory.ask(first, kMegabyte);
    memory.ask(second, kMegabyte);
    CHECK(first.has);
    CHECK(second.has);
    memory.end(second);
    CHECK(third.has);
}

TEST_CASE("body budget: what the connection sent before, and what it announces, tell how much is granted ahead") {
    Memory memory(1);
    auto& seldom = memory.begin();
    for (int i = 0; i < 10; ++i) {
        seldom.share.finish(kLarge);
        memory.end(seldom);
        memory.ask(seldom, kLarge);
    }
    CHECK(memory.held() <= static_cast<std::int64_t>(2 * kLarge * BodyBudget::kWeight));
    Body announced(memory.budget);
    announced.share.expect(100'000);
    CHECK(announced.share.take(kLarge));
    CHECK(announced.share.take(100'000));
}

TEST_CASE("body budget: whoever has waited longest goes on first") {
    Memory memory(1);
    auto& first = memory.begin();
    auto& second = memory.begin();
    auto& third = memory.begin();
    memory.end(first);
    CHECK(second.has);
    CHECK_FALSE(third.has);
    memory.end(second);
    CHECK(third.has);
}

TEST_CASE("body budget: an older body is not passed over because a younger one would fit") {
    Memory memory(3);
    auto& first = memory.begin();
    auto& second = memory.begin();
    memory.ask(first, 2 * kMegabyte);
    memory.ask(first, 3 * kMegabyte);
    CHECK_FALSE(first.has);
    const auto& third = memory.begin();
    CHECK_FALSE(third.has);
    memory.end(second);
    CHECK(first.has);
    CHECK_FALSE(third.has);
}

TEST_CASE("body budget: where each half body waits for the others, the oldest goes on") {
    Memory memory(2);
    auto& first = memory.begin();
    auto& second = memory.begin();
    memory.ask(second, kMegabyte + 1);
    CHECK_FALSE(second.has);
    memory.ask(first, kMegabyte + 1);
    CHECK(first.has);
    CHECK_FALSE(second.has);
    memory.ask(first, 50 * kMegabyte);
    CHECK(first.has);
    memory.end(first);
    CHECK(second.has);
}

TEST_CASE("body budget: what waits for its commit is waited for") {
    Memory memory(2);
    auto& first = memory.begin(kMegabyte);
    auto& second = memory.begin(kMegabyte);
    second.share.finish(kMegabyte);
    memory.ask(first, kMegabyte + 1);
    CHECK_FALSE(first.has);
    memory.end(second);
    CHECK(first.has);
}

TEST_CASE("body budget: one that is larger than all of it goes alone") {
    Memory memory(1);
    auto& first = memory.begin();
    auto& huge = memory.begin(5 * kMegabyte);
    CHECK_FALSE(huge.has);
    memory.end(first);
    CHECK(huge.has);
    CHECK_FALSE(memory.begin().has);
}

TEST_CASE("body budget: one of each group goes on, however many of others wait or move") {
    Memory memory(1);
    auto& first = memory.begin(kMegabyte, "down");
    const auto& second = memory.begin(kMegabyte, "down");
    auto& other = memory.begin(kMegabyte, "up");
    const auto& next = memory.begin(kMegabyte, "up");
    CHECK_FALSE(second.has);
    CHECK(other.has);
    CHECK_FALSE(next.has);
    memory.end(other);
    CHECK(next.has);
    CHECK_FALSE(second.has);
    memory.end(first);
    CHECK(second.has);
}

TEST_CASE("body budget: a whole body gives back what it did not need") {
    Memory memory(1);
    auto& first = memory.begin();
    auto& second = memory.begin();
    second.share.expect(kLarge);
    first.share.finish(kLarge);
    CHECK(memory.held() == static_cast<std::int64_t>(kLarge * BodyBudget::kWeight));
}

TEST_CASE("body budget: who does not use what he was granted loses it, and what he has sent stays") {
    Memory memory(2);
    auto& stalled = memory.begin();
    memory.begin();
    auto& waits = memory.begin();
    CHECK_FALSE(waits.has);
    memory.context.restart();
    memory.context.run();  // Until nobody waits.
    CHECK(waits.has);
    CHECK_FALSE(waits.failed);
    memory.ask(stalled, kMegabyte);  // In line now, and bit by bit.
    CHECK_FALSE(stalled.has);
    memory.end(waits);
    CHECK(stalled.has);
    CHECK(memory.held() <= static_cast<std::int64_t>(2 * kMegabyte * BodyBudget::kWeight));
}

TEST_CASE("body budget: who is cancelled leaves the line") {
    Memory memory(1);
    auto& first = memory.begin();
    auto& second = memory.begin();
    auto& third = memory.begin();
    second.cancel.emit(boost::asio::cancellation_type::terminal);
    memory.settle();
    CHECK_FALSE(second.has);
    memory.end(second);
    memory.end(first);
    CHECK(third.has);
    CHECK(memory.waiting() == 0);
}

TEST_CASE("body budget: more of it lets the next ones go on, and everything comes back") {
    Memory memory(1);
    memory.begin();
    auto& second = memory.begin();
    CHECK_FALSE(second.has);
    memory.budget->set_most(2 * kMegabyte * BodyBudget::kWeight);
    memory.settle();
    CHECK(second.has);
    memory.bodies.clear();
    CHECK(memory.held() == 0);
}
