#include "crash/receiver.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "support/load.hpp"

namespace causeway::test {
namespace {

bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

bool write_slowly(int fd, std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size(); at += 16) {
        if (!write_all(fd, bytes.substr(at, 16))) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

/// The next close sends RST instead of FIN.
void reset_on_close(int fd) {
    const linger now{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

std::string_view field(std::string_view line, std::size_t number) {
    for (std::size_t i = 0; i < number; ++i) {
        const auto bar = line.find('|');
        if (bar == std::string_view::npos) return {};
        line.remove_prefix(bar + 1);
    }
    return line.substr(0, line.find_first_of("|\r"));
}

std::string header_value(std::string_view head, std::string_view name) {
    const auto at = head.find(name);
    if (at == std::string_view::npos) return {};
    const auto from = at + name.size();
    return std::string(head.substr(from, head.find('\r', from) - from));
}

}  // namespace

std::string to_text(Label label) {
    return "L" + std::to_string(label.lane) + "-" + std::to_string(label.number);
}

Label label_of(std::string_view message) {
    const auto id = field(message, 9);  // MSH-1 is the first bar itself.
    Label label{-1, 0};
    const auto dash = id.find('-');
    if (!id.starts_with('L') || dash == std::string_view::npos) return label;
    std::from_chars(id.data() + 1, id.data() + dash, label.lane);
    std::from_chars(id.data() + dash + 1, id.data() + id.size(), label.number);
    return label;
}

Receiver::Receiver(Speaks speaks, Manner manner) : speaks_(speaks), manner_(std::move(manner)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 1024) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        throw std::runtime_error("no port is free");
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
}

Receiver::~Receiver() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
        const std::lock_guard lock(mutex_);
        for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
    ::close(listener_);
}

void Receiver::behave(Manner manner) {
    const std::lock_guard lock(mutex_);
    manner_ = std::move(manner);
}

std::map<int, std::vector<Arrival>> Receiver::arrivals() const {
    const std::lock_guard lock(mutex_);
    return arrivals_;
}

std::size_t Receiver::taken() const {
    const std::lock_guard lock(mutex_);
    return taken_.size();
}

void Receiver::accept_all() {
    while (!stopping_) {
        const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
        if (fd < 0) continue;
        const int on = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const std::lock_guard lock(mutex_);
        open_.push_back(fd);
        threads_.emplace_back([this, fd] {
            serve(fd);
            const std::lock_guard guard(mutex_);
            std::erase(open_, fd);
            ::close(fd);
        });
    }
}

void Receiver::serve(int fd) {
    std::string bytes;
    std::string buffer(65536, '\0');
    for (;;) {
        const auto n = ::recv(fd, buffer.data(), buffer.size(), 0);
        if (n <= 0) return;
        bytes.append(buffer.data(), static_cast<std::size_t>(n));
        while (const auto length = speaks_ == Speaks::mllp ? mllp_answer(bytes) : http_answer(bytes)) {
            const std::string_view whole(bytes.data(), length);
            const auto body = speaks_ == Speaks::mllp ? 1 : whole.find("\r\n\r\n") + 4;
            const auto end = speaks_ == Speaks::mllp ? length - 2 : length;
            if (!answer(fd, whole.substr(0, body), whole.substr(body, end - body))) return;
            bytes.erase(0, length);
        }
    }
}

bool Receiver::answer(int fd, std::string_view head, std::string_view message) {
    const auto label = label_of(message);
    Manner manner;
    {
        const std::lock_guard lock(mutex_);
        manner = manner_;
    }
    const auto id = speaks_ == Speaks::mllp ? to_text(label) : header_value(head, "X-Request-Id: ");
    return act(fd, manner(label), label, id, message);
}

/// False: the connection is over.
bool Receiver::act(int fd, Act act, Label label, const std::string& id, std::string_view message) {
    if (act == Act::take || act == Act::take_slow || act == Act::lose || act == Act::half) {
        const std::lock_guard lock(mutex_);
        arrivals_[label.lane].push_back({label.number, id, std::hash<std::string_view>{}(message), doubting_});
        ++taken_[{label.lane, label.number}];
    }
    const auto text = text_of(act, label);
    switch (act) {
        case Act::take:
        case Act::refuse_now:
            return write_all(fd, text);
        case Act::take_slow:
            return write_slowly(fd, text);
        case Act::half:
            return write_all(fd, text.substr(0, text.size() / 2)) && false;
        case Act::foreign:
            return speaks_ == Speaks::mllp && write_all(fd, text);
        case Act::reset:
            reset_on_close(fd);
            return false;
        case Act::lose:
            return false;
        case Act::black_hole:
            return true;
    }
    return false;
}

std::string Receiver::text_of(Act act, Label label) const {
    if (speaks_ == Speaks::http)
        return act == Act::refuse_now ? "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
                                      : "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    const auto to = act == Act::foreign ? "X" + to_text(label) : to_text(label);
    const std::string code = act == Act::refuse_now ? "AR" : "AA";
    return "\x0bMSH|^~\\&|SINK|R9Z|CAUSEWAY|R9Z|20261121080000||ACK|S" + to + "|P|2.5.1\rMSA|" + code + "|" + to +
           "\r" + (act == Act::refuse_now ? "ERR||MSH-10|207|E\r" : "") + "\x1c\r";
}

}  // namespace causeway::test
