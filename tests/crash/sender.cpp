#include "crash/sender.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "crash/receiver.hpp"
#include "support/load.hpp"

namespace causeway::test {

int connect_to(std::uint16_t port, int seconds) {
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        ::close(fd);
        return -1;
    }
    const int on = 1;
    const timeval limit{seconds, 0};
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return fd;
}

std::string Sender::message(std::uint64_t number) const {
    const auto id = to_text({lane_, number});
    // Lengths differ, so that pages and frames are cut in many places.
    const std::string note(40 + number * 37 % 900, static_cast<char>('a' + number % 26));
    return "MSH|^~\\&|PAS|R9Z|CAUSEWAY|CAUSEWAY|20261121080000+0000||ADT^A08^ADT_A01|" + id +
           "|P|2.5.1\rEVN|A08|20261121080000+0000\rPID|1||" + std::to_string(100'000 + lane_) +
           "^^^R9Z^MR||TESTPATIENT^SAMPLE||19580430|M\rPV1|1|N\rNTE|1||" + note + "\r";
}

void Sender::work(std::uint16_t port, const std::atomic<bool>& stop, std::uint64_t most) {
    const int fd = connect_to(port);
    if (fd < 0) return;
    for (std::uint64_t done = 0; done < most && !stop;) {
        const auto answer = exchange(fd, acknowledged_);
        if (answer == Answer::none || doubting_) break;
        if (answer == Answer::positive) {
            ++acknowledged_;
            ++done;
        } else {
            ++refused_;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    ::close(fd);
}

Sender::Answer Sender::exchange(int fd, std::uint64_t number) {
    const auto frame = "\x0b" + message(number) + "\x1c\r";
    sent_ = std::max<std::uint64_t>(sent_, number + 1);
    if (::send(fd, frame.data(), frame.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(frame.size())) return Answer::none;
    std::string received;
    char buffer[4096];
    while (mllp_answer(received) == 0) {
        const auto n = ::recv(fd, buffer, sizeof buffer, 0);
        if (n <= 0) return Answer::none;
        received.append(buffer, static_cast<std::size_t>(n));
    }
    return judge(received, number);
}

Sender::Answer Sender::judge(std::string_view received, std::uint64_t number) const {
    const auto id = "|" + to_text({lane_, number}) + "\r";
    if (received.find("MSA|AA" + id) != std::string_view::npos) return Answer::positive;
    return received.find("MSA|A") == std::string_view::npos ? Answer::none : Answer::negative;
}

std::string Sender::first_frame() {
    sent_ = 1;
    return "\x0b" + message(0) + "\x1c\r";
}

void Sender::take_first(std::string_view answer) {
    if (judge(answer, 0) == Answer::positive) acknowledged_ = 1;
}

}  // namespace causeway::test
