#include "store/sqlite/schema.hpp"

namespace causeway::sqlite {
namespace {

// States below 3 (queued, in flight, held) are open; clock states below 3 still run. The partial indexes depend on it.
constexpr const char* kTables = R"sql(
CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE message (
  id INTEGER PRIMARY KEY, disposition INTEGER NOT NULL, channel INTEGER NOT NULL, type INTEGER NOT NULL,
  media INTEGER NOT NULL, config INTEGER NOT NULL, priority INTEGER NOT NULL, http_status INTEGER NOT NULL,
  received_at INTEGER NOT NULL, sender TEXT NOT NULL, control_id TEXT NOT NULL, sha256 BLOB NOT NULL,
  keys TEXT NOT NULL, outcome TEXT NOT NULL) STRICT;

CREATE TABLE body (message INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;

CREATE TABLE duplicate (
  digest BLOB NOT NULL, message INTEGER NOT NULL, PRIMARY KEY (digest, message)) STRICT, WITHOUT ROWID;

CREATE TABLE message_key (
  kind INTEGER NOT NULL, value TEXT NOT NULL, message INTEGER NOT NULL,
  PRIMARY KEY (kind, value, message)) STRICT, WITHOUT ROWID;

CREATE TABLE obligation (
  id INTEGER PRIMARY KEY, message INTEGER NOT NULL, channel INTEGER NOT NULL, duty INTEGER NOT NULL,
  state INTEGER NOT NULL, priority INTEGER NOT NULL, attempts INTEGER NOT NULL, created_at INTEGER NOT NULL,
  next_attempt_at INTEGER NOT NULL, destination INTEGER NOT NULL, route INTEGER NOT NULL, map INTEGER NOT NULL,
  organisation TEXT NOT NULL, lane TEXT NOT NULL, owner TEXT NOT NULL, cause TEXT NOT NULL, rule TEXT NOT NULL,
  facts TEXT NOT NULL) STRICT;
CREATE INDEX obligation_open ON obligation (id) WHERE state < 3;
CREATE INDEX obligation_message ON obligation (message) WHERE id <> message;

CREATE TABLE event (
  sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind INTEGER NOT NULL, message INTEGER, obligation INTEGER,
  state INTEGER, actor INTEGER NOT NULL, detail TEXT NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE INDEX event_message ON event (message) WHERE message IS NOT NULL;

CREATE TABLE answer (
  sequence INTEGER PRIMARY KEY, message INTEGER NOT NULL, obligation INTEGER NOT NULL, at INTEGER NOT NULL,
  bytes BLOB NOT NULL) STRICT;
CREATE INDEX answer_message ON answer (message);

CREATE TABLE clock (
  id INTEGER PRIMARY KEY, message INTEGER NOT NULL, state INTEGER NOT NULL, started_at INTEGER NOT NULL,
  warn_at INTEGER NOT NULL, breach_at INTEGER NOT NULL, name TEXT NOT NULL, owner TEXT NOT NULL, rule TEXT NOT NULL,
  stop_when TEXT NOT NULL) STRICT;
CREATE INDEX clock_message ON clock (message);
CREATE INDEX clock_running ON clock (id) WHERE state < 3;

CREATE TABLE patient (
  id INTEGER PRIMARY KEY, survivor INTEGER, effective_at INTEGER NOT NULL, json TEXT NOT NULL) STRICT;
CREATE TABLE patient_link (
  system INTEGER NOT NULL, value TEXT NOT NULL, patient INTEGER NOT NULL,
  PRIMARY KEY (system, value)) STRICT, WITHOUT ROWID;

CREATE TABLE config (hash TEXT PRIMARY KEY, activated_at INTEGER NOT NULL, files TEXT NOT NULL) STRICT;

CREATE TABLE tally (
  kind INTEGER NOT NULL, channel INTEGER NOT NULL, destination INTEGER NOT NULL, value INTEGER NOT NULL,
  count INTEGER NOT NULL, PRIMARY KEY (kind, channel, destination, value)) STRICT, WITHOUT ROWID;
)sql";

bool is_empty(Connection& connection) {
    Cursor rows = connection.query("SELECT 1 FROM sqlite_schema LIMIT 1");
    return !rows.next();
}

void create(Connection& connection) {
    connection.script("BEGIN IMMEDIATE;" + std::string(kTables) +
                      "PRAGMA application_id = " + std::to_string(kApplicationId) +
                      "; PRAGMA user_version = " + std::to_string(kSchemaVersion) + "; COMMIT;");
}

}  // namespace

Result<void> prepare_schema(Connection& connection) {
    const std::int64_t application = connection.pragma("application_id");
    const std::int64_t version = connection.pragma("user_version");
    if (application == kApplicationId && version == kSchemaVersion) return {};
    if (application == kApplicationId)
        return fail(Issue::not_supported, "ledger",
                    "The ledger has schema version " + std::to_string(version) + " and this engine knows " +
                        std::to_string(kSchemaVersion) + "; start the engine version that wrote it, or a newer one.");
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
        "PRAGMA cache_size = -32000;"
        "PRAGMA temp_store = MEMORY;");
}

}  // namespace causeway::sqlite
