#include "net/socket_shelf.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include "net/net_test_support.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using namespace causeway::test;
using net::SocketShelf;

namespace {

bool answers(std::uint16_t port) {
    return run([](std::string to) -> awaitable<bool> {
        auto stream = co_await connect_to(to);
        co_return stream.has_value();
    }(std::to_string(port)));
}

bool same_socket(const net::Descriptor& a, const net::Descriptor& b) {
    std::uint64_t one = 0, other = 1;
    socklen_t size = sizeof one;
    return ::getsockopt(a.get(), SOL_SOCKET, SO_COOKIE, &one, &size) == 0 &&
           ::getsockopt(b.get(), SOL_SOCKET, SO_COOKIE, &other, &size) == 0 && one == other;
}

}  // namespace

TEST_CASE("shelf: a socket is closed with its last lease") {
    const auto shelf = std::make_shared<SocketShelf>();
    auto first = shelf->lease_tcp("127.0.0.1", 0, "in").value();
    const auto port = first.port();
    auto second = shelf->lease_tcp("127.0.0.1", 0, "in").value();
    CHECK(second.port() == port);
    first.release();
    CHECK(answers(port));
    second.release();
    CHECK_FALSE(answers(port));
}

TEST_CASE("shelf: while somebody keeps it, a connection waits for the next lease") {
    const auto shelf = std::make_shared<SocketShelf>();
    std::uint16_t port = 0;
    {
        const auto keeping = shelf->keep();
        {
            const auto lease = shelf->lease_tcp("127.0.0.1", 0, "in").value();
            port = lease.port();
        }
        CHECK(answers(port));
    }
    CHECK_FALSE(answers(port));
}

TEST_CASE("shelf: on port 0 every owner has a port of its own") {
    const auto shelf = std::make_shared<SocketShelf>();
    const auto one = shelf->lease_tcp("127.0.0.1", 0, "one").value();
    const auto other = shelf->lease_tcp("127.0.0.1", 0, "other").value();
    CHECK(one.port() != other.port());
}

TEST_CASE("shelf: another shelf goes on with the same sockets under the same names") {
    const TempDir dir;
    const auto ours = std::make_shared<SocketShelf>(), theirs = std::make_shared<SocketShelf>();
    auto tcp = ours->lease_tcp("127.0.0.1", 0, "in").value();
    auto local = ours->lease_unix(dir / "socket").value();
    for (auto& socket : ours->copies()) theirs->adopt(socket.name, std::move(socket.descriptor));
    const auto port = tcp.port();
    const auto again = theirs->lease_tcp("127.0.0.1", 0, "in").value();
    const auto local_again = theirs->lease_unix(dir / "socket").value();
    CHECK(again.port() == port);
    CHECK(same_socket(again.descriptor(), tcp.descriptor()));
    CHECK(same_socket(local_again.descriptor(), local.descriptor()));
    ours->leave();
    tcp.release();
    local.release();
    CHECK(answers(port));
    CHECK(dir.names() == std::set<std::string>{"socket"});
}

TEST_CASE("shelf: a socket that systemd opened serves the address that it listens on") {
    const auto theirs = std::make_shared<SocketShelf>(), shelf = std::make_shared<SocketShelf>();
    const auto opened = theirs->lease_tcp("127.0.0.1", 0, "x").value();
    CHECK(shelf->adopt(opened.descriptor()).has_value());
    const auto lease = shelf->lease_tcp("localhost", opened.port(), "in").value();
    CHECK(same_socket(lease.descriptor(), opened.descriptor()));

    const auto wildcard = theirs->lease_tcp("::", 0, "y").value();
    CHECK(shelf->adopt(wildcard.descriptor()).has_value());
    CHECK(same_socket(shelf->lease_tcp("0.0.0.0", wildcard.port(), "in").value().descriptor(), wildcard.descriptor()));
}

TEST_CASE("shelf: what does not listen is not taken") {
    const auto shelf = std::make_shared<SocketShelf>();
    net::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    CHECK_FALSE(shelf->adopt(std::move(socket)).has_value());
}
