#include "assurance/daily.hpp"

#include <algorithm>
#include <future>
#include <memory>
#include <set>

#include "core/json_object.hpp"
#include "core/log.hpp"

namespace causeway::assurance {
namespace {

constexpr auto kLook = std::chrono::minutes(1);
constexpr auto kAfterFailure = std::chrono::hours(1);
/// After a longer stop only the last days are made up for.
constexpr int kMostMissed = 31;
/// Absences of one expectation that a note names.
constexpr std::size_t kMostNamed = 1'000;

/// "03:00" after midnight; nothing where it is off.
std::optional<Duration> time_of_day(const std::string& text) {
    if (text.size() != 5) return std::nullopt;
    return std::chrono::hours(std::stoi(text.substr(0, 2))) + std::chrono::minutes(std::stoi(text.substr(3)));
}

std::string note_of(const Day& day) {
    return std::string(kReconciledNote) + day.text();
}

/// How many, and which: an alert counts those that nobody has settled since.
void add_absent(JsonText& json, const std::map<std::string, std::vector<Id>>& absent) {
    json.object("absent_by_expectation", [&] {
        for (const auto& [name, messages] : absent) json.add(name, static_cast<std::int64_t>(messages.size()));
    });
    json.object("absent_messages", [&] {
        for (const auto& [name, messages] : absent)
            json.array(name, [&, &of = messages] {
                for (std::size_t i = 0; i < std::min(of.size(), kMostNamed); ++i) json.value_of(of[i].text());
            });
    });
}

std::string summary(const MadeStatement& made) {
    const auto& report = made.report;
    std::int64_t missing = 0, unsettled = 0;
    std::map<std::string, std::vector<Id>> absent;
    for (const auto& absence : report.absences) {
        if (!absence.settled_by.empty()) continue;
        absent[absence.expectation].push_back(absence.message);
        ++unsettled;
    }
    for (const auto& census : report.censuses) missing += census.missing.count;
    JsonText json;
    json.object([&] {
        json.add("day", report.day.text())
            .add("sound", made.sound)
            .add("contradictions", report.contradictions())
            .add("concerns", report.concerns())
            .add("gaps", static_cast<std::int64_t>(report.gaps.size()))
            .add("silences", static_cast<std::int64_t>(report.silences.size()))
            .add("absent", unsettled)
            .add("missing_by_census", missing)
            .add("statement", made.file.filename().string());
        add_absent(json, absent);
    });
    return json.text();
}

}  // namespace

Daily::Daily(pipeline::Engine& engine)
    : engine_(engine),
      contradictions_(engine.metrics().gauge("causeway_reconcile_contradictions",
                                             "What does not balance on the day that was reconciled last.")),
      concerns_(engine.metrics().gauge("causeway_reconcile_concerns",
                                       "Gaps, silences, absences and census differences of that day.")),
      last_(engine.metrics().gauge("causeway_reconcile_last_timestamp_seconds",
                                   "When a day was reconciled last, in seconds since 1970.")),
      failures_(engine.metrics().counter("causeway_reconcile_failures_total",
                                         "Daily reconciliations that could not be done.")) {
}

void Daily::start() {
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
}

void Daily::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    progress_.cancel();
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

/// The first day without a note since the last one that has one; a ledger without any begins with yesterday. Today's
/// turn comes at the configured time of tomorrow.
std::optional<Day> Daily::due_day() const {
    const auto configuration = engine_.configuration();
    const auto at = time_of_day(configuration->engine.settings.text("reconcile_at"));
    if (!at) return std::nullopt;
    const auto now = engine_.clock().now();
    const auto today = day_of(now, zone_of(*configuration));
    if (now < today.begin() + *at) return std::nullopt;
    const auto notes = engine_.store().notes(kReconciledNote);
    if (!notes) return std::nullopt;
    std::set<std::string> noted;
    for (const auto& note : *notes) noted.insert(note.name);
    std::optional<Day> due;
    auto day = today.before();
    for (int days = 0; days < kMostMissed && !noted.contains(note_of(day)); ++days, day = day.before()) due = day;
    return noted.empty() && due ? std::optional(today.before()) : due;
}

Result<bool> Daily::run_if_due() {
    auto done = prove_if_due();
    if (!done && progress_.cancelled()) return done;
    // Where the ledger takes no note either, that is an incident of its own.
    if (auto noted = note_failure(done ? std::nullopt : std::optional(done.error())); !noted && done)
        return noted.error();
    return done;
}

Result<void> Daily::note_failure(const std::optional<Error>& why) {
    const auto notes = engine_.store().notes(kFailedNote);
    if (!notes) return notes.error();
    if (!why) return notes->empty() ? Result<void>() : write(std::string(kFailedNote), "reconcile.recovered", "");
    failures_.add();
    if (!notes->empty()) return {};
    JsonText value;
    value.object([&] { value.add("since", to_fhir_instant(engine_.clock().now())).add("why", to_string(*why)); });
    return write(std::string(kFailedNote), "reconcile.failed", value.text());
}

Result<bool> Daily::prove_if_due() {
    if (auto noted = note_end_of_day(); !noted) return noted.error();
    const auto day = due_day();
    if (!day) return false;
    const Place place{engine_.store(), engine_.clock(), engine_.configuration()};
    const auto made = prove(place, *day, progress_);
    if (!made) return made.error();
    contradictions_.set(made->report.contradictions() + (made->sound ? 0 : 1));
    concerns_.set(made->report.concerns());
    last_.set(std::chrono::duration_cast<std::chrono::seconds>(engine_.clock().now().time_since_epoch()).count());
    if (!made->sound) log::error("reconcile.unbalanced", {{"day", day->text()}});
    if (auto kept = keep(*made); !kept) return kept.error();
    return true;
}

Result<void> Daily::keep(const MadeStatement& made) {
    return write(note_of(made.report.day), "reconcile.completed", summary(made));
}

/// The log's head soon after the day ended, which nobody can tell later: statements name it.
Result<void> Daily::note_end_of_day() {
    const auto day = day_of(engine_.clock().now(), zone_of(*engine_.configuration())).before();
    const auto name = std::string(kEndOfDayNote) + day.text();
    const auto notes = engine_.store().notes(name);
    if (!notes) return notes.error();
    if (!notes->empty()) return {};
    const auto head = engine_.store().chain_head();
    if (!head) return head.error();
    return write(name, "reconcile.day_ended", to_json(*head));
}

Result<void> Daily::write(std::string name, std::string kind, std::string value) {
    EventDraft event;
    event.kind = std::move(kind);
    event.actor = "engine";
    event.detail = value;
    // The completion may outlive this call only where the ledger has failed, so the promise is shared.
    auto done = std::make_shared<std::promise<Result<void>>>();
    auto future = done->get_future();
    engine_.store().note({std::move(name), std::move(value)}, std::move(event),
                         [done](Result<void> result) { done->set_value(std::move(result)); });
    return future.get();
}

void Daily::run() {
    yield_to_traffic();
    std::unique_lock lock(mutex_);
    // Not at once: a start has other things to do.
    for (Duration pause = kLook; !wake_.wait_for(lock, pause, [this] { return stopping_; });) {
        lock.unlock();
        const auto done = run_if_due();
        lock.lock();
        pause = done ? Duration(kLook) : Duration(kAfterFailure);
        if (done || stopping_) continue;
        log::warning("reconcile.failed", {{"why", to_string(done.error())}});
    }
}

}  // namespace causeway::assurance
