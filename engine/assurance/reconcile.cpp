#include "assurance/reconcile.hpp"

#include <algorithm>
#include <unordered_map>

#include "assurance/settled.hpp"

namespace causeway::assurance {
namespace {

constexpr auto kDay = std::chrono::hours(24);

Error cancelled() {
    return fail(Issue::conflict, "reconcile", "This was cancelled; start it again.");
}

/// Channels of messages before the day, of which duplicates arrived in it.
class ChannelOf {
public:
    explicit ChannelOf(const MessageStore& store) : store_(store) {}

    std::string operator()(Id message) {
        constexpr std::size_t most = 10'000;
        if (known_.size() > most) known_.clear();
        const auto known = known_.find(message.value);
        if (known != known_.end()) return known->second;
        const auto stored = store_.message(message);
        return known_[message.value] = stored ? stored->message.channel : std::string("(unknown)");
    }

private:
    const MessageStore& store_;
    std::unordered_map<std::int64_t, std::string> known_;
};

std::map<std::string, Numbering> numbering_of(const pipeline::Configuration& configuration) {
    std::map<std::string, Numbering> by_channel;
    for (const auto& [name, channel] : configuration.channels) {
        const auto text = channel.settings.text("numbering");
        by_channel[name] = text == "control-id" ? Numbering::control_id
                           : text == "sequence" ? Numbering::sequence
                           : text == "off"      ? Numbering::off
                                                : Numbering::automatic;
    }
    return by_channel;
}

/// One reconciliation under way.
class Reconciliation {
public:
    Reconciliation(const Subject& subject, const Day& day, const ReconcileOptions& options, Progress& progress)
        : subject_(subject), options_(options), progress_(progress), newest_(subject.store.last_sequence()) {
        report_.day = day;
        report_.as_of = subject.now;
        report_.day_is_over = day.end() <= subject.now;
        until_ = std::min(day.end(), subject.now);
    }

    Result<DayReport> run() {
        if (auto read = read_events(); !read) return read.error();
        if (auto found = find_silent(); !found) return found.error();
        if (auto compared = compare_censuses(); !compared) return compared.error();
        if (auto verified = verify_projection(); !verified) return verified.error();
        if (progress_.cancelled()) return cancelled();
        return std::move(report_);
    }

private:
    Result<void> read_events() {
        const auto begin = report_.day.begin();
        const auto removed = subject_.store.removed_events(begin, until_);
        if (!removed) return removed.error();
        report_.removed = *removed;
        const auto since = subject_.store.removed_events(begin, Instant::max());
        if (!since) return since.error();
        Balancer balancer(begin, until_, ChannelOf(subject_.store),
                          since->commits > 0 ? end_is_removed() : Balancer::EndIsRemoved());
        Sequences sequences(begin, until_, numbering_of(subject_.configuration));
        Expected expected(subject_.configuration.expectations, subject_.configuration, begin, until_,
                          [&](Id id) { return subject_.store.message(id); });
        auto read =
            scan({0, std::min(begin - kDay, expected.begin()), Instant::max()}, [&](const LedgerRecord& record) {
                report_.sequence = record.event.sequence;
                balancer.add(record);
                if (record.event.at >= begin - kDay) sequences.add(record);
                expected.add(record);
            });
        if (!read) return read;
        report_.balance = balancer.finish();
        report_.gaps = sequences.finish();
        report_.absences = expected.finish();
        const auto settled = read_settled(subject_.store);
        if (!settled) return settled.error();
        mark_settled(report_.absences, *settled);
        return {};
    }

    Balancer::EndIsRemoved end_is_removed() const {
        return [&store = subject_.store](Id message, Id obligation) {
            const auto now = store.obligation(obligation);
            if (now && now->state != State::delivered && now->state != State::filtered) return false;
            const auto partial = store.is_partial(message);
            return partial && *partial;
        };
    }

    /// Half of the way of the progress is the first reading.
    Result<void> scan(const ScanRange& range, const std::function<void(const LedgerRecord&)>& visit) {
        std::int64_t first = 0;
        auto read = subject_.store.scan(range, [&](const LedgerRecord& record) {
            if (first == 0) first = record.event.sequence;
            progress_.set(0.5 * static_cast<double>(record.event.sequence - first) /
                          static_cast<double>(std::max<std::int64_t>(newest_ - first, 1)));
            visit(record);
            return !progress_.cancelled();
        });
        if (read && progress_.cancelled()) return cancelled();
        return read;
    }

    Result<void> find_silent() {
        const auto begin = report_.day.begin();
        const auto hours = subject_.store.intake_by_hour(begin - kUsualWeeks * 7 * kDay, until_);
        if (!hours) return hours.error();
        report_.silences = find_silences(*hours, begin, until_, holidays_of(subject_.configuration));
        std::erase_if(report_.silences, [&](const Silence& one) {
            return !one.feed.empty() && !is_watched(one, subject_.configuration);
        });
        return {};
    }

    Result<void> compare_censuses() {
        const Scan scan_ledger = [&](const ScanRange& range, const std::function<bool(const LedgerRecord&)>& visit) {
            return subject_.store.scan(
                range, [&](const LedgerRecord& record) { return visit(record) && !progress_.cancelled(); });
        };
        for (const auto& [name, channel] : subject_.configuration.channels) {
            const auto given = options_.census.find(name);
            const auto lists =
                census_lists(channel, report_.day, given == options_.census.end() ? nullptr : &given->second,
                             [this] { return !progress_.cancelled(); });
            if (!lists) continue;
            const auto begin = report_.day.begin();
            auto compared = compare_census({name, lists->key, begin - kDay, begin, until_}, lists->source,
                                           lists->confirmed, scan_ledger);
            if (!compared) return compared.error();
            report_.censuses.push_back(std::move(*compared));
        }
        return {};
    }

    Result<void> verify_projection() {
        progress_.set(0.8);
        if (!options_.projection || progress_.cancelled()) return {};
        auto verified = subject_.store.verify_obligations([this](double part) {
            progress_.set(0.8 + 0.2 * part);
            return !progress_.cancelled();
        });
        if (!verified) return verified.error();
        report_.projection = std::move(*verified);
        return {};
    }

    const Subject& subject_;
    const ReconcileOptions& options_;
    Progress& progress_;
    const std::int64_t newest_;
    Instant until_;
    DayReport report_;
};

}  // namespace

Result<DayReport> reconcile(const Subject& subject, const Day& day, const ReconcileOptions& options,
                            Progress& progress) {
    if (day.begin() > subject.now)
        return fail(Issue::value, "day", "This day has not begun: give an earlier one, as 2026-11-21.");
    return Reconciliation(subject, day, options, progress).run();
}

Zone zone_of(const pipeline::Configuration& configuration) {
    return zone_from_code(configuration.engine.settings.text("zone")).value_or(Zone::london);
}

}  // namespace causeway::assurance
