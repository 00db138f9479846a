#pragma once
/// Is a copy of a ledger whole?

#include "store/message_store.hpp"

namespace causeway {

struct LedgerCheck {
    ChainReport chain;
    ProjectionReport projections;
    std::int64_t accepted = 0;  ///< Messages.
    std::int64_t waiting = 0;   ///< Obligations that have not ended.

    bool sound() const { return chain.faults.empty() && projections.differences.empty(); }
};

/// Opens the file as a ledger and checks its pages, its chain and that what is owed is what the events say. Leaves
/// nothing beside it. Takes as long as reading the file. Issue::invariant where its pages are damaged; else as
/// open_sqlite_ledger.
Result<LedgerCheck> check_ledger(LedgerOptions options, const Clock& clock);

}  // namespace causeway
