#include "pipeline/attempts.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace causeway::pipeline {

struct Attempts::State {
    struct Acting {
        Id message, obligation;
        bool concerns(Id of, Id one) const { return message == of && (!obligation || obligation == one); }
    };

    std::mutex mutex;
    Turn turn = 0;
    std::unordered_map<std::int64_t, std::int64_t> sending;  ///< Obligation to its message.
    std::vector<Acting> acting;                              ///< Few at a time.
};

Attempts::Attempts() : state_(std::make_shared<State>()) {
}

Attempts::Sending::~Sending() {
    if (!state_) return;
    const std::lock_guard lock(state_->mutex);
    state_->sending.erase(obligation_.value);
}

Attempts::Act::~Act() {
    if (!state_) return;
    const std::lock_guard lock(state_->mutex);
    auto& acting = state_->acting;
    acting.erase(std::find_if(acting.begin(), acting.end(), [&](const State::Acting& one) {
        return one.message == message_ && one.obligation == obligation_;
    }));
    ++state_->turn;  // What was read since it began may be old, too.
}

Attempts::Turn Attempts::turn() const {
    const std::lock_guard lock(state_->mutex);
    return state_->turn;
}

Attempts::Sending Attempts::send(Id message, Id obligation) {
    const std::lock_guard lock(state_->mutex);
    const auto& acting = state_->acting;
    if (std::any_of(acting.begin(), acting.end(), [&](const auto& one) { return one.concerns(message, obligation); }))
        return {nullptr, obligation};
    state_->sending.emplace(obligation.value, message.value);
    return {state_, obligation};
}

Result<Attempts::Act> Attempts::act(Id message, Id obligation) {
    const std::lock_guard lock(state_->mutex);
    const auto& sending = state_->sending;
    const bool sent = obligation ? sending.contains(obligation.value)
                                 : std::any_of(sending.begin(), sending.end(),
                                               [&](const auto& one) { return one.second == message.value; });
    if (sent)
        return fail(Issue::conflict, "ledger",
                    "A delivery of it is in flight and cannot be changed; try again when that attempt has ended.",
                    Retry::later);
    ++state_->turn;
    state_->acting.push_back({message, obligation});
    return Act(state_, message, obligation);
}

}  // namespace causeway::pipeline
