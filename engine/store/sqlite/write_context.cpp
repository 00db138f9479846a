#include "store/sqlite/write_context.hpp"

#include <algorithm>

namespace causeway::sqlite {
namespace {

constexpr int kIntake = 0;
constexpr int kObligations = 1;

}  // namespace

WriteContext::WriteContext(Connection& connection, const Clock& time, IdSource& id_source, DiskGuard& disk_guard)
    : db(connection),
      names(connection),
      clock(time),
      ids(id_source),
      disk(disk_guard),
      end_(read_chain_end(connection)),
      committed_(end_) {
}

WriteContext::ChainEnd WriteContext::read_chain_end(Connection& connection) {
    ChainEnd end;
    Cursor row = connection.query("SELECT sequence, hash FROM event ORDER BY sequence DESC LIMIT 1");
    if (!row.next()) return end;
    end.sequence = row.integer(0);
    const std::string_view hash = row.bytes(1);
    std::copy_n(hash.begin(), std::min(hash.size(), end.hash.size()), end.hash.begin());
    return end;
}

void WriteContext::begin() {
    db.run("BEGIN IMMEDIATE");
}

void WriteContext::commit() {
    write_tallies();
    db.run("COMMIT");
    committed_ = end_;
}

void WriteContext::rollback() {
    // SQLite may have rolled back already.
    if (sqlite3_get_autocommit(db.handle()) == 0) db.run("ROLLBACK");
    end_ = committed_;
    tallies_.clear();
    names.forget();
}

std::int64_t WriteContext::write_event(Event event, std::optional<State> after) {
    event.sequence = end_.sequence + 1;
    if (event.at == Instant()) event.at = clock.now();
    if (event.actor.empty()) event.actor = "engine";
    const Sha256 hash = chain_.link(end_.hash, event);
    static constexpr const char* kInsert =
        "INSERT INTO event (sequence, at, kind, message, obligation, state, actor, detail, hash)"
        " VALUES (?, ?, ?, nullif(?, 0), nullif(?, 0), nullif(?, -1), ?, ?, ?)";
    db.run(kInsert, event.sequence, event.at, names.intern(event.kind), event.message, event.obligation,
           after ? static_cast<int>(*after) : -1, names.intern(event.actor), event.detail, Bytes{as_view(hash)});
    end_.sequence = event.sequence;
    end_.hash = hash;
    return event.sequence;
}

void WriteContext::write_obligation(const Obligation& o, std::int64_t channel) {
    static constexpr const char* kInsert =
        "INSERT INTO obligation (id, message, channel, duty, state, priority, attempts, created_at, next_attempt_at,"
        " destination, route, map, organisation, lane, owner, cause, rule, facts)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    const std::int64_t destination = names.intern(o.destination);
    db.run(kInsert, o.id, o.message, channel, o.duty, o.state, o.priority, o.attempts, o.created_at, o.next_attempt_at,
           destination, names.intern(o.route), names.intern(o.map), o.organisation, o.lane, o.owner, o.cause, o.rule,
           o.facts);
    count_move(channel, destination, std::nullopt, o.state);
}

void WriteContext::write_key(const Key& key, Id message) {
    db.run("INSERT OR IGNORE INTO message_key (kind, value, message) VALUES (?, ?, ?)", names.intern(key.kind),
           key.value, message);
}

void WriteContext::count_intake(std::int64_t channel, Disposition disposition) {
    ++tallies_[Tally(kIntake, channel, 0, static_cast<std::int64_t>(disposition))];
}

void WriteContext::count_move(std::int64_t channel, std::int64_t destination, std::optional<State> before,
                              State after) {
    if (before) --tallies_[Tally(kObligations, channel, destination, static_cast<std::int64_t>(*before))];
    ++tallies_[Tally(kObligations, channel, destination, static_cast<std::int64_t>(after))];
}

void WriteContext::write_tallies() {
    static constexpr const char* kAdd =
        "INSERT INTO tally (kind, channel, destination, value, count) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET count = count + excluded.count";
    for (const auto& [tally, change] : tallies_) {
        const auto& [kind, channel, destination, value] = tally;
        if (change != 0) db.run(kAdd, kind, channel, destination, value, change);
    }
    tallies_.clear();
}

}  // namespace causeway::sqlite
