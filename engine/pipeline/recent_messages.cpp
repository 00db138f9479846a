#include "pipeline/recent_messages.hpp"

#include <utility>

namespace causeway::pipeline {
namespace {

/// Longer than a message takes that nothing holds up.
constexpr auto kFetchedWithin = std::chrono::seconds(5);
/// Keys, identity, obligations and tables, beside the body.
constexpr std::size_t kOverhead = 3'000;
/// A parsed message takes about three times its bytes, a large one of FHIR six: it has many small elements.
constexpr std::size_t kParsed = 3, kParsedLarge = 6, kLarge = 64 * 1024;

/// What is sent as it came does not need the document, which another obligation may want at the same moment.
bool reads(const Obligation& obligation) {
    return obligation.duty == Duty::process || !obligation.map.empty();
}

}  // namespace

void RecentMessages::put(MessagePtr message, Parsed parsed, std::vector<Obligation> owed) {
    if (owed.empty()) return;
    const auto now = std::chrono::steady_clock::now();
    const auto id = message->id.value;
    const std::lock_guard lock(mutex_);
    make_room(now);
    // Parsing again is dear, reading again is dearer: the second half is for messages alone.
    if (bytes_ > most_bytes_ / 2) parsed.document.reset();
    const auto size = message->body.size();
    const auto factor = size < kLarge ? kParsed : kParsedLarge;
    const auto bytes = size * (parsed.document ? 1 + factor : 1) + kOverhead;
    if (bytes_ + bytes > most_bytes_ || entries_.contains(id)) return;
    Entry entry{std::move(message), std::move(parsed), {}, bytes};
    for (auto& one : owed) {
        message_of_[one.id.value] = id;
        entry.owed.emplace(one.id.value, std::move(one));
    }
    entries_.emplace(id, std::move(entry));
    arrivals_.push_back({id, now});
    bytes_ += bytes;
}

std::optional<RecentMessages::Taken> RecentMessages::take(Id obligation) {
    const std::lock_guard lock(mutex_);
    const auto known = message_of_.find(obligation.value);
    if (known == message_of_.end()) return std::nullopt;
    const auto message = known->second;
    auto& entry = entries_.at(message);
    const auto owed = entry.owed.find(obligation.value);
    Taken taken{std::move(owed->second), entry.message, {}};
    if (reads(taken.obligation)) taken.parsed = std::exchange(entry.parsed, {});
    entry.owed.erase(owed);
    message_of_.erase(known);
    if (entry.owed.empty()) erase(message);
    return taken;
}

void RecentMessages::give_back(Id message, Parsed parsed) {
    const std::lock_guard lock(mutex_);
    const auto entry = entries_.find(message.value);
    if (entry != entries_.end()) entry->second.parsed = std::move(parsed);
}

void RecentMessages::keep_within(std::size_t most_bytes) {
    const std::lock_guard lock(mutex_);
    most_bytes_ = most_bytes;
    for (; bytes_ > most_bytes_ && !arrivals_.empty(); arrivals_.pop_front()) erase(arrivals_.front().message);
}

void RecentMessages::forget(Id target) {
    const std::lock_guard lock(mutex_);
    const auto known = message_of_.find(target.value);
    erase(known == message_of_.end() ? target.value : known->second);
}

void RecentMessages::make_room(Time now) {
    while (!arrivals_.empty()) {
        const auto oldest = arrivals_.front();
        if (entries_.contains(oldest.message) && now - oldest.at < kFetchedWithin) return;
        erase(oldest.message);
        arrivals_.pop_front();
    }
}

void RecentMessages::erase(std::int64_t message) {
    const auto entry = entries_.find(message);
    if (entry == entries_.end()) return;
    for (const auto& [obligation, owed] : entry->second.owed) message_of_.erase(obligation);
    bytes_ -= entry->second.bytes;
    entries_.erase(entry);
}

}  // namespace causeway::pipeline
