#include "store/index/sqlite_runs.hpp"

#include <bit>

namespace causeway::index {
namespace {

constexpr int kRunShift = 30, kPartShift = 28;

/// Parts of a run stand together, chunks first and in order.
std::int64_t row_of(std::int64_t run, Part part = Part::chunk, std::uint32_t number = 0) {
    return run << kRunShift | static_cast<std::int64_t>(part) << kPartShift | number;
}

std::int64_t stored(std::uint64_t hash) {
    return std::bit_cast<std::int64_t>(hash);
}

std::uint64_t restored(std::int64_t hash) {
    return std::bit_cast<std::uint64_t>(hash);
}

std::vector<RunInfo> finished_runs(sqlite::Connection& connection) {
    std::vector<RunInfo> runs;
    auto rows = connection.query(
        "SELECT number, family, level, entries, least_hash, greatest_hash, least_value, greatest_value FROM run"
        " ORDER BY number");
    while (rows.next())
        runs.push_back({rows.integer(0), rows.as<Family>(1), static_cast<int>(rows.integer(2)),
                        restored(rows.integer(3)), restored(rows.integer(4)), restored(rows.integer(5)),
                        rows.integer(6), rows.integer(7)});
    return runs;
}

/// Goes from the first part of a run to that of the next.
std::vector<std::int64_t> unfinished_runs(sqlite::Connection& connection) {
    std::vector<std::int64_t> found;
    for (std::int64_t from = 0;;) {
        auto part = connection.query("SELECT id FROM run_part WHERE id >= ?1 ORDER BY id LIMIT 1", from);
        if (!part.next()) return found;
        const std::int64_t run = part.integer(0) >> kRunShift;
        auto row = connection.query("SELECT 1 FROM run WHERE number = ?1", run);
        if (!row.next()) found.push_back(run);
        from = row_of(run + 1);
    }
}

}  // namespace

const char* const kRunTables = R"sql(
CREATE TABLE run (
  number INTEGER PRIMARY KEY, family INTEGER NOT NULL, level INTEGER NOT NULL, entries INTEGER NOT NULL,
  least_hash INTEGER NOT NULL, greatest_hash INTEGER NOT NULL, least_value INTEGER NOT NULL,
  greatest_value INTEGER NOT NULL) STRICT;
CREATE TABLE run_part (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE index_state (id INTEGER PRIMARY KEY CHECK (id = 1), indexed_through INTEGER NOT NULL) STRICT;
INSERT INTO index_state VALUES (1, 0);
)sql";

StoredRuns read_runs(sqlite::Connection& connection) {
    StoredRuns found{finished_runs(connection), unfinished_runs(connection), 0};
    auto state = connection.query("SELECT indexed_through FROM index_state");
    if (state.next()) found.indexed_through = state.integer(0);
    return found;
}

void forget_runs(sqlite::Connection& connection) {
    connection.run("DELETE FROM run");
    connection.run("UPDATE index_state SET indexed_through = 0");
}

Result<std::string_view> SqliteRunReader::get(std::int64_t run, Part part, std::uint32_t number) {
    auto row = connection_.query("SELECT bytes FROM run_part WHERE id = ?1", row_of(run, part, number));
    if (!row.next())
        return fail(Issue::not_found, "ledger",
                    "A page of the key index is missing; start the engine again, which builds it anew.");
    bytes_.assign(row.bytes(0));
    return std::string_view(bytes_);
}

Result<void> SqliteRunWriter::put(std::int64_t run, Part part, std::uint32_t number, std::string_view bytes) {
    connection_.run("INSERT INTO run_part VALUES (?1, ?2)", row_of(run, part, number), sqlite::Bytes{bytes});
    return {};
}

Result<void> SqliteRunWriter::finish(const RunInfo& run) {
    connection_.run("INSERT INTO run VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", run.number, run.family, run.level,
                    stored(run.entries), stored(run.least_hash), stored(run.greatest_hash), run.least_value,
                    run.greatest_value);
    return {};
}

Result<void> SqliteRunWriter::retire(std::int64_t run) {
    connection_.run("DELETE FROM run WHERE number = ?1", run);
    return {};
}

Result<bool> SqliteRunWriter::drop(std::int64_t run, std::uint32_t limit) {
    connection_.run(
        "DELETE FROM run_part WHERE id IN (SELECT id FROM run_part WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT ?3)",
        row_of(run), row_of(run + 1), static_cast<std::int64_t>(limit));
    return connection_.changes() == static_cast<int>(limit);
}

Result<void> SqliteRunWriter::indexed_through(std::int64_t block) {
    connection_.run("UPDATE index_state SET indexed_through = ?1", block);
    return {};
}

}  // namespace causeway::index
