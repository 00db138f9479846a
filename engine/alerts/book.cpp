#include "alerts/book.hpp"

#include <algorithm>

namespace causeway::alerts {
namespace {

Duration quiet_of(const Incident& incident, const Patience& patience) {
    auto quiet = patience.end_after;
    for (int i = 0; i < incident.returns && quiet < kLongestQuiet; ++i) quiet *= 2;
    return incident.returns == 0 ? quiet : std::min(quiet, std::max(kLongestQuiet, patience.end_after));
}

}  // namespace

void Book::restore(std::vector<Incident> incidents, Instant now) {
    for (auto& incident : incidents) {
        const auto key = key_of(incident.facts);
        if (incident.open()) last_seen_[key] = now;
        incidents_[key] = std::move(incident);
    }
}

/// Seen long enough? What comes and goes is seen all the same, as long as it is not away for longer than that.
bool Book::ripe(const std::string& key, std::string_view source, const pipeline::Signal& signal,
                const Patience& patience, Instant now) {
    const auto wait = signal.start_after == Duration{} ? patience.start_after : signal.start_after;
    auto& suspicion = suspicions_.try_emplace(key, Suspicion{std::string(source), now, now}).first->second;
    suspicion.last_seen = now;
    // A clock that was put back must not keep it waiting.
    suspicion.first_seen = std::min(suspicion.first_seen, now);
    return now - suspicion.first_seen >= wait || wait <= Duration(1);
}

void Book::start(const std::string& key, std::string_view source, const pipeline::Signal& signal, Instant now) {
    const auto before = incidents_.find(key);
    Incident incident;
    if (before != incidents_.end() && now - before->second.ended_at < kReturns)
        incident.returns = before->second.returns + 1;
    incident.facts = signal;
    if (incident.facts.since == Instant()) incident.facts.since = suspicions_.at(key).first_seen;
    incident.source = std::string(source);
    incident.started_at = now;
    incident.id = id_of(signal, now);
    suspicions_.erase(key);
    last_seen_[key] = now;
    incidents_[key] = std::move(incident);
}

std::vector<Change> Book::update(std::string_view source, const std::vector<pipeline::Signal>& signals,
                                 const Patience& patience, Instant now) {
    std::vector<Change> changes;
    for (const auto& signal : signals) {
        const auto key = key_of(signal);
        if (auto* known = find(key); known && known->open()) {
            const auto since = known->facts.since;
            known->facts = signal;
            if (signal.since == Instant()) known->facts.since = since;
            last_seen_[key] = now;
        } else if (ripe(key, source, signal, patience, now)) {
            start(key, source, signal, now);
            changes.push_back({Change::Kind::started, key});
        }
    }
    end_unseen(source, patience, now, changes);
    return changes;
}

void Book::end_unseen(std::string_view source, const Patience& patience, Instant now, std::vector<Change>& changes) {
    std::erase_if(suspicions_, [&](const auto& entry) {
        return entry.second.source == source && now - entry.second.last_seen > patience.start_after;
    });
    for (auto& [key, incident] : incidents_) {
        if (!incident.open() || incident.source != source) continue;
        auto& seen = last_seen_[key];
        seen = std::min(seen, now);
        if (seen == now || now - seen < quiet_of(incident, patience)) continue;
        incident.ended_at = now;
        last_seen_.erase(key);
        changes.push_back({Change::Kind::ended, key});
    }
}

std::vector<Change> Book::forget(Instant now) {
    std::vector<Change> changes;
    for (auto at = incidents_.begin(); at != incidents_.end();) {
        const auto& incident = at->second;
        if (!incident.open() && now - incident.ended_at > kRemembered) {
            changes.push_back({Change::Kind::forgotten, at->first});
            at = incidents_.erase(at);
        } else {
            ++at;
        }
    }
    return changes;
}

Incident* Book::find(const std::string& key) {
    const auto found = incidents_.find(key);
    return found == incidents_.end() ? nullptr : &found->second;
}

std::vector<Incident> Book::all() const {
    std::vector<Incident> all;
    for (const auto& [key, incident] : incidents_) all.push_back(incident);
    std::sort(all.begin(), all.end(), [](const Incident& a, const Incident& b) {
        if (a.open() != b.open()) return a.open();
        return std::max(a.started_at, a.ended_at) > std::max(b.started_at, b.ended_at);
    });
    return all;
}

}  // namespace causeway::alerts
