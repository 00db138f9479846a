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
#include <deque>
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
        open_all();
        begun_ = Time::now();
        until_ = begun_ + std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(load_.seconds));
        if (load_.rate <= 0)
            for (auto& connection : connections_)
                if (connection.fd >= 0) send_next(connection, Time::now());
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
            idle_.push_back(&connection);
        }
    }

    void send_next(Connection& connection, Time::time_point at) {
        if (outcome_.sent >= load_.most) return drop(connection);
        connection.number = outcome_.sent++;
        connection.sent_at = at;
        if (!write_all(connection.fd, load_.request(connection.number))) drop(connection);
    }

    /// Sends what is due by now, as far as connections are idle.
    void send_due() {
        const auto now = Time::now();
        while (!idle_.empty() && outcome_.sent < load_.most) {
            const std::chrono::duration<double> offset(static_cast<double>(outcome_.sent) / load_.rate);
            const auto due = begun_ + std::chrono::duration_cast<Time::duration>(offset);
            if (due > now) return;
            auto* connection = idle_.front();
            idle_.pop_front();
            if (connection->fd >= 0) send_next(*connection, due);
        }
    }

    void drop(Connection& connection) {
        close(connection.fd);
        connection.fd = -1;
        --open_;
    }

    void turn() {
        std::array<epoll_event, 128> events{};
        if (load_.rate > 0) send_due();
        const int count = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), load_.rate > 0 ? 1 : 20);
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
        const auto answer = std::string_view(connection.received).substr(0, length);
        count(answer, Time::now() - connection.sent_at);
        if (load_.answered) load_.answered(connection.number, answer);
        connection.received.erase(0, length);
        if (load_.rate <= 0) return send_next(connection, Time::now());
        if (outcome_.answered + outcome_.refused >= load_.most) return drop(connection);
        idle_.push_back(&connection);
    }

    void count(std::string_view answer, std::chrono::duration<float> took) {
        if (load_.positive && !load_.positive(answer)) {
            if (outcome_.refused++ == 0) outcome_.refusal = answer;
            return;
        }
        ++outcome_.answered;
        outcome_.latencies.push_back(took.count());
    }

    const Load& load_;
    const int poll_;
    std::vector<Connection> connections_;
    std::deque<Connection*> idle_;
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

namespace {

/// Head and body of a message whose head says Content-Length.
std::size_t http_length(std::string_view bytes) {
    const auto head = bytes.find("\r\n\r\n");
    if (head == std::string_view::npos) return 0;
    constexpr std::string_view name = "Content-Length: ";
    const auto at = bytes.substr(0, head).find(name);
    std::size_t length = 0;
    if (at != std::string_view::npos) std::from_chars(bytes.data() + at + name.size(), bytes.data() + head, length);
    return bytes.size() >= head + 4 + length ? head + 4 + length : 0;
}

}  // namespace

std::size_t http_answer(std::string_view bytes) {
    return http_length(bytes);
}

bool mllp_positive(std::string_view answer) {
    return answer.find("\rMSA|AA|") != std::string_view::npos || answer.find("\rMSA|CA|") != std::string_view::npos;
}

bool http_positive(std::string_view answer) {
    return answer.substr(0, answer.find("\r\n")).find(" 2") != std::string_view::npos;
}

std::size_t http_request_length(std::string_view bytes) {
    return http_length(bytes);
}

/// One epoll loop over the listening socket and its connections.
struct Sink::Loop {
    std::function<std::size_t(std::string_view)> length;
    std::function<std::string(std::string_view)> reply;
    int poll = epoll_create1(EPOLL_CLOEXEC);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int wake = eventfd(0, EFD_CLOEXEC);
    std::map<int, std::string> received;
    std::vector<char> buffer = std::vector<char>(65536);
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
        if (fd == listener) return admit();
        const auto n = recv(fd, buffer.data(), buffer.size(), 0);
        if (n <= 0) {
            received.erase(fd);
            close(fd);
            return;
        }
        auto& bytes = received[fd];
        bytes.append(buffer.data(), static_cast<std::size_t>(n));
        answer_all(fd, bytes);
    }

    void admit() {
        const int accepted = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (accepted < 0) return;
        const int on = 1;
        setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        received[accepted];
        watch(accepted);
    }

    void answer_all(int fd, std::string& bytes) const {
        while (const auto whole = length(bytes)) {
            const auto answer = reply(std::string_view(bytes).substr(0, whole));
            if (!answer.empty()) write_all(fd, answer);
            bytes.erase(0, whole);
        }
    }
};

Sink::Sink(std::function<std::size_t(std::string_view)> length, std::function<std::string(std::string_view)> reply)
    : loop_(new Loop) {
    loop_->length = std::move(length);
    loop_->reply = std::move(reply);
    port_ = loop_->listen_on_free_port();
    loop_->thread = std::thread([this] { loop_->run(); });
}

Sink::~Sink() {
    loop_->stopping = true;
    const std::uint64_t one = 1;
    if (write(loop_->wake, &one, sizeof one) == sizeof one) loop_->thread.join();
    for (const auto& [fd, bytes] : loop_->received) close(fd);
    for (const int fd : {loop_->listener, loop_->wake, loop_->poll}) close(fd);
    delete loop_;
}

MllpSink::MllpSink(std::function<std::string(std::string_view)> reply)
    : sink_(mllp_answer, [reply = std::move(reply)](std::string_view frame) {
          const auto from = frame.find('\x0b') + 1;  // 0 where the frame has no VT.
          const auto answer = reply(frame.substr(from, frame.size() - from - 2));
          return answer.empty() ? std::string() : "\x0b" + answer + "\x1c\r";
      }) {
}

}  // namespace causeway::test
