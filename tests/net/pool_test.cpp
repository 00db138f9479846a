#include "net/pool.hpp"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <thread>

#include "support/result.hpp"
#include "support/run.hpp"
#include "support/tcp.hpp"

using namespace causeway;
using namespace std::chrono_literals;
using boost::asio::awaitable;
using net::Pool;

namespace {

/// A pool towards a listener that never answers.
struct Line {
    explicit Line(net::PoolOptions options = {}) : pool(context.get_executor(), options) {}

    net::Endpoint peer() const { return {"127.0.0.1", std::to_string(server.port()), nullptr}; }
    Result<Pool::Lease> take() { return test::run(context, pool.take(peer())); }
    std::optional<test::Tcp> accepted() { return server.accept(1s); }
    bool is_quiet() { return !server.accept(50ms); }

    boost::asio::io_context context;
    test::TcpServer server;
    Pool pool;
};

net::PoolOptions options(std::size_t connections, Duration wait = 50ms) {
    net::PoolOptions made;
    made.connections = connections;
    made.wait_limit = wait;
    return made;
}

awaitable<void> end_later(Pool::Lease lease, std::chrono::milliseconds time) {
    co_await test::pause(time);
    lease = Pool::Lease();
}

}  // namespace

TEST_CASE("pool: a connection that was kept is used again") {
    Line line;
    auto lease = line.take();
    REQUIRE(lease);
    const auto peer = line.accepted();
    lease->keep();
    CHECK(line.pool.in_use() == 0);
    REQUIRE(line.take());
    CHECK(line.is_quiet());
}

TEST_CASE("pool: a connection that was not kept is closed") {
    Line line;
    { const auto lease = line.take(); }
    const auto peer = line.accepted();
    REQUIRE(peer);
    CHECK(peer->is_closed(1s));
    CHECK(line.pool.in_use() == 0);
}

TEST_CASE("pool: a kept connection that the peer closed, or on which something came, is replaced") {
    for (const bool closes : {true, false}) {
        Line line;
        auto lease = line.take();
        auto peer = line.accepted();
        lease->keep();
        if (closes)
            peer->close();
        else
            peer->send("late");
        std::this_thread::sleep_for(20ms);
        REQUIRE(line.take());
        CHECK(line.accepted());
    }
}

TEST_CASE("pool: a kept connection that grew old is replaced") {
    auto with = options(1);
    with.idle_limit = 10ms;
    Line line(with);
    auto lease = line.take();
    const auto first = line.accepted();
    lease->keep();
    std::this_thread::sleep_for(30ms);
    REQUIRE(line.take());
    CHECK(line.accepted());
}

TEST_CASE("pool: over its size one waits, and gives up with an error that says nothing was sent") {
    Line line(options(1));
    const auto first = line.take();
    const auto second = line.take();
    REQUIRE(second.has_error());
    CHECK(second.error().retry == Retry::later);
    CHECK(line.pool.in_use() == 1);
}

TEST_CASE("pool: an endpoint whose connections are all in use takes none from another") {
    Line line(options(1));
    const auto hanging = line.take();
    REQUIRE(hanging);
    const test::TcpServer other;
    net::Endpoint elsewhere{"127.0.0.1", std::to_string(other.port()), nullptr};
    CHECK(test::run(line.context, line.pool.take(std::move(elsewhere))));
    CHECK(line.pool.in_use() == 1);
}

TEST_CASE("pool: who waits gets the connection that ends") {
    Line line(options(1, 5s));
    auto first = line.take();
    auto lease = std::move(*first);
    boost::asio::co_spawn(line.context, end_later(std::move(lease), 30ms), boost::asio::detached);
    CHECK(line.take());
}

TEST_CASE("pool: a peer that is not there leaves the place free") {
    Line line;
    line.server.close();
    CHECK(line.take().has_error());
    CHECK(line.pool.in_use() == 0);
}

TEST_CASE("pool: after a stop nothing is given, and what was in use is aborted") {
    Line line;
    const auto lease = line.take();
    const auto peer = line.accepted();
    test::run(line.context, line.pool.stop(10ms));
    CHECK(peer->is_closed(1s));
    CHECK(line.take().has_error());
}
