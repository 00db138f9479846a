#pragma once
/// Which promises a message may keep: clocks that have not stopped, by their journey.

#include <atomic>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/message.hpp"
#include "store/message_store.hpp"

namespace causeway::pipeline {

/// What makes messages one journey: the values of the keys "ubrn" and "referral" (HL7 v2 has one place for both,
/// RF1-6).
std::vector<std::string> journeys_of(const std::vector<Key>& keys);

/// So that a message costs what promises its journey has, not what messages it has. Threads: any.
class ClockIndex {
public:
    void add(const PathwayClock& clock, const std::vector<std::string>& journeys);
    void remove(Id clock);
    std::vector<PathwayClock> of(const std::string& journey) const;

    /// After a start the clocks of the ledger come in the background: until then it must be asked.
    bool complete() const noexcept { return complete_; }
    void set_complete(bool complete) noexcept { complete_ = complete; }

private:
    mutable std::mutex mutex_;
    std::unordered_multimap<std::string, PathwayClock> by_journey_;
    std::unordered_map<std::int64_t, std::vector<std::string>> journeys_;  ///< By clock.
    std::atomic<bool> complete_{false};
};

}  // namespace causeway::pipeline
