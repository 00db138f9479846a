#include <algorithm>

#include "assurance/daily.hpp"
#include "assurance/settled.hpp"
#include "core/json_object.hpp"

namespace causeway::assurance {
namespace {

using pipeline::Signal;

constexpr auto kDay = std::chrono::hours(24);
/// These sources have been patient themselves.
constexpr Duration kAtOnce{1};

std::string hours_of(Duration time) {
    const auto hours = std::chrono::duration_cast<std::chrono::hours>(time).count();
    return std::to_string(hours) + (hours == 1 ? " hour" : " hours");
}

Signal signal_of(const Silence& silence, const pipeline::Configuration& configuration) {
    Signal signal;
    signal.kind = "silent-feed";
    signal.subject = silence.channel + (silence.feed.empty() ? "" : '/' + silence.feed);
    signal.what = (silence.feed.empty() ? "Channel " : silence.feed + " on channel ") + silence.channel +
                  " is silent: nothing for " + hours_of(silence.until - silence.from) + ", which usually bring " +
                  std::to_string(static_cast<std::int64_t>(silence.usual)) + " messages.";
    signal.todo = "Ask the sender whether it sends; see that its connection and certificate work.";
    signal.since = silence.from;
    signal.start_after = kAtOnce;
    const auto channel = configuration.channels.find(silence.channel);
    if (channel != configuration.channels.end()) signal.owner = channel->second.owner;
    return signal;
}

/// Absences that the note names and that were settled since.
std::int64_t ended(const JsonObject& note, const std::string& expectation, const Settled& settled) {
    const auto all = note.document().FindMember("absent_messages");
    if (all == note.document().MemberEnd() || !all->value.IsObject()) return 0;
    const auto found = all->value.FindMember(expectation.c_str());
    if (found == all->value.MemberEnd() || !found->value.IsArray()) return 0;
    const auto named = found->value.GetArray();
    return std::count_if(named.begin(), named.end(), [&](const auto& id) {
        const auto message = id.IsString() ? Id::parse(id.GetString()) : std::nullopt;
        return message && settled.contains({expectation, *message});
    });
}

std::int64_t number(const JsonObject& json, const char* name) {
    const auto found = json.document().FindMember(name);
    return found != json.document().MemberEnd() && found->value.IsInt64() ? found->value.GetInt64() : 0;
}

Signal unbalanced(const JsonObject& note, std::string subject, std::string what) {
    Signal signal;
    signal.kind = "unbalanced";
    signal.subject = std::move(subject);
    signal.what = std::move(what);
    signal.todo = "Run `causeway reconcile --day " + note.text("day") + "` and `causeway audit verify`.";
    signal.start_after = kAtOnce;
    return signal;
}

class AssuranceIncidents final : public pipeline::IncidentSource {
public:
    explicit AssuranceIncidents(pipeline::Engine& engine) : engine_(engine) {}

    std::string_view name() const override { return "assurance"; }
    Duration every() const override { return std::chrono::minutes(5); }

    Result<std::vector<Signal>> look(Instant now) override {
        std::vector<Signal> signals;
        if (auto silent = look_for_silence(now, signals); !silent) return silent.error();
        if (auto read = read_newest_note(signals); !read) return read.error();
        if (auto read = read_failure(signals); !read) return read.error();
        return signals;
    }

private:
    Result<void> look_for_silence(Instant now, std::vector<Signal>& signals) const {
        const auto configuration = engine_.configuration();
        const auto from = std::chrono::floor<std::chrono::hours>(now);
        const auto hours = engine_.store().intake_by_hour(from - kUsualWeeks * 7 * kDay, now);
        if (!hours) return hours.error();
        for (const auto& silence : find_silences(*hours, from, now, holidays_of(*configuration)))
            if (silence.goes_on && is_watched(silence, *configuration))
                signals.push_back(signal_of(silence, *configuration));
        return {};
    }

    Result<void> read_failure(std::vector<Signal>& signals) const {
        const auto notes = engine_.store().notes(kFailedNote);
        if (!notes) return notes.error();
        for (const auto& note : *notes) {
            const JsonObject failure(note.value);
            Signal signal;
            signal.kind = "unbalanced";
            signal.subject = "reconciliation";
            signal.what = "The daily reconciliation cannot be done: " + failure.text("why");
            signal.todo =
                "Mend what this names. It is tried again every hour; `causeway reconcile --day yesterday` tries at "
                "once.";
            signal.since = parse_fhir_instant(failure.text("since")).value_or(Instant());
            signal.start_after = kAtOnce;
            signals.push_back(std::move(signal));
        }
        return {};
    }

    /// What a reconciliation found is wrong until the next one.
    Result<void> read_newest_note(std::vector<Signal>& signals) const {
        const auto notes = engine_.store().notes(kReconciledNote);
        if (!notes) return notes.error();
        if (notes->empty()) return {};
        const auto newest = std::max_element(notes->begin(), notes->end(),
                                             [](const Note& a, const Note& b) { return a.name < b.name; });
        const JsonObject note(newest->value);
        if (note.document().HasMember("sound") && note.document()["sound"].IsFalse())
            signals.push_back(
                unbalanced(note, "ledger", "The ledger of " + note.text("day") + " does not balance, or was changed."));
        if (const auto missing = number(note, "missing_by_census"); missing > 0)
            signals.push_back(unbalanced(
                note, "census/" + note.text("day"),
                std::to_string(missing) + " messages that sources sent on " + note.text("day") + " never came."));
        return add_absences(note, signals);
    }

    /// Those of the reconciliation, without those that were settled since.
    Result<void> add_absences(const JsonObject& note, std::vector<Signal>& signals) const {
        const auto found = note.document().FindMember("absent_by_expectation");
        if (found == note.document().MemberEnd() || !found->value.IsObject()) return {};
        const auto settled = read_settled(engine_.store(), std::string(kSettledNote) + note.text("day") + '/');
        if (!settled) return settled.error();
        const auto configuration = engine_.configuration();
        for (const auto& member : found->value.GetObject()) {
            const std::string expectation = member.name.GetString();
            Signal signal;
            signal.kind = "absent";
            // Each day has absences of its own: those of today are told although nobody has acted on those before.
            signal.subject = expectation + '/' + note.text("day");
            signal.count = (member.value.IsInt64() ? member.value.GetInt64() : 0) - ended(note, expectation, *settled);
            if (signal.count <= 0) continue;
            signal.what = std::to_string(signal.count) + " absent by the expectation " + expectation + " on " +
                          note.text("day") + ".";
            signal.todo = "Run `causeway reconcile --day " + note.text("day") +
                          "` for the list; `causeway settle ID --expectation " + expectation +
                          " --reason TEXT` ends what was dealt with elsewhere.";
            signal.start_after = kAtOnce;
            for (const auto& rule : configuration->expectations)
                if (rule.name == expectation) signal.owner = rule.owner;
            signals.push_back(std::move(signal));
        }
        return {};
    }

    pipeline::Engine& engine_;
};

}  // namespace

std::unique_ptr<pipeline::IncidentSource> make_incident_source(pipeline::Engine& engine) {
    return std::make_unique<AssuranceIncidents>(engine);
}

}  // namespace causeway::assurance
