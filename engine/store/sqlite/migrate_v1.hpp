#pragma once
/// From the first format of the ledger (schema version 1: a row an event, a message and a body) to the present one.

#include "store/message_store.hpp"

namespace causeway::sqlite {

/// Is there a ledger of version 1? False also where the file cannot be read: opening it says why.
bool is_v1(const std::string& file);

/// Writes the ledger anew in the present format and puts it in the place of the old one, which is kept as FILE.v1. The
/// caller holds the lock. Interrupted, it has changed nothing and starts again; FILE.migrating is what it was at.
/// Sequences, times and ids stay; what happened between the first and the last state of an obligation keeps its states,
/// but not why. Issue::conflict where FILE.v1 is there already, Issue::invariant where the two would not agree.
Result<void> migrate_v1(const LedgerOptions& options);

}  // namespace causeway::sqlite
