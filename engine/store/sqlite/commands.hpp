#pragma once
/// The writes of the ledger. Each one looks first and writes then: what it refuses (the Error in its Result) has left
/// no trace in the transaction. It may run again after a rollback, so it takes its input as it is. Threads: the
/// writer's. All may throw SqlError.

#include <array>
#include <string>
#include <vector>

#include "store/message_store.hpp"
#include "store/sqlite/write_context.hpp"

namespace causeway::sqlite {

/// An intake with what can be worked out before it reaches the writer thread.
struct Intake {
    IntakeRecord record;
    std::array<char, 16> digest{};  ///< First half of the SHA-256 of the duplicate key.
    std::string outcome_json;       ///< Empty for an empty outcome.
    std::string keys_json;
};

Intake prepare_intake(IntakeRecord record);
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
/// Writes a new clock and its event, unless the caller wrote that.
void start_clock(WriteContext& context, const PathwayClock& clock, bool with_event);

Result<void> append(WriteContext& context, const EventDraft& event);

/// Empties the patient projection and folds every change again; gives their number.
struct Rebuild {};
Result<std::size_t> rebuild_patients(WriteContext& context, const Rebuild& rebuild);

}  // namespace causeway::sqlite
