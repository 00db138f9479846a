#pragma once
/// Senders as interface engines are: each sends a message, waits for its acknowledgement, and where the connection ends
/// before it comes connects anew and sends the same message again.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace causeway::test {

/// What all senders saw.
class Sightings {
public:
    void acknowledge(const std::string& id) {
        const std::lock_guard lock(mutex_);
        acknowledged_.insert(id);
    }
    void waited(double seconds) {
        const std::lock_guard lock(mutex_);
        longest_wait_ = std::max(longest_wait_, seconds);
    }
    std::set<std::string> acknowledged() const {
        const std::lock_guard lock(mutex_);
        return acknowledged_;
    }
    double longest_wait() const {
        const std::lock_guard lock(mutex_);
        return longest_wait_;
    }

    std::atomic<int> connections{0};  ///< That were made.
    std::atomic<int> refused{0};      ///< That the machine refused.
    std::atomic<int> cut{0};          ///< That ended before the acknowledgement came: the message was sent again.
    std::atomic<int> silent{0};       ///< On which nothing came for too long.
    std::atomic<int> broken{0};  ///< Acknowledgements that were wrong: half, of another message, or of half a message.

private:
    mutable std::mutex mutex_;
    std::set<std::string> acknowledged_;
    double longest_wait_ = 0;  ///< Of a new connection for its first acknowledgement.
};

inline std::string framed_message(const std::string& id) {
    return "\x0bMSH|^~\\&|PAS|R9Z|CAUSEWAY|CAUSEWAY|20261121080000+0000||ADT^A08^ADT_A01|" + id +
           "|P|2.5.1\rEVN|A08|20261121080000+0000\rPID|1||" + id +
           "^^^R9Z^MR||TESTPATIENT^SAMPLE||19580430|M\rPV1|1|N\r\x1c\r";
}

/// A connection of one sender.
class SenderSocket {
public:
    SenderSocket() = default;
    SenderSocket(const SenderSocket&) = delete;
    SenderSocket& operator=(const SenderSocket&) = delete;
    ~SenderSocket() { close(); }

    bool is_open() const { return fd_ >= 0; }
    bool connect(std::uint16_t port) {
        close();
        fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int on = 1;
        setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return true;
        close();
        return false;
    }
    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    bool write(std::string_view bytes) {
        return ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
    }
    bool readable_within(int milliseconds) const {
        pollfd one{fd_, POLLIN, 0};
        return ::poll(&one, 1, milliseconds) > 0;
    }
    /// Until a frame is whole, the peer ends or nothing comes for half a minute.
    std::string read_frame(bool& silent) {
        std::string bytes;
        silent = false;
        while (!bytes.ends_with("\x1c\r")) {
            std::array<char, 4096> buffer{};
            if (!readable_within(30'000)) {
                silent = true;
                break;
            }
            const auto got = ::recv(fd_, buffer.data(), buffer.size(), 0);
            if (got <= 0) break;
            bytes.append(buffer.data(), static_cast<std::size_t>(got));
        }
        return bytes;
    }

private:
    int fd_ = -1;
};

/// One sender, from its construction until end().
class Sender {
public:
    Sender(std::uint16_t port, std::string name, Sightings& seen, bool halting = false)
        : port_(port), name_(std::move(name)), seen_(seen), halting_(halting), thread_([this] { run(); }) {}
    ~Sender() { end(); }
    void end() {
        ended_ = true;
        if (thread_.joinable()) thread_.join();
    }

private:
    using Time = std::chrono::steady_clock;

    void run() {
        for (int n = 0; !ended_; ++n) {
            const auto id = name_ + "-" + std::to_string(n);
            while (!deliver(id) && !ended_) std::this_thread::sleep_for(std::chrono::milliseconds(1));
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    }

    bool deliver(const std::string& id) {
        const auto begun = Time::now();
        const bool fresh = !socket_.is_open();
        if (fresh && !socket_.connect(port_)) {
            ++seen_.refused;
            return false;
        }
        if (fresh) ++seen_.connections;
        const bool sent = halting_ ? send_in_halves(id) : socket_.write(framed_message(id));
        bool silent = false;
        const auto answer = sent ? socket_.read_frame(silent) : std::string();
        if (answer.empty()) {
            ++(silent ? seen_.silent : seen_.cut);
            socket_.close();
            return false;
        }
        judge(id, answer);
        if (fresh && !halting_) seen_.waited(std::chrono::duration<double>(Time::now() - begun).count());
        return true;
    }

    /// Stops in the middle; what comes then would be an answer to half a message.
    bool send_in_halves(const std::string& id) {
        const auto whole = framed_message(id);
        if (!socket_.write(whole.substr(0, whole.size() / 2))) return false;
        if (socket_.readable_within(static_cast<int>(50 + 37 * (++halts_ % 7)))) {
            bool silent = false;
            if (!socket_.read_frame(silent).empty()) ++seen_.broken;
            return false;
        }
        return socket_.write(whole.substr(whole.size() / 2));
    }

    void judge(const std::string& id, const std::string& answer) {
        const bool right = answer.ends_with("\x1c\r") && answer.find("MSA|AA|" + id + "\r") != std::string::npos;
        if (right)
            seen_.acknowledge(id);
        else
            ++seen_.broken;
    }

    const std::uint16_t port_;
    const std::string name_;
    Sightings& seen_;
    const bool halting_;
    std::atomic<bool> ended_{false};
    int halts_ = 0;
    SenderSocket socket_;
    std::thread thread_;
};

}  // namespace causeway::test
