#include <algorithm>
#include <set>

#include "alerts/sources.hpp"

namespace causeway::alerts {

using pipeline::Engine;
using pipeline::IncidentSource;
using pipeline::Signal;
using namespace std::chrono_literals;

namespace {

class Queues final : public IncidentSource {
public:
    explicit Queues(Engine& engine) : engine_(engine) {}
    std::string_view name() const override { return "queues"; }
    Duration every() const override { return 10s; }

    Result<std::vector<Signal>> look(Instant now) override {
        const auto waiting = engine_.store().waiting_groups();
        if (!waiting) return waiting.error();
        const auto settings = engine_.configuration()->alerts;
        auto signals = down_.look(
            *waiting, [this](const std::string& name) { return confirmed(name); }, now);
        for (const auto& more : {queue_age_signals(*waiting, settings, now), held_signals(*waiting, settings, now)})
            signals.insert(signals.end(), more.begin(), more.end());
        return signals;
    }

private:
    std::uint64_t confirmed(const std::string& destination) {
        return engine_.metrics()
            .counter("causeway_attempts_total", "Attempts to deliver, by destination and how they ended.",
                     {{"destination", destination}, {"result", "attempt.confirmed"}})
            .value();
    }

    Engine& engine_;
    DownWatch down_;
};

class Disk final : public IncidentSource {
public:
    explicit Disk(Engine& engine) : engine_(engine) {}
    std::string_view name() const override { return "disk"; }

    Result<std::vector<Signal>> look(Instant) override {
        const auto configuration = engine_.configuration();
        return disk_signals(engine_.store().space(), configuration->engine.state.string(),
                            configuration->alerts.free_disk);
    }

private:
    Engine& engine_;
};

class Certificates final : public IncidentSource {
public:
    explicit Certificates(Engine& engine) : engine_(engine) {}
    std::string_view name() const override { return "certificates"; }
    Duration every() const override { return 10min; }
    Result<std::vector<Signal>> look(Instant now) override {
        return certificate_signals(*engine_.configuration(), now);
    }

private:
    Engine& engine_;
};

class Promises final : public IncidentSource {
public:
    explicit Promises(Engine& engine) : engine_(engine) {}
    std::string_view name() const override { return "promises"; }
    Duration every() const override { return 1min; }

    Result<std::vector<Signal>> look(Instant) override {
        auto running = engine_.store().running_clocks();
        if (!running) return running.error();
        std::erase_if(*running, [this](const PathwayClock& clock) { return is_attended(clock); });
        return breach_signals(*running);
    }

private:
    bool is_attended(const PathwayClock& clock) {
        if (clock.state != PathwayClock::State::breached) return false;
        if (attended_.contains(clock.id)) return true;
        const auto events = engine_.store().events_of(clock.message);
        if (!events || !attended(clock, *events)) return false;
        attended_.insert(clock.id);
        return true;
    }

    Engine& engine_;
    std::set<Id> attended_;  ///< Broken promises that somebody has acted on since.
};

/// What intake could not store, and what came under a known id with other bytes.
class Intakes final : public IncidentSource {
public:
    explicit Intakes(Engine& engine) : engine_(engine) {}
    std::string_view name() const override { return "intake"; }
    Duration every() const override { return 10s; }

    Result<std::vector<Signal>> look(Instant now) override {
        std::vector<Signal> signals;
        const auto configuration = engine_.configuration();
        for (const auto& [name, channel] : configuration->channels) {
            add(signals, name, "failed", now);
            add(signals, name, "conflict", now);
        }
        return signals;
    }

private:
    void add(std::vector<Signal>& signals, const std::string& channel, const std::string& result, Instant now) {
        const auto count =
            engine_.metrics()
                .counter("causeway_intake_total", "Messages that came in, by channel and what became of them.",
                         {{"channel", channel}, {"result", result}})
                .value();
        const auto rise = rises_[{channel, result}].look(count, now);
        if (rise == 0) return;
        Signal signal;
        signal.count = static_cast<std::int64_t>(rise);
        signal.subject = channel;
        signal.start_after = Duration(1);
        if (result == "failed") {
            signal.kind = "ledger";
            signal.what = "Channel " + channel + " could not store " + std::to_string(rise) +
                          " messages in the last hour; their senders were not told yes.";
            signal.todo = "See the disk of the state folder and the log; senders send again by themselves.";
        } else {
            signal.kind = "conflict";
            signal.what = "Channel " + channel + " got " + std::to_string(rise) +
                          " messages in the last hour under an id that was used for other bytes.";
            signal.todo = "Ask the sender; both versions are kept (`causeway find ID`).";
        }
        signals.push_back(std::move(signal));
    }

    Engine& engine_;
    std::map<std::pair<std::string, std::string>, Rise> rises_;
};

}  // namespace

std::vector<Signal> disk_signals(const SpaceReport& space, const std::string& folder, std::uint64_t least_free) {
    const auto in_mb = [](std::uint64_t bytes) { return std::to_string(bytes >> 20) + " MB"; };
    std::vector<Signal> signals;
    const auto add = [&](const char* subject, std::string what, const char* todo) {
        Signal signal;
        signal.kind = "disk";
        signal.subject = subject;
        signal.what = std::move(what) + (space.full ? " New messages are refused." : "");
        signal.todo = todo;
        signals.push_back(std::move(signal));
    };
    if (space.disk_free < std::max(least_free, space.least_free))
        add("state",
            "Only " + in_mb(space.disk_free) + " are free at " + folder + "; below " + in_mb(space.least_free) +
                " new messages are refused.",
            "Make room or add disk; shorten retention. Intake starts again by itself.");
    // From here on senders are slowed down (StoreLimits), so this is the last moment to act in peace.
    if (space.most_bytes > 0 && space.used_bytes >= space.most_bytes / 10 * 9)
        add("ledger",
            "The ledger uses " + in_mb(space.used_bytes) + " of the " + in_mb(space.most_bytes) +
                " that ledger: max_size allows; senders are slowed down.",
            "Shorten retention, or raise max_size in causeway.yaml and run `causeway reload`. Intake starts again by "
            "itself.");
    return signals;
}

Sources engine_sources(Engine& engine) {
    Sources sources;
    sources.push_back(std::make_unique<Queues>(engine));
    sources.push_back(std::make_unique<Disk>(engine));
    sources.push_back(std::make_unique<Certificates>(engine));
    sources.push_back(std::make_unique<Promises>(engine));
    sources.push_back(std::make_unique<Intakes>(engine));
    return sources;
}

}  // namespace causeway::alerts
