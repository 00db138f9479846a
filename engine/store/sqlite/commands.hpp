#pragma once
/// The writes of the ledger. Each one looks first and writes then: what it refuses (the Error in its Result) has left
/// no trace in the transaction. It may run again after a rollback, so it takes its input as it is. Threads: the
/// writer's. All may throw SqlError and LedgerError.

#include <string>
#include <vector>

#include "store/message_store.hpp"
#include "store/sqlite/write_context.hpp"

namespace causeway::sqlite {

/// An intake with what can be worked out before it reaches the writer thread.
struct Intake {
    IntakeRecord record;
    Disposition disposition = Disposition::accepted;
    record::DuplicateDigest digest{};
    std::uint64_t duplicate_hash = 0;
    record::PreparedIntake prepared;  ///< For `disposition`.
};

Intake prepare_intake(IntakeRecord record, Disposition disposition, const index::HashSecret& secret);
std::size_t weight(const Intake& intake);

Result<Verdict> accept(WriteContext& context, const Intake& intake);
Result<Verdict> refuse(WriteContext& context, const Intake& intake);

Result<void> route(WriteContext& context, const Routing& routing);

struct AttemptStart {
    Id obligation;
    Instant at;
};
Result<void> start_attempt(WriteContext& context, const AttemptStart& start);
Result<void> progress(WriteContext& context, const Progress& progress);

Result<std::vector<Obligation>> act(WriteContext& context, const OperatorAct& act);

Result<void> activate(WriteContext& context, const ConfigRecord& config);

struct ClockMove {
    Id clock;
    PathwayClock::State state;
    EventDraft event;
};
Result<void> move_clock(WriteContext& context, const ClockMove& move);
/// Writes a new clock and its event; `told` is that of the caller, if it wrote one.
/// Writes the event with the clock as it is after it.
void record_clock(WriteContext& context, Event event, const PathwayClock& clock);
void start_clock(WriteContext& context, PathwayClock clock, const Event* told);

Result<void> append(WriteContext& context, const EventDraft& event);

struct NoteWrite {
    Note note;
    EventDraft event;
};
Result<void> write_note(WriteContext& context, const NoteWrite& write);

/// Empties the patient projection and folds every change again; gives their number.
struct Rebuild {};
Result<std::size_t> rebuild_patients(WriteContext& context, const Rebuild& rebuild);

}  // namespace causeway::sqlite
