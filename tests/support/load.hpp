#pragma once
/// A load generator: many connections from one thread, each with one request in flight; and peers that take what is
/// sent.

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::test {

struct Load {
    std::uint16_t port = 0;
    int connections = 1;
    double seconds = 1;
    std::uint64_t most = ~std::uint64_t{0};  ///< Requests in all.
    /// Requests a second, at even intervals whether or not earlier ones were answered; each waits for an idle
    /// connection and its latency counts from when it was due. Zero: each connection sends again as soon as it is
    /// answered.
    double rate = 0;
    /// The bytes of request number `n`.
    std::function<std::string(std::uint64_t n)> request;
    /// Length of the first whole answer in the bytes, 0 while it is not whole.
    std::function<std::size_t(std::string_view bytes)> answer;
    /// Does the answer say that the message was taken? What was not counts as refused. Empty: every answer does.
    std::function<bool(std::string_view answer)> positive;
    /// Told of each answer; may be empty.
    std::function<void(std::uint64_t n, std::string_view answer)> answered;
};

struct Outcome {
    std::uint64_t sent = 0, answered = 0, refused = 0;
    double seconds = 0;
    std::string refusal;           ///< The first answer that was not positive.
    std::vector<float> latencies;  ///< Of what was answered and not refused: seconds, sorted.

    double rate() const { return seconds > 0 ? static_cast<double>(answered) / seconds : 0; }
    double percentile(double share) const {
        return latencies.empty()
                   ? 0
                   : latencies[static_cast<std::size_t>(share * static_cast<double>(latencies.size() - 1))];
    }
};

/// Ends after the time, when all connections are closed by the peer, or when `most` are answered.
Outcome generate(const Load& load);

/// Length of the first MLLP frame, 0 while none is whole.
std::size_t mllp_answer(std::string_view bytes);
/// Length of the first HTTP response with a Content-Length, 0 while none is whole.
std::size_t http_answer(std::string_view bytes);

/// The acknowledgement says that the message is safe: AA or CA.
bool mllp_positive(std::string_view answer);
/// The response has a status of 2xx.
bool http_positive(std::string_view answer);

/// Length of the first HTTP request with a Content-Length, 0 while none is whole.
std::size_t http_request_length(std::string_view bytes);

/// Accepts connections on a free port of the loopback interface and answers every request with the bytes that `reply`
/// makes of it, on a thread of its own. An empty reply sends nothing.
class Sink {
public:
    /// `length`: of the first whole request in the bytes, 0 while it is not whole.
    Sink(std::function<std::size_t(std::string_view bytes)> length,
         std::function<std::string(std::string_view request)> reply);
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    ~Sink();
    std::uint16_t port() const { return port_; }

private:
    struct Loop;
    Loop* loop_;
    std::uint16_t port_ = 0;
};

/// A Sink of MLLP frames; `reply` sees and gives the message without its framing.
class MllpSink {
public:
    explicit MllpSink(std::function<std::string(std::string_view message)> reply);
    std::uint16_t port() const { return sink_.port(); }

private:
    Sink sink_;
};

}  // namespace causeway::test
