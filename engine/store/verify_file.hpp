#pragma once
/// Checks the event chain of a ledger that no engine has open.

#include <optional>

#include "store/message_store.hpp"

namespace causeway {

/// As MessageStore::verify_chain, without anything that a start does: a ledger that is too damaged to be opened is
/// looked at all the same. Of `options` only `file`, `vfs` and `keys` count. Errors: Issue::not_found where there is no
/// such file, Issue::conflict where an engine has it open, Issue::invalid for a file that is no ledger of this format.
Result<ChainReport> verify_sqlite_file(const LedgerOptions& options, const std::optional<ChainHead>& anchor);

}  // namespace causeway
