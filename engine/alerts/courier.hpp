#pragma once
/// When a receiver is told: what begins together goes together, never two messages shortly after each other, and after
/// a failure again with growing pauses.

#include <string>

#include "core/time.hpp"
#include "pipeline/alert_settings.hpp"

namespace causeway::alerts {

/// Decides, and sends nothing itself. Threads: one.
class Courier {
public:
    static constexpr Duration kFirstPause = std::chrono::seconds(10), kLongestPause = std::chrono::minutes(10);

    /// Is it time to send? `waiting`: there is something to tell.
    bool due(bool waiting, const pipeline::AlertSettings& settings, Instant now);
    void sending() { busy_ = true; }
    void told(Instant now);
    /// Says whether it is the first failure since it was reached.
    bool failed(std::string why, Instant now);

    Instant told_at() const noexcept { return told_at_; }
    Instant failing_since() const noexcept { return failing_since_; }
    Instant next_attempt() const noexcept { return next_attempt_; }
    const std::string& why() const noexcept { return why_; }

private:
    bool busy_ = false;
    Instant first_waiting_, told_at_, failing_since_, next_attempt_;
    Duration pause_ = kFirstPause;
    std::string why_;
};

}  // namespace causeway::alerts
