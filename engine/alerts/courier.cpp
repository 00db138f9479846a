#include "alerts/courier.hpp"

#include <algorithm>
#include <utility>

namespace causeway::alerts {

bool Courier::due(bool waiting, const pipeline::AlertSettings& settings, Instant now) {
    if (!waiting) {
        first_waiting_ = Instant();
        return false;
    }
    if (first_waiting_ == Instant() || first_waiting_ > now) first_waiting_ = now;
    if (busy_) return false;
    // A clock that was put back must not silence it.
    told_at_ = std::min(told_at_, now);
    next_attempt_ = std::min(next_attempt_, now + kLongestPause);
    if (failing_since_ != Instant()) return now >= next_attempt_;
    const bool rested = told_at_ == Instant() || now - told_at_ >= settings.pause;
    return rested && now - first_waiting_ >= settings.gather;
}

void Courier::told(Instant now) {
    busy_ = false;
    first_waiting_ = failing_since_ = next_attempt_ = Instant();
    told_at_ = now;
    pause_ = kFirstPause;
    why_.clear();
}

bool Courier::failed(std::string why, Instant now) {
    busy_ = false;
    why_ = std::move(why);
    next_attempt_ = now + pause_;
    pause_ = std::min(pause_ * 2, kLongestPause);
    if (failing_since_ != Instant()) return false;
    failing_since_ = now;
    return true;
}

}  // namespace causeway::alerts
