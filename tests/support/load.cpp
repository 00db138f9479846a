#include "support/load.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <map>
#include <thread>

namespace causeway::test {
namespace {

using Time = std::chrono::steady_clock;

int connect_to(std::uint16_t port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        close(fd);
        return -1;
    }
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

struct Connection {
    int fd = -1;
    std::uint64_t number = 0;
    Time::time_point sent_at;
    std::string received;
};

/// The state of one run.
class Generator {
public:
    explicit Generator(const Load& load) : load_(load), poll_(epoll_create1(EPOLL_CLOEXEC)) {}
    ~Generator() {
        for (auto& connection : connections_)
            if (connection.fd >= 0) close(connection.fd);
        close(poll_);
    }

    Outcome run() {
        begun_ = Time::now();
        until_ = begun_ + std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(load_.seconds));
        open_all();
        while (open_ > 0 && Time::now() < until_) turn();
        outcome_.seconds = std::chrono::duration<double>(Time::now() - begun_).count();
        std::sort(outcome_.latencies.begin(), outcome_.latencies.end());
        return std::move(outcome_);
    }

private:
    void open_all() {
        connections_.resize(static_cast<std::size_t>(load_.connections));
        for (auto& connection : connections_) {
            connection.fd = connect_to(load_.port);
            if (connection.fd < 0) continue;
            ++open_;
            epoll_event event{EPOLLIN, {.ptr = &connection}};
            epoll_ctl(poll_, EPOLL_CTL_ADD, connection.fd, &event);
            send_next(connection);
        }
    }

    void send_next(Connection& connection) {
        if (outcome_.sent >= load_.most) return drop(connection);
        connection.number = outcome_.sent++;
        connection.sent_at = Time::now();
        if (!write_all(connection.fd, load_.request(connection.number))) drop(connection);
    }

    void drop(Connection& connection) {
        close(connection.fd);
        connection.fd = -1;
        --open_;
    }

    void turn() {
        std::array<epoll_event, 128> events{};
        const int count = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 20);
        for (int i = 0; i < count; ++i)
            receive(*static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr));
    }

    void receive(Connection& connection) {
        std::array<char, 65536> buffer{};
        const auto n = recv(connection.fd, buffer.data(), buffer.size(), 0);
        if (n <= 0) return drop(connection);
        connection.received.append(buffer.data(), static_cast<std::size_t>(n));
        const auto length = load_.answer(connection.received);
        if (length == 0) return;
        ++outcome_.answered;
        outcome_.latencies.push_back(std::chrono::duration<float>(Time::now() - connection.sent_at).count());
        if (load_.answered) load_.answered(connection.number, std::string_view(connection.received).substr(0, length));
        connection.received.erase(0, length);
        send_next(connection);
    }

    const Load& load_;
    const int poll_;
    std::vector<Connection> connections_;
    int open_ = 0;
    Time::time_point begun_, until_;
    Outcome outcome_;
};

}  // namespace

Outcome generate(const Load& load) {
    return Generator(load).run();
}

std::size_t mllp_answer(std::string_view bytes) {
    const auto end = bytes.find("\x1c\r");
    return end == std::string_view::npos ? 0 : end + 2;
}

std::size_t http_answer(std::string_view bytes) {
    const auto head = bytes.find("\r\n\r\n");
    if (head == std::string_view::npos) return 0;
    constexpr std::string_view name = "Content-Length: ";
    const auto at = bytes.substr(0, head).find(name);
    std::size_t length = 0;
    if (at != std::string_view::npos) std::from_chars(bytes.data() + at + name.size(), bytes.data() + head, length);
    return bytes.size() >= head + 4 + length ? head + 4 + length : 0;
}

/// One epoll loop over the listening socket and its connections.
struct MllpSink::Loop {
    std::function<std::string(std::string_view)> reply;
    int poll = epoll_create1(EPOLL_CLOEXEC);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int wake = eventfd(0, EFD_CLOEXEC);
    std::map<int, std::string> received;
    std::atomic<bool> stopping{false};
    std::thread thread;

    void watch(int fd) const {
        epoll_event event{EPOLLIN, {.fd = fd}};
        epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
    }

    std::uint16_t listen_on_free_port() {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        bind(listener, reinterpret_cast<sockaddr*>(&address), size);
        listen(listener, 1024);
        getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
        watch(listener);
        watch(wake);
        return ntohs(address.sin_port);
    }

    void run() {
        std::array<epoll_event, 128> events{};
        while (!stopping) {
            const int count = epoll_wait(poll, events.data(), static_cast<int>(events.size()), -1);
            for (int i = 0; i < count && !stopping; ++i) on_event(events[static_cast<std::size_t>(i)].data.fd);
        }
    }

    void on_event(int fd) {
        if (fd == wake) return;
        if (fd == listener) {
            const int accepted = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
            const int on = 1;
            setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            if (accepted >= 0) watch(accepted);
            return;
        }
        std::array<char, 65536> buffer{};
        const auto n = recv(fd, buffer.data(), buffer.size(), 0);
        if (n <= 0) {
            received.erase(fd);
            close(fd);
            return;
        }
        received[fd].append(buffer.data(), static_cast<std::size_t>(n));
        answer_all(fd, received[fd]);
    }

    void answer_all(int fd, std::string& bytes) const {
        while (const auto length = mllp_answer(bytes)) {
            const auto answer = reply(std::string_view(bytes).substr(1, length - 3));
            if (!answer.empty()) write_all(fd, "\x0b" + answer + "\x1c\r");
            bytes.erase(0, length);
        }
    }
};

MllpSink::MllpSink(std::function<std::string(std::string_view)> reply) : loop_(new Loop) {
    loop_->reply = std::move(reply);
    port_ = loop_->listen_on_free_port();
    loop_->thread = std::thread([this] { loop_->run(); });
}

MllpSink::~MllpSink() {
    loop_->stopping = true;
    const std::uint64_t one = 1;
    if (write(loop_->wake, &one, sizeof one) == sizeof one) loop_->thread.join();
    for (const auto& [fd, bytes] : loop_->received) close(fd);
    for (const int fd : {loop_->listener, loop_->wake, loop_->poll}) close(fd);
    delete loop_;
}

}  // namespace causeway::test
