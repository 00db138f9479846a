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
    std::int64_t channel = 0, type = 0, media = 0, config = 0;
    row.read(found.stored.disposition, channel, type, media, config, m.priority, found.stored.http_status,
             m.received_at, m.sender, m.message_control_id);
    m.channel = name(channel);
    m.message_type = name(type);
    m.media_type = name(media);
    m.config_hash = name(config);
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
    std::int64_t destination = 0, route = 0, map = 0;
    row.read(o.id, o.message, o.duty, o.state, o.priority, o.attempts, o.created_at, o.next_attempt_at, destination,
             route, map, o.organisation, o.lane, o.owner, o.cause, o.rule, o.facts);
    o.destination = name(destination);
    o.route = name(route);
    o.map = name(map);
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
        row.read(clock.id, clock.message, clock.state, clock.started_at, clock.warn_at, clock.breach_at, clock.name,
                 clock.owner, clock.rule, clock.stop_when);
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
