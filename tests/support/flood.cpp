#include "support/flood.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

namespace causeway::test {
namespace {

using Time = std::chrono::steady_clock;

constexpr timeval kPatience{300, 0};

int connect_to(std::uint16_t port) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
    ::close(fd);
    return -1;
}

bool send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

class Flooding {
public:
    explicit Flooding(const Flood& flood) : flood_(flood) {}

    Outcome run() {
        begun_ = Time::now();
        until_ = begun_ + std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(flood_.seconds));
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < flood_.connections; ++i) threads.emplace_back([this] { work(); });
        }
        outcome_.sent = std::min<std::uint64_t>(next_, flood_.most);
        outcome_.seconds = std::chrono::duration<double>(Time::now() - begun_).count();
        std::sort(outcome_.latencies.begin(), outcome_.latencies.end());
        return std::move(outcome_);
    }

private:
    void work() {
        const int fd = connect_to(flood_.port);
        while (fd >= 0 && Time::now() < until_) {
            const auto n = next_++;
            if (n >= flood_.most || !exchange(fd, n)) break;
        }
        if (fd >= 0) ::close(fd);
    }

    bool exchange(int fd, std::uint64_t n) {
        const auto request = flood_.request(n);
        const auto begun = Time::now();
        if (!send_all(fd, request)) return false;
        std::string answer;
        std::array<char, 4096> buffer{};
        while (flood_.answer(answer) == 0) {
            const auto got = ::recv(fd, buffer.data(), buffer.size(), 0);
            if (got <= 0) return false;
            answer.append(buffer.data(), static_cast<std::size_t>(got));
        }
        const std::lock_guard lock(mutex_);
        ++outcome_.answered;
        outcome_.latencies.push_back(std::chrono::duration<float>(Time::now() - begun).count());
        if (flood_.answered) flood_.answered(n, answer);
        return true;
    }

    const Flood& flood_;
    std::atomic<std::uint64_t> next_{0};
    Time::time_point begun_, until_;
    std::mutex mutex_;
    Outcome outcome_;
};

}  // namespace

Outcome flood(const Flood& flood) {
    return Flooding(flood).run();
}

}  // namespace causeway::test
