#pragma once
/// Runs as rows of the ledger file: tables run, run_part and index_state.

#include "store/index/run_storage.hpp"
#include "store/sqlite/connection.hpp"

namespace causeway::index {

/// SQL that creates the tables; part of the ledger's schema.
extern const char* const kRunTables;

/// May throw sqlite::SqlError.
StoredRuns read_runs(sqlite::Connection& connection);
/// The index is built anew from the blocks by the start that does so, or by the next one. In a transaction of the
/// caller; may throw sqlite::SqlError.
void forget_runs(sqlite::Connection& connection);

/// Neither of them owns the connection. A failed statement throws sqlite::SqlError, as everywhere under store/sqlite: a
/// disk that fails must reach the writer as what it is.
class SqliteRunReader final : public RunReader {
public:
    explicit SqliteRunReader(sqlite::Connection& connection) : connection_(connection) {}
    Result<std::string_view> get(std::int64_t run, Part part, std::uint32_t number) override;

private:
    sqlite::Connection& connection_;
    std::string bytes_;
};

class SqliteRunWriter final : public RunWriter {
public:
    explicit SqliteRunWriter(sqlite::Connection& connection) : connection_(connection) {}
    Result<void> put(std::int64_t run, Part part, std::uint32_t number, std::string_view bytes) override;
    Result<void> finish(const RunInfo& run) override;
    Result<void> retire(std::int64_t run) override;
    Result<bool> drop(std::int64_t run, std::uint32_t limit) override;
    Result<void> indexed_through(std::int64_t block) override;

private:
    sqlite::Connection& connection_;
};

}  // namespace causeway::index
