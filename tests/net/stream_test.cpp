#include "net/stream.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <numeric>

#include "net/net_test_support.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using namespace causeway::test;
using net::StreamPtr;

namespace {

/// Says nothing and reads nothing until the peer or the test ends it.
awaitable<void> silence(StreamPtr stream, const std::atomic<bool>& stopping) {
    while (!stopping) co_await pause(5ms);
    co_await stream->close();
}

awaitable<void> greet_and_leave(StreamPtr stream, const std::atomic<bool>&) {
    auto sent = co_await stream->write("hello", kPatience);
    CHECK(sent);
    co_await stream->close();
}

awaitable<std::string> echo_once(std::string port, std::string text) {
    auto stream = co_await connect_to(port);
    auto sent = co_await stream.value()->write(text, kPatience);
    if (!sent) co_return "not sent";
    auto answer = co_await read_all(*stream.value(), text.size());
    co_return answer;
}

awaitable<Error> read_with_limit(std::string port, Duration limit) {
    auto stream = co_await connect_to(port);
    char byte = 0;
    const std::span<char> space(&byte, 1);
    auto got = co_await stream.value()->read_some(space, limit);
    co_return got.error();
}

awaitable<Error> write_until_full(std::string port, Duration limit) {
    auto stream = co_await connect_to(port);
    const std::string much(32u << 20, 'x');
    auto sent = co_await stream.value()->write(much, limit);
    co_return sent.error();
}

awaitable<Result<std::size_t>> read_again_after_timeout(std::string port) {
    auto stream = co_await connect_to(port);
    char buffer[8];
    const std::span<char> space(buffer, sizeof buffer);
    auto first = co_await stream.value()->read_some(space, 20ms);
    CHECK(first.error().issue == Issue::timeout);
    auto sent = co_await stream.value()->write("again", kPatience);
    CHECK(sent);
    auto second = co_await stream.value()->read_some(space, kPatience);
    co_return second;
}

awaitable<void> abort_soon(net::Stream* stream) {
    co_await pause(20ms);
    stream->abort();
}

awaitable<Error> read_while_aborted(std::string port) {
    auto stream = co_await connect_to(port);
    auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::co_spawn(executor, abort_soon(stream.value().get()), boost::asio::detached);
    char byte = 0;
    const std::span<char> space(&byte, 1);
    auto got = co_await stream.value()->read_some(space, Duration::zero());
    co_return got.error();
}

awaitable<void> expect_stale_after_peer_left(std::string port) {
    auto stream = co_await connect_to(port);
    auto greeting = co_await read_all(*stream.value(), 5);
    CHECK(greeting == "hello");
    co_await pause(50ms);
    CHECK(stream.value()->is_stale());
}

awaitable<void> expect_fresh(std::string port) {
    auto stream = co_await connect_to(port);
    CHECK_FALSE(stream.value()->is_stale());
    CHECK(stream.value()->peer_uid() == -1);
    CHECK(stream.value()->peer_subject().empty());
}

awaitable<Error> connect_error(std::string host, std::string port, Duration limit) {
    auto executor = co_await boost::asio::this_coro::executor;
    auto stream = co_await net::connect(executor, host, port, nullptr, limit);
    co_return stream.error();
}

awaitable<long> uid_over_unix(std::string path) {
    auto executor = co_await boost::asio::this_coro::executor;
    auto stream = co_await net::connect_unix(executor, path, kPatience);
    co_return stream.value()->peer_uid();
}

}  // namespace

TEST_CASE("stream: what is written comes back whole, also when it does not fit into the socket's buffer") {
    const Server server(echo);
    CHECK(run(echo_once(server.port(), "ping")) == "ping");
    std::string large(3u << 20, '\0');
    std::iota(large.begin(), large.end(), '\0');

    struct Both {
        static awaitable<void> send(net::Stream* stream, const std::string* text) {
            auto sent = co_await stream->write(*text, kPatience);
            CHECK(sent);
        }
        static awaitable<std::string> go(std::string port, std::string text) {
            auto stream = co_await connect_to(port);
            auto executor = co_await boost::asio::this_coro::executor;
            boost::asio::co_spawn(executor, send(stream.value().get(), &text), boost::asio::detached);
            auto answer = co_await read_all(*stream.value(), text.size());
            co_return answer;
        }
    };
    CHECK(run(Both::go(server.port(), large)) == large);
}

TEST_CASE("stream: a read that gets nothing ends at its limit") {
    const Server server(silence);
    const auto begun = std::chrono::steady_clock::now();

    const Error error = run(read_with_limit(server.port(), 50ms));

    const auto taken = std::chrono::steady_clock::now() - begun;
    CHECK(error.issue == Issue::timeout);
    CHECK(error.retry == Retry::later);
    CHECK(error.where == "127.0.0.1:" + server.port());
    CHECK(taken >= 50ms);
    CHECK(taken < 5s);
}

TEST_CASE("stream: a write to a peer that does not read ends at its limit") {
    const Server server(silence);
    CHECK(run(write_until_full(server.port(), 100ms)).issue == Issue::timeout);
}

TEST_CASE("stream: after a read that ran out of time the stream can still be used") {
    const Server server(echo);
    CHECK(run(read_again_after_timeout(server.port())).value() == 5);
}

TEST_CASE("stream: another coroutine of the strand can abort a read without limit") {
    const Server server(silence);
    CHECK(run(read_while_aborted(server.port())).issue == Issue::transient);
}

TEST_CASE("stream: a peer that has closed makes the stream stale, a quiet one does not") {
    const Server leaving(greet_and_leave);
    run(expect_stale_after_peer_left(leaving.port()));
    const Server quiet(silence);
    run(expect_fresh(quiet.port()));
}

TEST_CASE("stream: what cannot be reached is an error that may be tried again later") {
    std::string port;
    {
        const Server server(echo);
        port = server.port();
    }
    const Error refused = run(connect_error("127.0.0.1", port, kPatience));
    CHECK(refused.issue == Issue::transient);
    CHECK(refused.retry == Retry::later);
    CHECK(refused.where == "127.0.0.1:" + port);

    const Error unknown = run(connect_error("no-such-host.invalid", "80", kPatience));
    CHECK(unknown.retry == Retry::later);
    CHECK(unknown.where == "no-such-host.invalid:80");
}

TEST_CASE("stream: the user at the other end of a Unix socket is known") {
    const TempDir dir;
    net::ListenOptions options;
    options.unix_path = dir / "socket";
    const Server server(silence, options);
    CHECK(run(uid_over_unix(options.unix_path)) == static_cast<long>(::getuid()));
}
