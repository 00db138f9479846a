#pragma once
/// A sending system: one patient, one connection, messages in order, each one sent until it is acknowledged.

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

namespace causeway::test {

/// Threads: work() on one; the numbers may be read from any.
class Sender {
public:
    explicit Sender(int lane) : lane_(lane) {}

    /// Sends until the engine is gone, `stop` is set, or `most` more are acknowledged; a message that had no positive
    /// acknowledgement is sent again first.
    void work(std::uint16_t port, const std::atomic<bool>& stop, std::uint64_t most = ~std::uint64_t{0});

    /// Acknowledgements that are read from now on do not count (nor are they denied): what they say may be lost.
    void doubt() { doubting_ = true; }
    void trust() { doubting_ = false; }

    int lane() const { return lane_; }
    /// Messages 0 to acknowledged() - 1 have been acknowledged; those up to sent() - 1 may have arrived.
    std::uint64_t acknowledged() const { return acknowledged_; }
    std::uint64_t sent() const { return sent_; }
    std::uint64_t refused() const { return refused_; }
    /// For who sends by itself: the first message in its frame, and its answer.
    std::string first_frame();
    void take_first(std::string_view answer);
    /// HL7 v2, the same for each call.
    std::string message(std::uint64_t number) const;

private:
    enum class Answer { positive, negative, none };
    Answer exchange(int fd, std::uint64_t number);
    Answer judge(std::string_view received, std::uint64_t number) const;

    const int lane_;
    std::atomic<std::uint64_t> acknowledged_{0}, sent_{0}, refused_{0};
    std::atomic<bool> doubting_{false};
};

/// A connection to a port of the loopback interface; -1 where nobody listens. Reading gives up after `seconds`.
int connect_to(std::uint16_t port, int seconds = 10);

}  // namespace causeway::test
