#include "store/sqlite/upkeep.hpp"

#include <filesystem>
#include <variant>

namespace causeway::sqlite {

std::uint64_t used_bytes(Connection& connection) {
    const auto pages = connection.pragma("page_count") - connection.pragma("freelist_count");
    return static_cast<std::uint64_t>(pages * connection.pragma("page_size"));
}

/// A group's completions run after its commit and before the next group begins.
Result<void> SqliteLedger::between_groups(std::function<Result<void>()> work) {
    using Nothing = std::monostate;
    const auto result = std::make_shared<std::promise<Result<void>>>();
    submit<void, Nothing>([](WriteContext&, const Nothing&) { return Result<void>(); }, Nothing(),
                          [result, todo = std::move(work)](Result<void> reached) {
                              result->set_value(reached ? todo() : std::move(reached));
                          });
    return wait(result->get_future());
}

SpaceReport SqliteLedger::space() const {
    SpaceReport report;
    std::error_code ignored;
    report.file_bytes = std::filesystem::file_size(file_, ignored);
    if (const auto used =
            read<std::uint64_t>([](Reader& reader) -> Result<std::uint64_t> { return used_bytes(reader.db); }))
        report.used_bytes = *used;
    report.disk_free = free_bytes(file_).value_or(0);
    report.most_bytes = disk_.most();
    report.least_free = disk_.least_free();
    report.full = disk_.is_full();
    return report;
}

Result<void> SqliteLedger::verify_file() const {
    return read<void>([](Reader& reader) -> Result<void> {
        Cursor rows = reader.db.query("PRAGMA integrity_check(1)");
        if (rows.next() && rows.text(0) == "ok") return {};
        return fail(Issue::invariant, "ledger", "Pages or indexes of the file are damaged; restore a backup.");
    });
}

}  // namespace causeway::sqlite
