#pragma once
/// What a sender sees of one exchange over a raw socket: the bytes of the answer, taken apart, and whether the engine
/// closed the connection.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/tcp.hpp"

namespace causeway::test {

/// An acknowledgement in the delimiters | and ^; every part is empty where nothing came.
struct Ack {
    std::string text;
    std::string code;                     ///< MSA-1.
    std::string control_id;               ///< MSA-2.
    std::string error;                    ///< ERR-3.1 of the first error.
    std::string place;                    ///< ERR-2 of the first error.
    std::vector<std::string> severities;  ///< ERR-4 of each ERR.
    bool closed = false;                  ///< The engine closed the connection after it.
};

struct HttpAnswer {
    int status = 0;
    std::string head;
    std::string body;
    bool closed = false;

    /// The value of a header that the engine writes as `name`; empty where it is not there.
    std::string header(std::string_view name) const {
        const auto begin = head.find("\r\n" + std::string(name) + ": ");
        if (begin == std::string::npos) return {};
        const auto value = begin + name.size() + 4;
        return head.substr(value, head.find("\r\n", value) - value);
    }
};

constexpr auto kAnswerTime = Millis(15'000);
constexpr auto kQuiet = Millis(300);  ///< After this long an open connection counts as left open.

inline std::string nth(std::string_view text, char separator, std::size_t n) {
    for (; n > 0; --n) {
        const auto at = text.find(separator);
        if (at == std::string_view::npos) return {};
        text.remove_prefix(at + 1);
    }
    return std::string(text.substr(0, text.find(separator)));
}

inline Ack read_ack(std::string frame) {
    Ack ack;
    for (std::size_t n = 0; n < 100; ++n) {
        const auto segment = nth(frame, '\r', n);
        if (segment.starts_with("MSA|")) {
            ack.code = nth(segment, '|', 1);
            ack.control_id = nth(segment, '|', 2);
        } else if (segment.starts_with("ERR|")) {
            ack.severities.push_back(nth(segment, '|', 4));
            if (ack.severities.back() != "E" || !ack.error.empty()) continue;
            ack.place = nth(segment, '|', 2);
            ack.error = nth(nth(segment, '|', 3), '^', 0);
        }
    }
    ack.text = std::move(frame);
    return ack;
}

inline std::string framed(std::string_view message) {
    return '\x0b' + std::string(message) + "\x1c\r";
}

/// Sends bytes as they are to an MLLP port and takes one answer, or none where the engine closes first.
inline Ack send_bytes(std::uint16_t port, std::string_view bytes) {
    auto connection = Tcp::connect(port);
    connection.send(bytes);
    auto ack = read_ack(connection.receive_until("\x1c\r", kAnswerTime));
    ack.closed = connection.is_closed(ack.text.empty() ? Millis(0) : kQuiet);
    return ack;
}

inline Ack send_message(std::uint16_t port, std::string_view message) {
    return send_bytes(port, framed(message));
}

/// Sends bytes as they are to an HTTP port and takes one response.
inline HttpAnswer send_http(std::uint16_t port, std::string_view bytes) {
    auto connection = Tcp::connect(port);
    connection.send(bytes);
    HttpAnswer answer;
    answer.head = connection.receive_until("\r\n\r\n", kAnswerTime);
    if (answer.head.empty()) return answer;
    answer.status = std::stoi(nth(answer.head, ' ', 1));
    const auto length = answer.header("Content-Length");
    if (!length.empty()) answer.body = connection.receive_exactly(std::stoul(length), kAnswerTime);
    answer.closed = connection.is_closed(answer.header("Connection") == "close" ? kAnswerTime : kQuiet);
    return answer;
}

/// A POST of FHIR JSON; `headers` are whole lines, each with its CR LF, and come in place of Content-Type and Accept
/// where they name them.
inline std::string post(std::string_view target, std::string_view body, const std::string& headers = {}) {
    std::string head = "POST " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n" + headers;
    if (headers.find("Content-Type") == std::string::npos) head += "Content-Type: application/fhir+json\r\n";
    if (headers.find("Content-Length") == std::string::npos)
        head += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return head + "\r\n" + std::string(body);
}

}  // namespace causeway::test
