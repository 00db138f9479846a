#include "pipeline/attempts.hpp"

#include <algorithm>
#include <utility>

namespace causeway::pipeline {

Attempts::Sending::Sending(Sending&& other) noexcept
    : attempts_(std::exchange(other.attempts_, nullptr)), obligation_(other.obligation_) {
}

Attempts::Sending::~Sending() {
    if (attempts_) attempts_->end_sending(obligation_);
}

Attempts::Act::Act(Act&& other) noexcept
    : attempts_(std::exchange(other.attempts_, nullptr)), message_(other.message_), obligation_(other.obligation_) {
}

Attempts::Act::~Act() {
    if (attempts_) attempts_->end_act(message_, obligation_);
}

Attempts::Turn Attempts::turn() const {
    const std::lock_guard lock(mutex_);
    return turn_;
}

Attempts::Sending Attempts::send(Id message, Id obligation) {
    const std::lock_guard lock(mutex_);
    const bool changing = std::any_of(acting_.begin(), acting_.end(), [&](const Acting& one) {
        return one.message == message && (!one.obligation || one.obligation == obligation);
    });
    if (changing) return {nullptr, obligation};
    sending_.emplace(obligation.value, message.value);
    return {this, obligation};
}

Result<Attempts::Act> Attempts::act(Id message, Id obligation) {
    const std::lock_guard lock(mutex_);
    const bool sent = obligation ? sending_.count(obligation.value) != 0
                                 : std::any_of(sending_.begin(), sending_.end(),
                                               [&](const auto& one) { return one.second == message.value; });
    if (sent)
        return fail(Issue::conflict, "ledger",
                    "A delivery of it is in flight and cannot be changed; try again when that attempt has ended.",
                    Retry::later);
    ++turn_;
    acting_.push_back({message, obligation});
    return Act(this, message, obligation);
}

void Attempts::end_sending(Id obligation) {
    const std::lock_guard lock(mutex_);
    sending_.erase(obligation.value);
}

void Attempts::end_act(Id message, Id obligation) {
    const std::lock_guard lock(mutex_);
    const auto one = std::find_if(acting_.begin(), acting_.end(), [&](const Acting& acting) {
        return acting.message == message && acting.obligation == obligation;
    });
    acting_.erase(one);
    ++turn_;  // What was read since it began may be old, too.
}

}  // namespace causeway::pipeline
