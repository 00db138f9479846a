#include "net/listener.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>

#include "net/net_test_support.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using namespace causeway::test;
using net::StreamPtr;

namespace {

/// Works for a while on each byte it gets, then answers it.
awaitable<void> slow_worker(StreamPtr stream, const std::atomic<bool>& stopping) {
    while (!stopping) {
        char byte = 0;
        const std::span<char> space(&byte, 1);
        auto got = co_await stream->read_some(space, 30s);
        if (!got || got.value() == 0) break;
        co_await pause(100ms);
        auto sent = co_await stream->write("!", kPatience);
        if (!sent) break;
    }
    co_await stream->close();
}

awaitable<void> stubborn(StreamPtr stream, const std::atomic<bool>&) {
    for (;;) {
        char byte = 0;
        const std::span<char> space(&byte, 1);
        auto ignored = co_await stream->read_some(space, Duration::zero());
        if (ignored) continue;
        co_await pause(1ms);
    }
}

awaitable<std::string> ask(std::string port, std::string_view text, std::size_t size) {
    auto stream = co_await connect_to(port);
    if (!stream) co_return "not connected";
    auto sent = co_await stream.value()->write(text, kPatience);
    if (!sent) co_return "not sent";
    auto answer = co_await read_all(*stream.value(), size);
    co_return answer;
}

awaitable<void> keep_open(std::string port, std::vector<StreamPtr>* kept) {
    auto stream = co_await connect_to(port);
    kept->push_back(std::move(stream.value()));
}

void wait_for_connections(const net::Listener& listener, std::size_t count) {
    for (int i = 0; i < 1000 && listener.connections() != count; ++i) std::this_thread::sleep_for(5ms);
    CHECK(listener.connections() == count);
}

Error start_error(net::ListenOptions options) {
    ServerThreads threads;
    const auto listener = net::make_listener(threads.executor(), std::move(options), echo);
    auto started = listener->start();
    REQUIRE_FALSE(started);
    return started.error();
}

template <class Body>
std::chrono::steady_clock::duration timed(Body body) {
    const auto begun = std::chrono::steady_clock::now();
    body();
    return std::chrono::steady_clock::now() - begun;
}

}  // namespace

TEST_CASE("listener: a host is loopback or not") {
    for (const char* host : {"127.0.0.1", "127.1.2.3", "::1", "localhost", "LOCALHOST"}) CHECK(net::is_loopback(host));
    for (const char* host : {"0.0.0.0", "::", "10.0.0.1", "example.org", ""}) CHECK_FALSE(net::is_loopback(host));
}

TEST_CASE("listener: port 0 becomes a free port, and many are served at once") {
    const Server server(echo);
    CHECK(server.port() != "0");
    boost::asio::io_context context;
    std::vector<StreamPtr> kept;
    for (int i = 0; i < 20; ++i) run(context, keep_open(server.port(), &kept));
    CHECK(run(ask(server.port(), "hello", 5)) == "hello");
}

TEST_CASE("listener: a port in use and an address of another machine are errors that say what to do") {
    const Server server(echo);
    net::ListenOptions options;
    options.port = static_cast<std::uint16_t>(std::stoi(server.port()));
    const Error used = start_error(options);
    CHECK(used.issue == Issue::conflict);
    CHECK(used.what.find("in use; stop the other program") != std::string::npos);

    options.host = "192.0.2.1";
    CHECK(start_error(options).what.find("no such address") != std::string::npos);
    options.host = "no-such-host.invalid";
    CHECK(start_error(options).issue == Issue::not_found);
}

TEST_CASE("listener: connections over the limit are closed at once and counted") {
    metrics::Registry metrics;
    auto& turned_away = metrics.counter("turned_away", "");
    net::ListenOptions options;
    options.turned_away = &turned_away;
    options.max_connections = 2;
    Server server(echo, options);
    boost::asio::io_context context;
    std::vector<StreamPtr> kept;
    run(context, keep_open(server.port(), &kept));
    run(context, keep_open(server.port(), &kept));
    wait_for_connections(server.listener(), 2);

    run(context, keep_open(server.port(), &kept));
    CHECK(run(context, read_all(*kept.back())).empty());
    CHECK(server.listener().turned_away() == 1);
    CHECK(turned_away.value() == 1);

    kept.clear();
    wait_for_connections(server.listener(), 0);
    CHECK(run(ask(server.port(), "again", 5)) == "again");
}

TEST_CASE("listener: where it is full, the connection that was forgotten for longest makes room") {
    metrics::Registry metrics;
    net::ListenOptions options;
    options.max_connections = 2;
    options.forgotten_after = 50ms;
    options.turned_away = &metrics.counter("turned_away", "");
    Server server(echo, options);
    boost::asio::io_context context;
    std::vector<StreamPtr> kept;
    run(context, keep_open(server.port(), &kept));
    wait_for_connections(server.listener(), 1);
    run(pause(100ms));
    run(context, keep_open(server.port(), &kept));
    wait_for_connections(server.listener(), 2);

    CHECK(run(ask(server.port(), "new", 3)) == "new");
    CHECK(run(context, read_all(*kept.front())).empty());
    CHECK(server.listener().turned_away() == 0);
    CHECK(options.turned_away->value() == 0);
}

TEST_CASE("listener: stop ends idle sessions at once") {
    Server server(echo);
    boost::asio::io_context context;
    std::vector<StreamPtr> kept;
    for (int i = 0; i < 5; ++i) run(context, keep_open(server.port(), &kept));
    wait_for_connections(server.listener(), 5);

    CHECK(timed([&] { server.stop(20s); }) < 5s);

    CHECK(server.listener().connections() == 0);
    CHECK(run(context, read_all(*kept.front())).empty());
}

TEST_CASE("listener: stop lets work in flight be answered") {
    Server server(slow_worker);
    boost::asio::io_context context;
    std::vector<StreamPtr> kept;
    run(context, keep_open(server.port(), &kept));
    CHECK(run(context, kept.front()->write("?", kPatience)));
    run(pause(30ms));

    server.stop(20s);

    CHECK(server.listener().connections() == 0);
    CHECK(run(context, read_all(*kept.front())) == "!");
}

TEST_CASE("listener: stop ends what does not end itself at its deadline") {
    Server server(stubborn);
    boost::asio::io_context context;
    std::vector<StreamPtr> kept;
    run(context, keep_open(server.port(), &kept));
    wait_for_connections(server.listener(), 1);
    run(pause(50ms));

    const auto taken = timed([&] { server.stop(100ms); });

    CHECK(taken >= 100ms);
    CHECK(taken < 5s);
    CHECK(server.listener().connections() == 0);
}

TEST_CASE("listener: stop is safe unstarted, twice and at the same time") {
    ServerThreads threads;
    const auto unstarted = net::make_listener(threads.executor(), {}, echo);
    threads.run(unstarted->stop(1s));

    Server server(slow_worker);
    boost::asio::io_context context;
    std::vector<StreamPtr> kept;
    run(context, keep_open(server.port(), &kept));
    CHECK(run(context, kept.front()->write("?", kPatience)));
    std::thread other([&] { server.stop(5s); });
    server.stop(5s);
    other.join();
    server.stop(5s);
    CHECK(server.listener().connections() == 0);
}

TEST_CASE("listener: stop under load ends") {
    Server server(echo);
    const std::string port = server.port();
    std::atomic<bool> enough = false;
    std::vector<std::thread> clients;
    for (int i = 0; i < 3; ++i)
        clients.emplace_back([&] {
            while (!enough) run(ask(port, "hello", 5));
        });
    run(pause(200ms));
    CHECK(timed([&] { server.stop(10s); }) < 9s);
    enough = true;
    for (auto& client : clients) client.join();
    CHECK(server.listener().connections() == 0);
}

TEST_CASE("listener: a Unix socket is for its owner only and goes with the listener") {
    const TempDir dir;
    net::ListenOptions options;
    options.unix_path = dir / "socket";
    {
        const Server server(echo, options);
        struct stat info {};
        REQUIRE(::stat(options.unix_path.c_str(), &info) == 0);
        CHECK((info.st_mode & 0777) == 0600);

        CHECK(start_error(options).what.find("Another process listens here") != std::string::npos);
    }
    CHECK(dir.names().empty());
}

TEST_CASE("listener: a socket file left behind is replaced, any other file is not") {
    const TempDir dir;
    net::ListenOptions options;
    options.unix_path = dir / "socket";
    {
        boost::asio::io_context context;
        boost::asio::local::stream_protocol::acceptor left(context, options.unix_path);
    }
    REQUIRE(dir.names().size() == 1);
    { const Server server(echo, options); }

    dir.write("socket", "a file");
    CHECK(start_error(options).issue == Issue::conflict);
    CHECK(dir.read("socket") == "a file");

    options.unix_path = dir / "missing/socket";
    CHECK(start_error(options).issue == Issue::not_found);
}

TEST_CASE("listener: without file descriptors it waits and then goes on") {
    Server server(echo);
    boost::asio::io_context context;
    std::vector<StreamPtr> kept;
    run(context, keep_open(server.port(), &kept));
    wait_for_connections(server.listener(), 1);
    boost::asio::io_context other;
    boost::asio::ip::tcp::socket late(other);
    late.open(boost::asio::ip::tcp::v4());
    rlimit before{};
    ::getrlimit(RLIMIT_NOFILE, &before);
    const int next = ::dup(0);
    ::close(next);
    const rlimit none{static_cast<rlim_t>(next), before.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    late.connect({boost::asio::ip::make_address("127.0.0.1"), server.listener().port()});
    std::this_thread::sleep_for(50ms);
    CHECK(server.listener().connections() == 1);
    ::setrlimit(RLIMIT_NOFILE, &before);

    boost::asio::write(late, boost::asio::buffer("ok", 2));
    char answer[2];
    CHECK(boost::asio::read(late, boost::asio::buffer(answer)) == 2);
    CHECK(std::string(answer, 2) == "ok");
}
