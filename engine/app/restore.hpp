#pragma once
/// A backup becomes the ledger.

#include <string>

#include "store/check_ledger.hpp"

namespace causeway::app {

/// Checks a copy of the backup `from` and, where it is sound, gives it the name `options.file`. Nothing that is there
/// is ever overwritten: Issue::conflict where a ledger is, or the log of one, which SQLite would take for the restored
/// one's.
Result<LedgerCheck> restore_ledger(const std::string& from, LedgerOptions options);

}  // namespace causeway::app
