#include "pipeline/drain_rate.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>

namespace causeway::pipeline {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// A timer that came late does not lower the rate: this much may be made up for.
constexpr auto kLate = std::chrono::milliseconds(100);

SteadyClock::duration pause_of(double a_second) {
    return std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(1 / a_second));
}

}  // namespace

void DrainRates::set(const std::string& destination, double a_second) {
    const std::lock_guard lock(mutex_);
    chosen_[destination] = std::clamp(a_second, kLeast, kMost);
    paces_.clear();
    any_ = true;
}

void DrainRates::clear(const std::string& destination) {
    const std::lock_guard lock(mutex_);
    chosen_.erase(destination);
    paces_.clear();
    any_ = !chosen_.empty();
}

std::map<std::string, double> DrainRates::all() const {
    const std::lock_guard lock(mutex_);
    return {chosen_.begin(), chosen_.end()};
}

DrainRates::Pace* DrainRates::pace_of(std::string_view destination) {
    if (const auto known = paces_.find(destination); known != paces_.end()) return &known->second;
    auto chosen = chosen_.find(destination);
    if (chosen == chosen_.end()) chosen = chosen_.find(kEvery);
    if (chosen == chosen_.end()) return nullptr;
    return &paces_.emplace(std::string(destination), Pace{chosen->second, {}}).first->second;
}

Duration DrainRates::admit(std::string_view destination, SteadyClock::time_point now) {
    if (!any_) return Duration::zero();
    const std::lock_guard lock(mutex_);
    auto* pace = pace_of(destination);
    if (pace == nullptr) return Duration::zero();
    if (pace->next > now) return std::chrono::ceil<Duration>(pace->next - now);
    pace->next = std::max(pace->next, now - kLate) + pause_of(pace->a_second);
    return Duration::zero();
}

Result<double> parse_rate(std::string_view text) {
    const auto wrong = fail(Issue::value, "rate", "Give a rate such as 5/s, 30/m or 100/h.");
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc()) return wrong;
    const auto unit = text.substr(static_cast<std::size_t>(end - text.data()));
    const double seconds = unit.empty() || unit == "/s" ? 1 : unit == "/m" ? 60 : unit == "/h" ? 3600 : 0;
    if (seconds == 0 || !std::isfinite(number)) return wrong;
    const auto rate = number / seconds;
    if (rate < DrainRates::kLeast || rate > DrainRates::kMost)
        return fail(Issue::value, "rate", "Give a rate from 1/h to 100000/s; to stop altogether, hold.");
    return rate;
}

std::string rate_text(double a_second) {
    constexpr std::pair<double, const char*> kUnits[] = {{1, "/s"}, {60, "/m"}, {3600, "/h"}};
    const auto* unit = &kUnits[0];
    for (const auto& one : kUnits)
        if (const auto number = a_second * one.first; std::abs(number - std::round(number)) < 1e-6 * number) {
            unit = &one;
            break;
        }
    char text[32];
    std::snprintf(text, sizeof text, "%.6g%s", a_second * unit->first, unit->second);
    return text;
}

}  // namespace causeway::pipeline
