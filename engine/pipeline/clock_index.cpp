#include "pipeline/clock_index.hpp"

#include <algorithm>

namespace causeway::pipeline {

std::vector<std::string> journeys_of(const std::vector<Key>& keys) {
    std::vector<std::string> found;
    for (const auto& key : keys) {
        if (key.kind != "ubrn" && key.kind != "referral") continue;
        if (std::find(found.begin(), found.end(), key.value) == found.end()) found.push_back(key.value);
    }
    return found;
}

void ClockIndex::add(const PathwayClock& clock, const std::vector<std::string>& journeys) {
    // A promise that no message can keep is kept by nobody's message.
    if (clock.stop_when.empty() || clock.state == PathwayClock::State::stopped || journeys.empty()) return;
    const std::lock_guard lock(mutex_);
    if (!journeys_.try_emplace(clock.id.value, journeys).second) return;
    for (const auto& journey : journeys) by_journey_.emplace(journey, clock);
}

void ClockIndex::remove(Id clock) {
    const std::lock_guard lock(mutex_);
    const auto known = journeys_.find(clock.value);
    if (known == journeys_.end()) return;
    for (const auto& journey : known->second) {
        const auto [from, to] = by_journey_.equal_range(journey);
        const auto found = std::find_if(from, to, [&](const auto& one) { return one.second.id == clock; });
        if (found != to) by_journey_.erase(found);
    }
    journeys_.erase(known);
}

std::vector<PathwayClock> ClockIndex::of(const std::string& journey) const {
    std::vector<PathwayClock> found;
    const std::lock_guard lock(mutex_);
    const auto [from, to] = by_journey_.equal_range(journey);
    for (auto at = from; at != to; ++at) found.push_back(at->second);
    return found;
}

}  // namespace causeway::pipeline
