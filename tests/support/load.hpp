#pragma once
/// A load generator: many connections from one thread, each with one request in flight.

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
    /// The bytes of request number `n`.
    std::function<std::string(std::uint64_t n)> request;
    /// Length of the first whole answer in the bytes, 0 while it is not whole.
    std::function<std::size_t(std::string_view bytes)> answer;
    /// Told of each answer; may be empty.
    std::function<void(std::uint64_t n, std::string_view answer)> answered;
};

struct Outcome {
    std::uint64_t sent = 0, answered = 0;
    double seconds = 0;
    std::vector<float> latencies;  ///< Seconds, sorted.

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

/// Accepts connections on a free port of the loopback interface and answers every MLLP frame with what `reply` makes of
/// it, on a thread of its own. An empty reply sends nothing.
class MllpSink {
public:
    explicit MllpSink(std::function<std::string(std::string_view message)> reply);
    MllpSink(const MllpSink&) = delete;
    MllpSink& operator=(const MllpSink&) = delete;
    ~MllpSink();
    std::uint16_t port() const { return port_; }

private:
    struct Loop;
    Loop* loop_;
    std::uint16_t port_ = 0;
};

}  // namespace causeway::test
