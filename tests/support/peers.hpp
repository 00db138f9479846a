#pragma once
/// The other end of a sender: it answers as a test tells it, over real sockets, on a thread of its own.

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/text.hpp"
#include "support/tcp.hpp"

namespace causeway::test {

/// What a peer does with a message: sends these bytes back (none: nothing), then perhaps closes.
struct Reply {
    std::string bytes;
    bool close = false;
};

/// Serves one connection after the other, each on its own thread, until it is destroyed.
class Peer {
public:
    /// Reads one request from the connection; nothing at its end.
    using Read = std::optional<std::string> (*)(Tcp&);
    using Answer = std::function<Reply(const std::string& request)>;

    Peer(Read read, Answer answer) : read_(read), answer_(std::move(answer)), acceptor_([this] { accept(); }) {}
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    ~Peer() {
        stopping_ = true;
        acceptor_.join();
        for (auto& thread : threads_) thread.join();
    }

    std::uint16_t port() const { return server_.port(); }
    std::vector<std::string> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }
    std::size_t connections() const { return connections_; }

private:
    void accept() {
        while (!stopping_) {
            auto socket = server_.accept(Millis(20));
            if (!socket) continue;
            ++connections_;
            threads_.emplace_back([this, connection = std::move(*socket)]() mutable { serve(connection); });
        }
    }

    void serve(Tcp& connection) {
        while (!stopping_) {
            if (!connection.is_readable(Millis(20))) continue;
            const auto request = read_(connection);
            if (!request) return;
            {
                const std::lock_guard lock(mutex_);
                requests_.push_back(*request);
            }
            const auto reply = answer_(*request);
            connection.send(reply.bytes);
            if (reply.close) return connection.close();
        }
    }

    const Read read_;
    const Answer answer_;
    TcpServer server_;
    std::atomic<bool> stopping_{false};
    std::atomic<std::size_t> connections_{0};
    mutable std::mutex mutex_;
    std::vector<std::string> requests_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

/// One MLLP frame, without its framing.
inline std::optional<std::string> read_frame(Tcp& connection) {
    const auto frame = connection.receive_until("\x1c\r", Millis(2000));
    if (frame.size() < 3) return std::nullopt;
    return frame.substr(1, frame.size() - 3);
}

/// One HTTP request with its body, as it came.
inline std::optional<std::string> read_http(Tcp& connection) {
    auto head = connection.receive_until("\r\n\r\n", Millis(2000));
    if (!head.ends_with("\r\n\r\n")) return std::nullopt;
    for (const auto line : split(head, '\n')) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || !equals_ignoring_case(line.substr(0, colon), "content-length")) continue;
        head += connection.receive_exactly(std::stoul(std::string(trim(line.substr(colon + 1)))), Millis(2000));
        break;
    }
    return head;
}

inline std::string http_response(int status, std::string_view body, std::string_view headers = "") {
    return "HTTP/1.1 " + std::to_string(status) +
           " X\r\nContent-Type: application/fhir+json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(headers) + "\r\n" + std::string(body);
}

/// A field of the first segment of that name; MSH counted as HL7 does.
inline std::string hl7_field(const std::string& text, std::string_view segment, std::size_t number) {
    for (const auto line : split(text, '\r')) {
        if (!line.starts_with(segment)) continue;
        const auto fields = split(line, '|');
        const auto at = segment == "MSH" ? number - 1 : number;
        return at < fields.size() ? std::string(fields[at]) : std::string();
    }
    return {};
}

/// A framed acknowledgement; `extra` are further segments.
inline std::string mllp_ack(std::string_view code, std::string_view control_id, std::string_view extra = "") {
    return "\x0bMSH|^~\\&|PAS|RXX|CW|RYY|20260101120000||ACK|P" + std::string(control_id) + "|P|2.5\rMSA|" +
           std::string(code) + "|" + std::string(control_id) + "\r" + std::string(extra) + "\x1c\r";
}

}  // namespace causeway::test
