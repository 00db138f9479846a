#pragma once
/// Something that happened; append-only. Journeys, worklists, clocks and reconciliation are views of events.

#include <cstdint>
#include <string>

#include "core/id.hpp"
#include "core/time.hpp"

namespace causeway {

/// One event. Kinds: message.accepted, message.refused, message.duplicate, message.conflict, decision.made,
/// route.matched, obligation.created, obligation.filtered, obligation.held, obligation.released, obligation.cancelled,
/// attempt.started, attempt.confirmed, attempt.refused, attempt.unknown, attempt.failed, answer.received,
/// clock.started, clock.warned, clock.breached, clock.stopped, patient.known, patient.merged, config.activated,
/// message.replayed, message.amended, message.read, obligation.redirected, drain.changed, incident.started,
/// incident.ended, incident.noted, incident.forgotten, alert.sent, alert.failed, acknowledgement.decided,
/// sequence.counted, sequence.reset.
struct Event {
    std::int64_t sequence = 0;  ///< Given by the ledger; rising without gaps.
    Instant at;
    std::string kind;
    Id message;  ///< None where the event belongs to no message.
    Id obligation;
    std::string actor;   ///< "engine", or the operator's user name.
    std::string detail;  ///< JSON object; may hold patient data, as the ledger may.
};

}  // namespace causeway
