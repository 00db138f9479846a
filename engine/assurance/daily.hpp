#pragma once
/// Reconciles and signs every day by itself.

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "assurance/work.hpp"
#include "core/metrics.hpp"
#include "pipeline/engine.hpp"
#include "pipeline/incident_source.hpp"

namespace causeway::assurance {

/// Notes of days that were reconciled: "reconcile/2026-11-21", a JSON object with what was found.
inline constexpr std::string_view kReconciledNote = "reconcile/";
/// The note of a day that could not be reconciled: since when, and why. Gone when a day was.
inline constexpr std::string_view kFailedNote = "reconcile-failed";

/// Within a minute after a day's end notes the head of the event chain. At `reconcile_at` of causeway.yaml (and at the
/// start, where that was missed) proves the day before: reconciliation and signed statement, a note with an event
/// "reconcile.completed", metrics. Each day is proved once; a day that could not be is tried again after an hour, and
/// is an incident meanwhile.
/// Threads: start and stop from one; the work is done on a thread of its own.
class Daily {
public:
    explicit Daily(pipeline::Engine& engine);
    Daily(const Daily&) = delete;
    Daily& operator=(const Daily&) = delete;
    ~Daily() { stop(); }

    void start();
    /// Cancels what runs, and waits for its end. Safe unstarted and twice.
    void stop();

    /// Proves the next day that is due, if any; gives whether it did. For the own thread, and for tests.
    Result<bool> run_if_due();

private:
    Result<bool> prove_if_due();
    std::optional<Day> due_day() const;
    Result<void> keep(const MadeStatement& made);
    Result<void> note_end_of_day();
    /// Notes why it failed; with nothing, that it no longer does.
    Result<void> note_failure(const std::optional<Error>& why);
    Result<void> write(std::string name, std::string kind, std::string value);
    void run();

    pipeline::Engine& engine_;
    metrics::Gauge &contradictions_, &concerns_, &last_;
    metrics::Counter& failures_;
    Progress progress_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

/// Notices silent feeds (as of now), and what the newest reconciliation found. The engine outlives it.
std::unique_ptr<pipeline::IncidentSource> make_incident_source(pipeline::Engine& engine);

}  // namespace causeway::assurance
