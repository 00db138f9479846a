#pragma once
/// A ledger as the first version of the engine wrote it.

#include <sqlite3.h>

#include <stdexcept>
#include <string>

#include "core/digest.hpp"

namespace causeway::test {

inline constexpr const char* kV1Tables = R"sql(
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
PRAGMA application_id = 1129791833;
PRAGMA user_version = 1;
)sql";

/// Names: see kV1Names. Messages: 1000 accepted and routed to two destinations (2000 delivered after two attempts, 2001
/// held), 1001 refused, 1002 accepted and still to be processed. Clock 3000 was warned of. One duplicate of 1000.
inline constexpr const char* kV1Rows = R"sql(
INSERT INTO name VALUES (1, 'pas-in'), (2, 'ADT^A28'), (3, 'application/hl7-v2'), (4, 'c0ffee'), (5, 'engine'),
  (6, ''), (7, 'pas'), (8, 'gp'), (9, 'letters'), (10, 'map-1'), (11, 'nhs-number'), (12, 'ubrn'),
  (20, 'config.activated'), (21, 'message.accepted'), (22, 'message.refused'), (23, 'message.duplicate'),
  (24, 'route.matched'), (25, 'obligation.created'), (26, 'attempt.started'), (27, 'attempt.failed'),
  (28, 'attempt.confirmed'), (29, 'attempt.refused'), (30, 'clock.started'), (31, 'clock.warned'),
  (32, 'patient.known'), (33, 'op.one');
INSERT INTO config VALUES ('c0ffee', 1800000000000000, '{"a":"b"}');
INSERT INTO message VALUES
  (1000, 0, 1, 2, 3, 4, 1, 200, 1800000001000000, 'PAS|RXX', 'MSG-1', $SHA1, '[["nhs-number","9990000018"],["ubrn","4711"]]', ''),
  (1001, 3, 1, 2, 3, 4, 0, 422, 1800000002000000, 'PAS|RXX', 'MSG-2', $SHA2, '[]', ''),
  (1002, 0, 1, 2, 3, 4, 0, 200, 1800000003000000, 'PAS|RXX', 'MSG-3', $SHA3, '[["nhs-number","9990000018"]]', '');
INSERT INTO body VALUES (1000, CAST('MSH|first' AS BLOB)), (1001, CAST('MSH|refused' AS BLOB)),
  (1002, CAST('MSH|third' AS BLOB));
INSERT INTO duplicate VALUES ($DIGEST, 1000);
INSERT INTO message_key VALUES (11, '9990000018', 1000), (12, '4711', 1000), (11, '9990000018', 1002);
INSERT INTO obligation VALUES
  (1000, 1000, 1, 0, 3, 1, 0, 1800000001000000, 1800000001000000, 6, 6, 6, '', 'pas-in/p', '', '', '', ''),
  (1002, 1002, 1, 0, 0, 0, 0, 1800000003000000, 1800000003000000, 6, 6, 6, '', 'pas-in/p', '', '', '', ''),
  (2000, 1000, 1, 1, 3, 1, 2, 1800000001500000, 1800000001900000, 7, 9, 10, '', 'pas/p', '', '', '', '{"x":1}'),
  (2001, 1000, 1, 1, 2, 1, 1, 1800000001500000, 1800000001500000, 8, 9, 10, 'A81001', 'gp/p', 'office', 'AE: wrong', '', '');
INSERT INTO event VALUES
  (1, 1800000000000000, 20, NULL, NULL, NULL, 5, '{"hash":"c0ffee"}', x'00'),
  (2, 1800000001000000, 21, 1000, 1000, 0, 5, '', x'00'),
  (3, 1800000001500000, 24, 1000, NULL, NULL, 5, '{"route":"letters"}', x'00'),
  (4, 1800000001500000, 25, 1000, 2000, NULL, 5, '{"destination":"pas"}', x'00'),
  (5, 1800000001500000, 25, 1000, 2001, 0, 5, '{"destination":"gp"}', x'00'),
  (6, 1800000001500000, 30, 1000, NULL, NULL, 5, '{"name":"first-contact"}', x'00'),
  (7, 1800000001500000, 32, 1000, NULL, NULL, 5,
   '{"identifiers":[["nhs-number","9990000018"]],"effective_at":1800000000000000,"patient":"{\"resourceType\":\"Patient\"}"}', x'00'),
  (8, 1800000001600000, 26, 1000, 2000, 1, 5, '', x'00'),
  (9, 1800000001700000, 27, 1000, 2000, 0, 5, '', x'00'),
  (10, 1800000001800000, 26, 1000, 2000, 1, 5, '', x'00'),
  (11, 1800000001900000, 28, 1000, 2000, 3, 5, '{"code":"AA"}', x'00'),
  (12, 1800000001950000, 26, 1000, 2001, 1, 5, '', x'00'),
  (13, 1800000001960000, 29, 1000, 2001, 2, 5, '', x'00'),
  (14, 1800000002000000, 22, 1001, NULL, NULL, 5, '', x'00'),
  (15, 1800000002500000, 23, 1000, NULL, NULL, 5, '', x'00'),
  (16, 1800000003000000, 21, 1002, 1002, 0, 5, '', x'00'),
  (17, 1800000004000000, 31, 1000, NULL, NULL, 33, '{"clock":"$CLOCK","name":"first-contact"}', x'00');
INSERT INTO answer VALUES (11, 1000, 2000, 1800000001900000, CAST('MSA|AA' AS BLOB));
INSERT INTO clock VALUES (3000, 1000, 1, 1800000001500000, 1800000003500000, 1800000009000000, 'first-contact', 'office',
  'rule-1', 'true');
INSERT INTO tally VALUES (0, 1, 0, 0, 2), (0, 1, 0, 1, 1), (0, 1, 0, 3, 1);
)sql";

inline std::string replaced(std::string text, const std::string& name, const std::string& value) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name)) text.replace(at, name.size(), value);
    return text;
}

inline void write_v1_ledger(const std::string& file, const std::string& clock_id) {
    const auto blob = [](std::string_view bytes) { return "x'" + to_hex(bytes) + "'"; };
    std::string rows = kV1Rows;
    rows = replaced(rows, "$SHA1", blob(as_view(sha256("MSH|first"))));
    rows = replaced(rows, "$SHA2", blob(as_view(sha256("MSH|refused"))));
    rows = replaced(rows, "$SHA3", blob(as_view(sha256("MSH|third"))));
    rows = replaced(rows, "$DIGEST", blob(as_view(sha256("key-1")).substr(0, 16)));
    rows = replaced(rows, "$CLOCK", clock_id);
    sqlite3* db = nullptr;
    sqlite3_open(file.c_str(), &db);
    const int code =
        sqlite3_exec(db, (kV1Tables + rows + "PRAGMA journal_mode = WAL;").c_str(), nullptr, nullptr, nullptr);
    const std::string why = sqlite3_errmsg(db);
    sqlite3_close(db);
    if (code != SQLITE_OK) throw std::runtime_error("the test's own SQL failed: " + why);
}

}  // namespace causeway::test
