/// What the queues say.

#include <algorithm>

#include "alerts/sources.hpp"

namespace causeway::alerts {

using pipeline::AlertSettings;
using pipeline::Signal;

namespace {

/// The source has its own patience: an age.
constexpr Duration kAtOnce{1};

std::string name_of(const std::string& destination) {
    return destination.empty() ? "processing" : destination;
}

/// Is it waiting for its turn, or for another attempt? An answer that is awaited is no queue.
bool queues(const WaitingGroup& group) {
    return group.duty != Duty::answer && (group.state == State::queued || group.state == State::in_flight);
}

void add(Signal& signal, const WaitingGroup& group) {
    signal.oldest = signal.count == 0 ? group.oldest : std::min(signal.oldest, group.oldest);
    signal.count += group.count;
    signal.urgent += group.urgent;
}

std::string number_of(std::int64_t count) {
    return count == 1 ? "1 message" : std::to_string(count) + " messages";
}

/// What waits for each destination.
std::map<std::string, Signal> by_destination(const std::vector<WaitingGroup>& waiting) {
    std::map<std::string, Signal> found;
    for (const auto& group : waiting)
        if (queues(group)) add(found[group.destination], group);
    return found;
}

/// The cause that most of what fails there has.
std::map<std::string, const WaitingGroup*> failing_by_destination(const std::vector<WaitingGroup>& waiting) {
    std::map<std::string, const WaitingGroup*> found;
    for (const auto& group : waiting) {
        if (group.duty != Duty::deliver || group.state != State::queued || group.cause.empty()) continue;
        auto& largest = found[group.destination];
        if (largest == nullptr || group.count > largest->count) largest = &group;
    }
    return found;
}

std::string age_sentence(const std::string& who, const Signal& signal, Instant oldest, Instant now) {
    return number_of(signal.count) + (who == "processing" ? " wait to be processed" : " wait for " + who) +
           ", the oldest for " + age_text(now - oldest) + '.';
}

Instant oldest_urgent(const std::vector<WaitingGroup>& waiting, const std::string& destination) {
    Instant oldest = Instant::max();
    for (const auto& group : waiting)
        if (queues(group) && group.destination == destination && group.oldest_urgent != Instant())
            oldest = std::min(oldest, group.oldest_urgent);
    return oldest;
}

std::string listed(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
    return text;
}

Duration allowed(const AlertSettings& settings, const std::string& destination) {
    const auto own = settings.queue_age_of.find(destination);
    return own == settings.queue_age_of.end() ? settings.queue_age : own->second;
}

}  // namespace

std::vector<Signal> DownWatch::look(const std::vector<WaitingGroup>& waiting, const Confirmed& confirmed, Instant now) {
    const auto failing = failing_by_destination(waiting);
    const auto totals = by_destination(waiting);
    std::erase_if(failing_, [&](const auto& entry) { return !failing.contains(entry.first); });
    std::vector<Signal> signals;
    for (const auto& [destination, group] : failing) {
        const auto count = confirmed(destination);
        auto& known = failing_.try_emplace(destination, Failing{count, now}).first->second;
        if (known.confirmed != count) {
            known = {count, now};
            continue;
        }
        auto signal = totals.at(destination);
        signal.kind = "destination-down";
        signal.subject = destination;
        signal.since = known.since;
        signal.what = destination + " takes no messages: " + number_of(signal.count) +
                      (signal.count == 1 ? " waits" : " wait") + ". " + group->cause;
        signal.todo =
            "See whether it runs and is reached; `causeway exceptions` says how attempts fail. What waits is "
            "delivered by itself afterwards; `causeway drain` sets a rate.";
        signals.push_back(std::move(signal));
    }
    return signals;
}

std::vector<Signal> queue_age_signals(const std::vector<WaitingGroup>& waiting, const AlertSettings& settings,
                                      Instant now) {
    std::vector<Signal> signals;
    for (auto [destination, signal] : by_destination(waiting)) {
        const auto urgent = oldest_urgent(waiting, destination);
        const bool late_urgent = urgent != Instant::max() && now - urgent > settings.queue_age_urgent;
        const bool late = now - signal.oldest > allowed(settings, destination);
        if (!late && !late_urgent) continue;
        signal.kind = "queue-age";
        signal.subject = name_of(destination);
        signal.start_after = kAtOnce;
        signal.what = age_sentence(signal.subject, signal, signal.oldest, now);
        if (late_urgent) signal.what += " An urgent one has waited for " + age_text(now - urgent) + '.';
        signal.since = late ? signal.oldest + allowed(settings, destination) : urgent + settings.queue_age_urgent;
        signal.todo = "`causeway queue` says what waits behind what, `causeway exceptions` what fails.";
        signals.push_back(std::move(signal));
    }
    return signals;
}

std::vector<Signal> held_signals(const std::vector<WaitingGroup>& waiting, const AlertSettings& settings, Instant now) {
    std::map<std::pair<std::string, std::string>, Signal> held;
    for (const auto& group : waiting)
        if (group.state == State::held) add(held[{group.destination, group.owner}], group);
    std::vector<Signal> signals;
    for (auto& [where, signal] : held) {
        const auto& [destination, owner] = where;
        if (!owner.empty() && now - signal.oldest <= settings.unattended) continue;
        signal.kind = "held";
        signal.subject = name_of(destination) + (owner.empty() ? "" : '/' + owner);
        signal.owner = owner;
        signal.what = number_of(signal.count) + (destination.empty() ? "" : " for " + destination) +
                      (signal.count == 1 ? " is" : " are") + " held " +
                      (owner.empty() ? "and owned by nobody" : "for " + owner) + "; the oldest is " +
                      age_text(now - signal.oldest) + " old.";
        if (!owner.empty()) {
            signal.start_after = kAtOnce;
            signal.since = signal.oldest + settings.unattended;
        }
        signal.todo = "`causeway exceptions` groups them by cause and says what ends each group.";
        signals.push_back(std::move(signal));
    }
    return signals;
}

bool attended(const PathwayClock& clock, const std::vector<Event>& events) {
    return std::any_of(events.begin(), events.end(), [&](const Event& event) {
        return event.at > clock.breach_at && !event.actor.empty() && event.actor != "engine";
    });
}

std::vector<Signal> breach_signals(const std::vector<PathwayClock>& running) {
    constexpr std::size_t named = 5;
    std::map<std::string, std::pair<Signal, std::vector<std::string>>> broken;
    for (const auto& clock : running) {
        if (clock.state != PathwayClock::State::breached) continue;
        const auto day = to_fhir_instant(clock.breach_at).substr(0, 10);
        auto& [signal, journeys] = broken[clock.name + '/' + day + (clock.owner.empty() ? "" : '/' + clock.owner)];
        signal.oldest = signal.count == 0 ? clock.breach_at : std::min(signal.oldest, clock.breach_at);
        signal.owner = clock.owner;
        signal.what = "\"" + clock.name + "\" of " + day;
        ++signal.count;
        if (journeys.size() < named) journeys.push_back(clock.message.text());
    }
    std::vector<Signal> signals;
    for (auto& [subject, found] : broken) {
        auto& [signal, journeys] = found;
        signal.kind = "clock-breach";
        signal.subject = subject;
        signal.since = signal.oldest;
        signal.start_after = kAtOnce;
        signal.what = (signal.count == 1 ? "1 promise " : std::to_string(signal.count) + " promises ") + signal.what +
                      (signal.count == 1 ? " is" : " are") + " broken and not kept yet: " + listed(journeys) +
                      (static_cast<std::size_t>(signal.count) > journeys.size() ? ", ..." : "") + '.';
        signal.todo =
            "Look at each (`causeway journey ID`) and act. It is over when the promise is kept, or somebody has acted "
            "on the message; `causeway settle ID --reason TEXT` ends what was dealt with elsewhere.";
        signals.push_back(std::move(signal));
    }
    return signals;
}

std::uint64_t Rise::look(std::uint64_t count, Instant now) {
    counts_[now] = count;
    std::erase_if(counts_,
                  [&](const auto& entry) { return entry.first > now || now - entry.first > std::chrono::hours(1); });
    const auto before = counts_.begin()->second;
    return count > before ? count - before : 0;
}

}  // namespace causeway::alerts
