#include "pipeline/dispatcher.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <boost/asio/detached.hpp>

#include "pipeline/intake.hpp"
#include "support/engine_fixture.hpp"

namespace causeway::pipeline {
namespace {

using namespace std::chrono_literals;
using Ids = std::vector<std::int64_t>;

/// A dispatcher whose runs end when the test says so.
class Lanes {
public:
    explicit Lanes(std::size_t limit = 8) : limit_(limit) {}
    ~Lanes() {
        finish_all();
        threads_.halt();
    }

    Lanes& add(std::int64_t id, const std::string& lane, Priority priority = Priority::routine,
               const std::string& slot = "pas") {
        dispatcher.add({Id{id}, slot, lane, priority, {}, false});
        return *this;
    }
    void add_at(std::int64_t id, const std::string& lane, Instant due) {
        dispatcher.add({Id{id}, "pas", lane, Priority::routine, due, false});
    }
    void add_held(std::int64_t id, const std::string& lane) {
        dispatcher.add({Id{id}, "pas", lane, Priority::routine, {}, true});
    }
    void finish(std::int64_t id, Next next = {}) {
        const std::lock_guard lock(mutex_);
        ends_[id] = next;
    }
    void finish_all() {
        const std::lock_guard lock(mutex_);
        free_ = true;
    }
    void limit(std::size_t limit) { limit_ = limit; }

    Ids started() const {
        const std::lock_guard lock(mutex_);
        return started_;
    }
    bool starts(const Ids& ids) const {
        return test::soon([&] { return started() == ids; });
    }
    /// The same ids, in whatever order.
    bool starts_all(Ids ids) const {
        return test::soon([&] {
            auto now = started();
            std::sort(now.begin(), now.end());
            return now == ids;
        });
    }
    /// Gives what should not happen the time to happen.
    bool stays(const Ids& ids) const {
        std::this_thread::sleep_for(30ms);
        return started() == ids;
    }
    void stop(Duration deadline) { threads_.run(dispatcher.stop(deadline)); }

private:
    boost::asio::awaitable<Next> run_one(Id id) {
        {
            const std::lock_guard lock(mutex_);
            started_.push_back(id.value);
        }
        boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
        for (;;) {
            {
                const std::lock_guard lock(mutex_);
                if (const auto end = ends_.find(id.value); end != ends_.end()) {
                    const auto next = end->second;
                    ends_.erase(end);
                    co_return next;
                }
                if (free_) co_return Next{};
            }
            timer.expires_after(1ms);
            co_await timer.async_wait(boost::asio::use_awaitable);
        }
    }

    mutable std::mutex mutex_;
    Ids started_;
    std::map<std::int64_t, Next> ends_;
    bool free_ = false;
    std::atomic<std::size_t> limit_;
    test::TestClock clock_;

public:
    test::Threads threads_;
    Dispatcher dispatcher{threads_.context().get_executor(), clock_, [this](Id id) { return run_one(id); },
                          [this](const std::string&) { return limit_.load(); }};
    Instant now() const { return clock_.now(); }
    void put_clock(Duration by) { clock_.advance(by); }
};

boost::asio::awaitable<Next> again_in_an_hour(Id) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, 20ms);
    co_await timer.async_wait(boost::asio::use_awaitable);
    co_return Next{Next::Kind::again, 1h};
}

const std::string kBoth = std::string("a") + kLaneSeparator + "b";

TEST_CASE("dispatcher: a lane runs one after the other, in the order of ids") {
    Lanes lanes;
    lanes.add(1, "a").add(2, "a").add(3, "a");
    CHECK(lanes.starts({1}));
    CHECK(lanes.stays({1}));
    lanes.finish(1);
    CHECK(lanes.starts({1, 2}));
    lanes.finish(2);
    CHECK(lanes.starts({1, 2, 3}));
}

TEST_CASE("dispatcher: what is told late still stands before what came after it") {
    Lanes lanes;
    lanes.add(1, "a").add(3, "a").add(2, "a");
    lanes.starts({1});
    lanes.finish(1);
    CHECK(lanes.starts({1, 2}));
}

TEST_CASE("dispatcher: a pause does not grow when the wall clock is put back") {
    Lanes lanes;
    lanes.add_at(1, "a", lanes.now() + 50ms);
    CHECK(lanes.stays({}));
    lanes.put_clock(-1h);
    CHECK(lanes.starts({1}));
}

TEST_CASE("dispatcher: many that are taken up at once keep their order") {
    Lanes lanes;
    lanes.finish_all();
    Ids all;
    for (std::int64_t id = 1; id <= 500; ++id) {
        lanes.add(id, "a");
        all.push_back(id);
    }
    CHECK(lanes.starts(all));
}

TEST_CASE("dispatcher: lanes run side by side") {
    Lanes lanes;
    lanes.add(1, "a").add(2, "b").add(3, "c");
    CHECK(lanes.starts_all({1, 2, 3}));
}

TEST_CASE("dispatcher: a slot runs as many as its limit says, and another slot is not concerned") {
    Lanes lanes(2);
    lanes.add(1, "a").add(2, "b").add(3, "c").add(4, "d", Priority::routine, "theatre");
    CHECK(lanes.starts_all({1, 2, 4}));
    CHECK(lanes.started().size() == 3);
    lanes.finish(2);
    CHECK(lanes.starts_all({1, 2, 3, 4}));
}

TEST_CASE("dispatcher: a higher limit counts after refresh") {
    Lanes lanes(1);
    lanes.add(1, "a").add(2, "b");
    lanes.starts({1});
    lanes.limit(2);
    lanes.dispatcher.refresh();
    CHECK(lanes.starts({1, 2}));
}

TEST_CASE("dispatcher: urgent lanes go first, older ones first among equals") {
    Lanes lanes(1);
    lanes.add(1, "a");
    lanes.starts({1});
    lanes.add(2, "b").add(3, "c").add(4, "d", Priority::urgent).add(5, "e", Priority::emergency);
    std::this_thread::sleep_for(20ms);
    lanes.finish_all();
    CHECK(lanes.starts({1, 5, 4, 2, 3}));
}

TEST_CASE("dispatcher: what stands before an urgent one in its lane goes first with it") {
    Lanes lanes(1);
    lanes.add(1, "x");
    lanes.starts({1});
    lanes.add(2, "a").add(3, "b").add(4, "b", Priority::urgent);
    std::this_thread::sleep_for(20ms);
    lanes.finish_all();
    CHECK(lanes.starts({1, 3, 4, 2}));
}

TEST_CASE("dispatcher: what is told late is raised too when something urgent waits behind it") {
    Lanes lanes(1);
    lanes.add(1, "x");
    lanes.starts({1});
    lanes.add(2, "a").add(4, "b", Priority::urgent).add(3, "b");
    std::this_thread::sleep_for(20ms);
    lanes.finish_all();
    CHECK(lanes.starts({1, 3, 4, 2}));
}

TEST_CASE("dispatcher: a merge waits for both patients, and both wait for it") {
    Lanes lanes;
    lanes.add(1, "a").add(2, "b").add(3, kBoth).add(4, "a").add(5, "b");
    CHECK(lanes.starts_all({1, 2}));
    lanes.finish(1);
    CHECK(lanes.stays(lanes.started()));
    CHECK(lanes.started().size() == 2);
    lanes.finish(2);
    CHECK(lanes.starts_all({1, 2, 3}));
    CHECK(lanes.started().back() == 3);
    lanes.finish(3);
    CHECK(lanes.starts_all({1, 2, 3, 4, 5}));
}

TEST_CASE("dispatcher: a held head blocks its lane and no other, until it is released") {
    Lanes lanes;
    lanes.add_held(1, "a");
    lanes.add(2, "a").add(3, "b");
    CHECK(lanes.starts({3}));
    CHECK(lanes.stays({3}));
    lanes.dispatcher.release(Id{1}, {});
    CHECK(lanes.starts({3, 1}));
    lanes.finish(1);
    CHECK(lanes.starts({3, 1, 2}));
}

TEST_CASE("dispatcher: a run that ends held keeps its place") {
    Lanes lanes;
    lanes.add(1, "a").add(2, "a");
    lanes.starts({1});
    lanes.finish(1, {Next::Kind::held, {}});
    CHECK(lanes.stays({1}));
    lanes.dispatcher.release(Id{1}, {});
    CHECK(lanes.starts({1, 1}));
    lanes.finish(1);
    CHECK(lanes.starts({1, 1, 2}));
}

TEST_CASE("dispatcher: an operator's hold keeps what waits from running") {
    Lanes lanes(1);
    lanes.add(1, "a");
    lanes.starts({1});
    lanes.add(2, "b").add(3, "c");
    lanes.dispatcher.hold(Id{2});
    lanes.finish(1);
    CHECK(lanes.starts({1, 3}));
    lanes.finish(3);
    CHECK(lanes.stays({1, 3}));
    lanes.dispatcher.release(Id{2}, {});
    CHECK(lanes.starts({1, 3, 2}));
}

TEST_CASE("dispatcher: what is released before its run has told that it is held comes again") {
    Lanes lanes;
    lanes.add(1, "a");
    CHECK(lanes.starts({1}));
    lanes.dispatcher.release(Id{1}, {});
    lanes.finish(1, {Next::Kind::held, {}});
    CHECK(lanes.starts({1, 1}));
    lanes.finish(1);
    lanes.add(2, "a");
    CHECK(lanes.starts({1, 1, 2}));
}

TEST_CASE("dispatcher: what is dropped never runs and lets its lane go on") {
    Lanes lanes;
    lanes.add(1, "a").add(2, "a").add(3, "a");
    lanes.starts({1});
    lanes.dispatcher.drop(Id{2});
    lanes.finish(1);
    CHECK(lanes.starts({1, 3}));
}

TEST_CASE("dispatcher: what is dropped while it runs does not come again") {
    Lanes lanes;
    lanes.add(1, "a").add(2, "a");
    lanes.starts({1});
    lanes.dispatcher.drop(Id{1});
    std::this_thread::sleep_for(20ms);
    lanes.finish(1, {Next::Kind::again, {}});
    CHECK(lanes.starts({1, 2}));
}

TEST_CASE("dispatcher: nothing runs before its time, and its lane waits with it") {
    Lanes lanes;
    lanes.add_at(1, "a", lanes.now() + 60ms);
    lanes.add(2, "a").add(3, "b");
    CHECK(lanes.starts({3}));
    CHECK(lanes.stays({3}));
    CHECK(lanes.starts({3, 1}));
}

TEST_CASE("dispatcher: an earlier time is kept also when a later one was set before it") {
    Lanes lanes;
    lanes.add_at(1, "a", lanes.now() + 1h);
    lanes.add_at(2, "b", lanes.now() + 30ms);
    CHECK(lanes.starts({2}));
}

TEST_CASE("dispatcher: a run that wants to come again comes after its pause") {
    Lanes lanes;
    lanes.add(1, "a");
    lanes.starts({1});
    lanes.finish(1, {Next::Kind::again, 40ms});
    CHECK(lanes.stays({1}));
    CHECK(lanes.starts({1, 1}));
}

TEST_CASE("dispatcher: a clock that was put back before a run ended does not make its pause longer") {
    Lanes lanes;
    lanes.add(1, "a");
    lanes.starts({1});
    lanes.put_clock(-1h);
    lanes.finish(1, {Next::Kind::again, 40ms});
    CHECK(lanes.starts({1, 1}));
}

TEST_CASE("dispatcher: stop waits for what runs and starts nothing more") {
    Lanes lanes;
    lanes.add(1, "a").add(2, "a");
    lanes.starts({1});
    std::thread later([&] {
        std::this_thread::sleep_for(50ms);
        lanes.finish(1);
    });
    const auto begun = std::chrono::steady_clock::now();
    lanes.stop(5s);
    CHECK(std::chrono::steady_clock::now() - begun >= 40ms);
    CHECK(std::chrono::steady_clock::now() - begun < 4s);
    later.join();
    CHECK(lanes.stays({1}));
}

TEST_CASE("dispatcher: while what is owed is loaded, what was loaded runs and what came meanwhile waits") {
    Lanes lanes;
    lanes.dispatcher.begin_load(Id{10});
    lanes.add(11, "a").add(12, "b", Priority::urgent);
    lanes.dispatcher.load({{Id{1}, "pas", "a", Priority::routine, {}, false}});
    CHECK(lanes.starts({1}));
    CHECK(lanes.stays({1}));
    lanes.dispatcher.end_load();
    CHECK(lanes.starts({1, 12}));
    lanes.finish(1);
    CHECK(lanes.starts({1, 12, 11}));
}

TEST_CASE("dispatcher: a destination with a pace starts one when it may") {
    test::Threads threads;
    test::TestClock clock;
    std::atomic<int> runs{0}, asked{0};
    Dispatcher dispatcher(
        threads.context().get_executor(), clock,
        [&](Id) -> boost::asio::awaitable<Next> {
            ++runs;
            co_return Next{};
        },
        [](const std::string&) { return std::size_t{8}; },
        [&](const std::string& slot) -> Duration {
            CHECK(slot == "pas");
            return ++asked % 2 == 0 ? Duration{} : Duration(10ms);
        });
    for (std::int64_t id = 1; id <= 3; ++id)
        dispatcher.add({Id{id}, "pas", std::to_string(id), Priority::routine, {}, false});
    dispatcher.add({Id{9}, "", "channel", Priority::routine, {}, false});
    CHECK(test::soon([&] { return runs == 4; }));
    CHECK(asked == 6);
    CHECK(dispatcher.unprocessed() == 0);
    threads.run(dispatcher.stop(5s));
}

TEST_CASE("dispatcher: stop does not wait longer than its deadline") {
    Lanes lanes;
    lanes.add(1, "a");
    lanes.starts({1});
    const auto begun = std::chrono::steady_clock::now();
    lanes.stop(50ms);
    CHECK(std::chrono::steady_clock::now() - begun < 4s);
}

TEST_CASE("dispatcher: what has to come again after a stop does not keep the process alive") {
    boost::asio::io_context context;
    const test::TestClock clock;
    Dispatcher dispatcher(context.get_executor(), clock, again_in_an_hour,
                          [](const std::string&) { return std::size_t{1}; });
    dispatcher.add({Id{1}, "pas", "a", Priority::routine, {}, false});
    boost::asio::co_spawn(context, dispatcher.stop(5s), boost::asio::detached);
    context.run_for(3s);
    CHECK(context.stopped());
}

TEST_CASE("dispatcher: a run that throws is kept, and its lane is not overtaken") {
    test::Threads threads;
    test::TestClock clock;
    std::atomic<int> runs{0};
    Dispatcher dispatcher(
        threads.context().get_executor(), clock,
        [&](Id) -> boost::asio::awaitable<Next> {
            ++runs;
            throw std::runtime_error("a mistake in the program");
        },
        [](const std::string&) { return std::size_t{1}; });
    dispatcher.add({Id{1}, "pas", "a", Priority::routine, {}, false});
    dispatcher.add({Id{2}, "theatre", "b", Priority::routine, {}, false});
    CHECK(test::soon([&] { return runs == 2; }));
    threads.run(dispatcher.stop(5s));  // Both have ended: nothing is waited for.
    CHECK(runs == 2);
    threads.halt();
}

}  // namespace
}  // namespace causeway::pipeline
