#pragma once
/// What a start makes from the blocks: the index entries and obligations that were in memory only.

#include "store/sqlite/shared.hpp"

namespace causeway::sqlite {

/// Fills `shared` before anything reads or writes; gives the greatest id in the ledger. May throw SqlError and
/// LedgerError.
Id recover(Connection& connection, Shared& shared);

/// Writes what is more of the key index than memory is for, on the caller's thread: for who adds without a writer.
void write_what_is_behind(Connection& connection, index::KeyIndex& keys);

/// In the table `ledger`: not 0 where the next start is to build the key index anew.
constexpr std::string_view kIndexDamaged = "index-damaged";

}  // namespace causeway::sqlite
