#include "store/sqlite/v1_reader.hpp"

#include <rapidjson/document.h>

#include <algorithm>

namespace causeway::sqlite {
namespace {

// What the first version had no index for is sorted once, beside the file.
constexpr const char* kSorted = R"sql(
PRAGMA temp_store = FILE;
CREATE TEMP TABLE digest_of AS SELECT message, digest FROM duplicate ORDER BY message;
CREATE INDEX temp.digest_of_message ON digest_of (message);
)sql";

/// [["kind", "value"], ...]
std::vector<Key> keys_of(std::string_view json) {
    rapidjson::Document document;
    document.Parse<rapidjson::kParseIterativeFlag>(json.data(), json.size());
    std::vector<Key> keys;
    if (document.HasParseError() || !document.IsArray()) return keys;
    for (const auto& pair : document.GetArray()) {
        if (!pair.IsArray() || pair.Size() != 2 || !pair[0].IsString() || !pair[1].IsString()) continue;
        keys.push_back(
            {{pair[0].GetString(), pair[0].GetStringLength()}, {pair[1].GetString(), pair[1].GetStringLength()}});
    }
    return keys;
}

}  // namespace

V1Reader::V1Reader(Connection& connection) : db_(connection) {
    db_.script(kSorted);
    Cursor names = db_.query("SELECT id, text FROM name");
    while (names.next()) names_[names.integer(0)] = names.text(1);
    Cursor count = db_.query("SELECT count(*) FROM event");
    if (count.next()) events_ = count.integer(0);
}

std::vector<V1Reader::EventRow> V1Reader::events_after(std::int64_t sequence, std::size_t limit) {
    std::vector<EventRow> found;
    Cursor row = db_.query(
        "SELECT sequence, at, kind, message, obligation, state, actor, detail FROM event WHERE sequence > ?"
        " ORDER BY sequence LIMIT ?",
        sequence, static_cast<std::int64_t>(limit));
    while (row.next()) {
        EventRow one;
        one.event = {row.integer(0), row.instant(1),       name(row.integer(2)),    row.id(3),
                     row.id(4),      name(row.integer(6)), std::string(row.text(7))};
        if (!row.is_null(5)) one.state = row.as<State>(5);
        found.push_back(std::move(one));
    }
    return found;
}

std::optional<V1Reader::MessageRow> V1Reader::message(Id id) {
    Cursor row = db_.query(
        "SELECT disposition, channel, type, media, config, priority, http_status, received_at, sender, control_id,"
        " sha256, keys, outcome, bytes FROM message LEFT JOIN body ON body.message = message.id WHERE message.id = ?",
        id);
    if (!row.next()) return std::nullopt;
    MessageRow found;
    Message& m = found.stored.message;
    m.id = id;
    found.stored.disposition = row.as<Disposition>(0);
    m.channel = name(row.integer(1));
    m.message_type = name(row.integer(2));
    m.media_type = name(row.integer(3));
    m.config_hash = name(row.integer(4));
    m.priority = row.as<Priority>(5);
    found.stored.http_status = static_cast<int>(row.integer(6));
    m.received_at = row.instant(7);
    m.sender = row.text(8);
    m.message_control_id = row.text(9);
    const auto digest = row.bytes(10);
    std::copy_n(digest.begin(), std::min(digest.size(), m.body_sha256.size()), m.body_sha256.begin());
    m.keys = keys_of(row.text(11));
    found.outcome_json = row.text(12);
    m.body = Payload(std::string(row.bytes(13)));
    Cursor duplicate = db_.query("SELECT digest FROM temp.digest_of WHERE message = ?", id);
    if (duplicate.next() && duplicate.bytes(0).size() == std::tuple_size_v<record::DuplicateDigest>)
        std::copy_n(duplicate.bytes(0).begin(), duplicate.bytes(0).size(), found.duplicate.emplace().begin());
    return found;
}

Obligation V1Reader::read_obligation(const Cursor& row) {
    Obligation o;
    o.id = row.id(0);
    o.message = row.id(1);
    o.duty = row.as<Duty>(2);
    o.state = row.as<State>(3);
    o.priority = row.as<Priority>(4);
    o.attempts = static_cast<int>(row.integer(5));
    o.created_at = row.instant(6);
    o.next_attempt_at = row.instant(7);
    o.destination = name(row.integer(8));
    o.route = name(row.integer(9));
    o.map = name(row.integer(10));
    o.organisation = row.text(11);
    o.lane = row.text(12);
    o.owner = row.text(13);
    o.cause = row.text(14);
    o.rule = row.text(15);
    o.facts = row.text(16);
    return o;
}

#define CAUSEWAY_V1_OBLIGATION                                                                                   \
    "SELECT id, message, duty, state, priority, attempts, created_at, next_attempt_at, destination, route, map," \
    " organisation, lane, owner, cause, rule, facts FROM obligation "

std::optional<Obligation> V1Reader::obligation(Id id) {
    Cursor row = db_.query(CAUSEWAY_V1_OBLIGATION "WHERE id = ?", id);
    return row.next() ? std::optional(read_obligation(row)) : std::nullopt;
}

std::vector<Obligation> V1Reader::obligations(Id after, std::size_t limit) {
    std::vector<Obligation> found;
    Cursor row =
        db_.query(CAUSEWAY_V1_OBLIGATION "WHERE id > ? ORDER BY id LIMIT ?", after, static_cast<std::int64_t>(limit));
    while (row.next()) found.push_back(read_obligation(row));
    return found;
}

std::int64_t V1Reader::last_event(Id message, Id obligation) {
    Cursor row = db_.query("SELECT max(sequence) FROM event WHERE message = ? AND obligation = ?", message, obligation);
    return row.next() ? row.integer(0) : 0;
}

std::string V1Reader::answer(std::int64_t sequence) {
    Cursor row = db_.query("SELECT bytes FROM answer WHERE sequence = ?", sequence);
    return row.next() ? std::string(row.bytes(0)) : std::string();
}

std::vector<PathwayClock> V1Reader::clocks(Id message) {
    std::vector<PathwayClock> found;
    Cursor row = db_.query(
        "SELECT id, message, state, started_at, warn_at, breach_at, name, owner, rule, stop_when FROM clock"
        " WHERE message = ?1 OR ?1 = 0 ORDER BY id",
        message);
    while (row.next()) {
        PathwayClock clock;
        clock.id = row.id(0);
        clock.message = row.id(1);
        clock.state = row.as<PathwayClock::State>(2);
        clock.started_at = row.instant(3);
        clock.warn_at = row.instant(4);
        clock.breach_at = row.instant(5);
        clock.name = row.text(6);
        clock.owner = row.text(7);
        clock.rule = row.text(8);
        clock.stop_when = row.text(9);
        found.push_back(std::move(clock));
    }
    return found;
}

std::vector<ConfigRecord> V1Reader::configurations() {
    std::vector<ConfigRecord> found;
    Cursor row = db_.query("SELECT hash, activated_at, files FROM config");
    while (row.next()) found.push_back({std::string(row.text(0)), row.instant(1), std::string(row.text(2))});
    return found;
}

}  // namespace causeway::sqlite
