#pragma once
/// At which rate the backlog of a destination drains, where an operator has chosen one.

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/time.hpp"

namespace causeway::pipeline {

/// Deliveries a second, by destination. Threads: any. What is chosen lives in the ledger as notes ("drain/pas");
/// this is what the dispatcher asks before each start.
class DrainRates {
public:
    /// Least and greatest rate: one an hour, and what needs no limit any more.
    static constexpr double kLeast = 1.0 / 3600, kMost = 100'000;
    /// "*" stands for every destination that has no rate of its own.
    static constexpr std::string_view kEvery = "*";

    void set(const std::string& destination, double a_second);
    void clear(const std::string& destination);
    std::map<std::string, double> all() const;

    /// Zero: one delivery may start now, and counts. Else how long to wait before asking again.
    Duration admit(std::string_view destination, std::chrono::steady_clock::time_point now);

private:
    struct Pace {
        double a_second = 0;
        std::chrono::steady_clock::time_point next{};
    };
    Pace* pace_of(std::string_view destination);

    std::atomic<bool> any_{false};
    mutable std::mutex mutex_;
    std::map<std::string, double, std::less<>> chosen_;
    std::map<std::string, Pace, std::less<>> paces_;  ///< One a destination, also under "*".
};

/// "5", "0.5", "20/s", "30/m", "100/h" as deliveries a second.
Result<double> parse_rate(std::string_view text);
/// In the largest unit that needs no fraction: "20/s", "30/m", "2.5/s".
std::string rate_text(double a_second);

}  // namespace causeway::pipeline
