#pragma once
/// Blocking loopback sockets with time limits, for the other end of what is tested.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace causeway::test {

using Millis = std::chrono::milliseconds;

class Tcp {
public:
    explicit Tcp(int fd = -1) : fd_(fd) {}
    Tcp(Tcp&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Tcp& operator=(Tcp&& other) noexcept {
        if (this != &other) {
            close();
            fd_ = std::exchange(other.fd_, -1);
        }
        return *this;
    }
    ~Tcp() { close(); }

    static Tcp connect(std::uint16_t port) {
        Tcp made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const auto address = loopback(port);
        if (::connect(made.fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error("cannot connect to port " + std::to_string(port));
        return made;
    }

    /// Sends all of it; false where the peer has closed.
    bool send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    /// How many bytes of an endless repetition the other side takes before it stops reading for `pause`; at most
    /// `limit`.
    std::size_t flood(std::string_view unit, std::size_t limit, Millis pause) const {
        std::size_t total = 0;
        std::size_t at = 0;
        while (total < limit && can_write(pause)) {
            const auto sent = ::send(fd_, unit.data() + at, unit.size() - at, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (sent <= 0) break;
            total += static_cast<std::size_t>(sent);
            at = (at + static_cast<std::size_t>(sent)) % unit.size();
        }
        return total;
    }

    /// Something within `limit`; nothing after it; empty at the peer's end.
    std::optional<std::string> receive(Millis limit) const {
        pollfd wait{fd_, POLLIN, 0};
        if (::poll(&wait, 1, static_cast<int>(limit.count())) <= 0) return std::nullopt;
        std::string bytes(64 * 1024, '\0');
        const auto got = ::recv(fd_, bytes.data(), bytes.size(), 0);
        bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
        return bytes;
    }

    /// Everything up to and with `end`; what came before the peer's end or the limit, where `end` does not come.
    std::string receive_until(std::string_view end, Millis limit) {
        const auto until = std::chrono::steady_clock::now() + limit;
        for (;;) {
            if (const auto found = pending_.find(end); found != std::string::npos) return take(found + end.size());
            const auto left = std::chrono::duration_cast<Millis>(until - std::chrono::steady_clock::now());
            const auto more = receive(std::max(left, Millis(0)));
            if (!more || more->empty()) return std::exchange(pending_, {});
            pending_ += *more;
        }
    }

    /// Exactly `size` bytes, or fewer at the peer's end.
    std::string receive_exactly(std::size_t size, Millis limit) {
        while (pending_.size() < size) {
            const auto more = receive(limit);
            if (!more || more->empty()) break;
            pending_ += *more;
        }
        return take(std::min(size, pending_.size()));
    }

    /// Has the peer closed without another byte?
    bool is_closed(Millis limit) const {
        const auto more = receive(limit);
        return more && more->empty();
    }

    /// Is there something to read (or an end to notice)?
    bool is_readable(Millis limit) const {
        pollfd wait{fd_, POLLIN, 0};
        return !pending_.empty() || ::poll(&wait, 1, static_cast<int>(limit.count())) > 0;
    }

    void finish_writing() const { ::shutdown(fd_, SHUT_WR); }
    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    int fd() const { return fd_; }

    static sockaddr_in loopback(std::uint16_t port) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        return address;
    }

private:
    bool can_write(Millis limit) const {
        pollfd wait{fd_, POLLOUT, 0};
        return ::poll(&wait, 1, static_cast<int>(limit.count())) > 0 && (wait.revents & (POLLERR | POLLHUP)) == 0;
    }
    std::string take(std::size_t size) {
        auto taken = pending_.substr(0, size);
        pending_.erase(0, size);
        return taken;
    }

    int fd_;
    std::string pending_;
};

/// Listens on a free loopback port.
class TcpServer {
public:
    TcpServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        auto address = Tcp::loopback(0);
        socklen_t size = sizeof address;
        if (::bind(socket_.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(socket_.fd(), 64) != 0 ||
            ::getsockname(socket_.fd(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
            throw std::runtime_error("cannot listen on a loopback port");
        port_ = ntohs(address.sin_port);
    }

    std::uint16_t port() const { return port_; }
    /// The next connection within `limit`.
    std::optional<Tcp> accept(Millis limit) const {
        pollfd wait{socket_.fd(), POLLIN, 0};
        if (::poll(&wait, 1, static_cast<int>(limit.count())) <= 0) return std::nullopt;
        const int fd = ::accept4(socket_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
        return fd < 0 ? std::nullopt : std::optional<Tcp>(Tcp(fd));
    }
    void close() { socket_.close(); }

private:
    Tcp socket_;
    std::uint16_t port_ = 0;
};

}  // namespace causeway::test
