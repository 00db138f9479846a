#include "store/verify_file.hpp"

#include <filesystem>

#include "store/sqlite/ledger.hpp"
#include "store/sqlite/schema.hpp"

namespace causeway {
namespace {

/// The hash secret and the runs are of no use here.
ChainReport check(const LedgerOptions& options, const std::optional<ChainHead>& anchor) {
    sqlite::Shared shared(options.keys, {}, {});
    sqlite::Reader reader(options.file, options.vfs, shared);
    if (const auto last = reader.history.blocks.last()) shared.recent.add(*last);
    return sqlite::check_chain(reader, anchor);
}

}  // namespace

Result<ChainReport> verify_sqlite_file(const LedgerOptions& options, const std::optional<ChainHead>& anchor) {
    std::error_code failed;
    if (!std::filesystem::exists(options.file, failed))
        return fail(Issue::not_found, options.file, "There is no ledger here; name the right configuration.");
    const auto lock = sqlite::FileLock::take(options.file);
    if (!lock) return lock.error();
    try {
        return check(options, anchor);
    } catch (const sqlite::SqlError& error) {
        return fail(Issue::invalid, options.file,
                    "This file cannot be read as a ledger of this version (" + std::string(error.what()) +
                        "): name the right one, or restore a backup.");
    } catch (const sqlite::LedgerError& error) {
        return error.error();
    }
}

}  // namespace causeway
