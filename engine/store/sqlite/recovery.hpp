#pragma once
/// What a start makes from the blocks: the index entries and obligations that were in memory only.

#include "store/sqlite/shared.hpp"

namespace causeway::sqlite {

/// Fills `shared` before anything reads or writes; gives the greatest id in the ledger. May throw SqlError and
/// LedgerError.
Id recover(Connection& connection, Shared& shared);

}  // namespace causeway::sqlite
