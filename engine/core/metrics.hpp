#pragma once
/// Counters, gauges and histograms, written as Prometheus text (exposition format 0.0.4).

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::metrics {

/// Label names with values. Values are names from the configuration or codes, never contents of a message.
using Labels = std::vector<std::pair<std::string, std::string>>;

class Counter {
public:
    void add(std::uint64_t n = 1) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
    std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

class Gauge {
public:
    void set(std::int64_t v) noexcept { value_.store(v, std::memory_order_relaxed); }
    void add(std::int64_t n) noexcept { value_.fetch_add(n, std::memory_order_relaxed); }
    std::int64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::int64_t> value_{0};
};

/// Times in seconds in fixed buckets from 100 microseconds to 60 seconds.
class Histogram {
public:
    static constexpr std::array<double, 12> kBounds = {0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                       0.025,  0.1,    0.5,   2.5,    10,    60};
    void observe(double seconds) noexcept;

private:
    friend class Registry;
    std::array<std::atomic<std::uint64_t>, kBounds.size() + 1> buckets_{};
    std::atomic<std::uint64_t> microseconds_{0};
};

/// Owns all metrics of a process or a test. Metrics live as long as it does and never move, so keep the reference.
/// Threads: any.
class Registry {
public:
    Counter& counter(std::string_view name, std::string_view help, const Labels& labels = {});
    Gauge& gauge(std::string_view name, std::string_view help, const Labels& labels = {});
    Histogram& histogram(std::string_view name, std::string_view help, const Labels& labels = {});

    /// All metrics as Prometheus text.
    std::string text() const;

private:
    template <class Metric>
    struct Family {
        std::string help;
        std::map<std::string, Metric> by_labels;
    };
    mutable std::mutex mutex_;
    std::map<std::string, Family<Counter>, std::less<>> counters_;
    std::map<std::string, Family<Gauge>, std::less<>> gauges_;
    std::map<std::string, Family<Histogram>, std::less<>> histograms_;
};

}  // namespace causeway::metrics
