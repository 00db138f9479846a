#pragma once
/// What was read from a connection and not yet understood, and points in time that several reads share.

#include <chrono>
#include <string>
#include <string_view>

#include "net/stream.hpp"

namespace causeway::net {

/// Bytes between a stream and a parser.
class HttpBuffer {
public:
    static constexpr std::size_t kBlock = 16 * 1024;  ///< The most that fill() reads.

    explicit HttpBuffer(Stream& stream) : stream_(stream) {}

    std::string_view view() const noexcept { return std::string_view(data_).substr(at_); }
    bool empty() const noexcept { return at_ == data_.size(); }
    void consume(std::size_t size);
    /// Reads more; 0 is the peer's end.
    Async<std::size_t> fill(Duration limit);

private:
    Stream& stream_;
    std::string data_;
    std::size_t at_ = 0;
};

/// A limit that begins now. Zero means none.
class HttpDeadline {
public:
    explicit HttpDeadline(Duration limit)
        : limited_(limit > Duration::zero()), end_(std::chrono::steady_clock::now() + limit) {}

    /// Time in which the peer was not read from does not count.
    void extend(std::chrono::steady_clock::duration time) { end_ += time; }

    /// What is left of it, at least a microsecond; zero where there is no limit.
    Duration left() const {
        if (!limited_) return Duration::zero();
        return std::max(std::chrono::duration_cast<Duration>(end_ - std::chrono::steady_clock::now()), Duration(1));
    }

private:
    bool limited_;
    std::chrono::steady_clock::time_point end_;
};

}  // namespace causeway::net
