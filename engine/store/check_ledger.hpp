#pragma once
/// Is a copy of a ledger whole?

#include "store/message_store.hpp"

namespace causeway {

struct LedgerCheck {
    ChainReport chain;
    ProjectionReport projections;
    BodyReport bodies;
    std::int64_t accepted = 0;  ///< Messages.
    std::int64_t waiting = 0;   ///< Obligations that have not ended.

    /// It can be worked with; the bytes of single messages may be lost.
    bool serves() const { return chain.faults.empty() && projections.differences.empty(); }
    bool sound() const { return serves() && bodies.fault_count == 0; }
};

/// Opens the file as a ledger and checks its pages, its chain, that what is owed is what the events say, and the
/// bytes of all messages and answers. Leaves nothing beside it. Takes as long as reading the file. Issue::invariant
/// where its pages are damaged; else as open_sqlite_ledger.
Result<LedgerCheck> check_ledger(LedgerOptions options, const Clock& clock);

}  // namespace causeway
