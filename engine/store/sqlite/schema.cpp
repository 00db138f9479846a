#include "store/sqlite/schema.hpp"

#include <random>

#include "core/mutant.hpp"
#include "store/index/sqlite_runs.hpp"

namespace causeway::sqlite {
namespace {

constexpr const char* kTables = R"sql(
CREATE TABLE block (
  number INTEGER PRIMARY KEY, first_sequence INTEGER NOT NULL, events INTEGER NOT NULL, first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL, committed_at INTEGER NOT NULL, last_message INTEGER NOT NULL, greatest_id INTEGER NOT NULL,
  event_chunks INTEGER NOT NULL, body_chunks INTEGER NOT NULL, purged INTEGER NOT NULL, due_at INTEGER NOT NULL, digest BLOB NOT NULL,
  hash BLOB NOT NULL) STRICT;
CREATE TABLE block_events (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE block_bodies (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;

CREATE TABLE waiting_group (
  id INTEGER PRIMARY KEY, destination TEXT NOT NULL, duty INTEGER NOT NULL, state INTEGER NOT NULL,
  owner TEXT NOT NULL, cause TEXT NOT NULL, urgent INTEGER NOT NULL,
  UNIQUE (destination, duty, state, owner, cause, urgent)) STRICT;
CREATE TABLE obligation (
  id INTEGER PRIMARY KEY, waits INTEGER NOT NULL, through INTEGER NOT NULL, record BLOB NOT NULL) STRICT;
CREATE INDEX obligation_waits ON obligation (waits, id);

CREATE TABLE clock (id INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT;

CREATE TABLE patient (
  id INTEGER PRIMARY KEY, survivor INTEGER, effective_at INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
CREATE TABLE patient_link (
  system INTEGER NOT NULL, value TEXT NOT NULL, patient INTEGER NOT NULL,
  PRIMARY KEY (system, value)) STRICT, WITHOUT ROWID;

CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE key_kind (kind TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE config (hash TEXT PRIMARY KEY, activated_at INTEGER NOT NULL, files TEXT NOT NULL) STRICT;
CREATE TABLE note (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE tally (
  kind INTEGER NOT NULL, first INTEGER NOT NULL, second INTEGER NOT NULL, value INTEGER NOT NULL,
  count INTEGER NOT NULL, PRIMARY KEY (kind, first, second, value)) STRICT, WITHOUT ROWID;
CREATE TABLE ledger (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
)sql";

bool is_empty(Connection& connection) {
    Cursor rows = connection.query("SELECT 1 FROM sqlite_schema LIMIT 1");
    return !rows.next();
}

std::string random_number() {
    std::random_device random;
    return std::to_string(static_cast<std::int64_t>((std::uint64_t{random()} << 32) | random()));
}

void create(Connection& connection) {
    connection.script("PRAGMA page_size = 4096; BEGIN IMMEDIATE;" + std::string(kTables) + index::kRunTables +
                      "INSERT INTO ledger VALUES ('hash-secret-0', " + random_number() + "), ('hash-secret-1', " +
                      random_number() + "), ('projected-through', 0);" +
                      "PRAGMA application_id = " + std::to_string(kApplicationId) +
                      "; PRAGMA user_version = " + std::to_string(kSchemaVersion) + "; COMMIT;");
}

Error other_version(std::int64_t version) {
    if (version < kSchemaVersion)
        return fail(Issue::not_supported, "ledger",
                    "The ledger has schema version " + std::to_string(version) +
                        ", which this engine does not read; migrate it first, or start with a new file.");
    return fail(Issue::not_supported, "ledger",
                "The ledger has schema version " + std::to_string(version) + " and this engine knows " +
                    std::to_string(kSchemaVersion) + "; start the engine version that wrote it, or a newer one.");
}

}  // namespace

Result<void> prepare_schema(Connection& connection) {
    const std::int64_t application = connection.pragma("application_id");
    const std::int64_t version = connection.pragma("user_version");
    if (application == kApplicationId && version == kSchemaVersion) return {};
    if (application == kApplicationId) return other_version(version);
    if (application != 0 || version != 0 || !is_empty(connection))
        return fail(Issue::invalid, "ledger",
                    "The file is an SQLite database of another program; name a new file or a Causeway ledger.");
    create(connection);
    return {};
}

void prepare_writer(Connection& connection) {
    connection.script(
        "PRAGMA journal_mode = WAL;"
        "PRAGMA synchronous = FULL;"
        "PRAGMA journal_size_limit = 67108864;"
        "PRAGMA cache_size = -16000;"
        "PRAGMA temp_store = MEMORY;");
    if (mutant("synchronous-normal")) connection.script("PRAGMA synchronous = NORMAL;");
}

std::int64_t ledger_value(Connection& connection, std::string_view name) {
    Cursor row = connection.query("SELECT value FROM ledger WHERE name = ?", name);
    return row.next() ? row.integer(0) : 0;
}

void set_ledger_value(Connection& connection, std::string_view name, std::int64_t value) {
    connection.run("INSERT INTO ledger (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
                   name, value);
}

}  // namespace causeway::sqlite
