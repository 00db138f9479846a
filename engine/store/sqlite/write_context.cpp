#include "store/sqlite/write_context.hpp"

#include <algorithm>

#include "store/sqlite/schema.hpp"
#include "store/sqlite/tally.hpp"

namespace causeway::sqlite {
namespace {

/// Rows of the obligation table written with one group at most.
constexpr std::size_t kRowsAGroup = 1'024;
/// How far `projected-through` may lag behind where it could be, in blocks.
constexpr std::int64_t kProjectionLag = 16;

std::int64_t tallied(Connection& connection, int value) {
    Cursor row = connection.query("SELECT count FROM tally WHERE kind = ? AND first = 0 AND second = 0 AND value = ?",
                                  static_cast<int>(kChainTally), value);
    return row.next() ? row.integer(0) : 0;
}

/// Where the chain goes on. If its tail was cut off, the numbers go on from where they were, so that the gap stays
/// seen.
block::Header read_head(Connection& connection, Blocks& blocks) {
    block::Header head = blocks.last().value_or(block::Header{});
    head.number = std::max(head.number, tallied(connection, 1));
    const std::int64_t events = std::max(head.last_sequence(), tallied(connection, 0));
    head.first_sequence = events - head.events + 1;
    return head;
}

}  // namespace

WriteContext::WriteContext(Connection& connection, Shared& with, const Clock& time, IdSource& id_source,
                           DiskGuard& disk_guard)
    : chunks_(connection, with.sealer),
      db(connection),
      shared(with),
      names(connection),
      clock(time),
      ids(id_source),
      disk(disk_guard),
      block(chunks_),
      history(connection, with, &block),
      head_(read_head(connection, history.blocks)) {
    projected_ = projected_written_ = ledger_value(db, "projected-through");
    load_kinds();
    block.begin(head_);
}

void WriteContext::begin() {
    db.run("BEGIN IMMEDIATE");
}

void WriteContext::commit() {
    if (!block.empty()) write_block();
    write_tallies();
    write_projections();
    db.run("COMMIT");
}

void WriteContext::publish() {
    if (made_) {
        head_ = *made_;
        std::uint32_t number = 0;
        for (const auto& chunk : block.event_chunks())
            shared.cache.put(block::Kind::events, head_.number, number++, chunk);
        for (const auto& [chunk, bytes] : block.body_chunks())
            shared.cache.put(block::Kind::bodies, head_.number, chunk, bytes);
        shared.keys.publish(head_.number);
        shared.recent.add(head_);
    }
    shared.open.publish(head_.number, head_.last_sequence());
    projected_written_ = projected_;
    made_.reset();
    indexed_.clear();
    block.begin(head_);
}

void WriteContext::rollback() {
    // SQLite may have rolled back already.
    if (sqlite3_get_autocommit(db.handle()) == 0) db.run("ROLLBACK");
    shared.open.discard();
    shared.keys.discard();
    projected_ = projected_written_;
    made_.reset();
    tallies_.clear();
    indexed_.clear();
    names.forget();
    load_kinds();
    block.begin(head_);
}

void WriteContext::settle() {
    while (shared.open.unwritten() > 0 || projected_written_ < head_.number) {
        begin();
        projected_ = shared.open.write(db, head_.number, head_.last_sequence(), kRowsAGroup, true);
        set_ledger_value(db, "projected-through", projected_);
        db.run("COMMIT");
        publish();
    }
}

std::int64_t WriteContext::write(Event event, const record::Parts& parts, const Payload& answer) {
    if (event.at == Instant()) event.at = clock.now();
    const std::int64_t sequence = block.append(event, parts, answer);
    if (event.message) index_event(event.message);
    return sequence;
}

void WriteContext::write_intake(Event event, const record::PreparedIntake& intake, const Payload& body) {
    block.append(event, intake, body);
}

void WriteContext::owe(Obligation obligation, const record::Origin& origin, std::int64_t sequence) {
    const Id id = obligation.id;
    count_move(origin, obligation, std::nullopt);
    if (id != obligation.message)
        shared.keys.add(index::Family::ids, static_cast<std::uint64_t>(id.value), block.number());
    block.used(id);
    shared.open.put(nullptr, {std::move(obligation), origin, sequence, false});
}

void WriteContext::move(const OwedPtr& before, Obligation after, std::int64_t sequence) {
    if (before->obligation.state != after.state) count_move(before->origin, after, before->obligation.state);
    shared.open.put(before, {std::move(after), before->origin, sequence, before->stored});
}

void WriteContext::index_keys(const std::vector<Key>& keys, Id message) {
    for (const Key& key : keys) {
        if (!kinds_.contains(key.kind)) {
            db.run("INSERT OR IGNORE INTO key_kind (kind) VALUES (?)", key.kind);
            kinds_.insert(key.kind);
        }
        shared.keys.add(index::Family::keys, index::key_hash(shared.secret, key.kind, key.value), message.value);
    }
}

void WriteContext::index_event(Id message) {
    if (message > head_.last_message || !indexed_.insert(message.value).second) return;
    shared.keys.add(index::Family::ids, static_cast<std::uint64_t>(message.value), block.number());
}

void WriteContext::count_intake(std::string_view channel, Disposition disposition, Instant at) {
    const std::int64_t number = names.intern(channel);
    const auto value = static_cast<std::int64_t>(disposition);
    ++tallies_[Tally(kIntakeTally, number, 0, value)];
    ++tallies_[Tally(kHourTally, hour_of(at), number, value)];
}

void WriteContext::count_feed(const std::string& channel, const std::string& feed, Disposition disposition,
                              Instant at) {
    const std::int64_t number = names.intern(channel + kFeedMark + feed);
    ++tallies_[Tally(kFeedTally, hour_of(at), number, static_cast<std::int64_t>(disposition))];
}

void WriteContext::count_move(const record::Origin& origin, const Obligation& after, std::optional<State> before) {
    const std::int64_t channel = names.intern(origin.channel);
    const std::int64_t destination = names.intern(after.destination);
    if (before) --tallies_[Tally(kObligationTally, channel, destination, static_cast<std::int64_t>(*before))];
    ++tallies_[Tally(kObligationTally, channel, destination, static_cast<std::int64_t>(after.state))];
}

void WriteContext::write_block() {
    made_ = block.finish(clock.now());
    made_->hash = block::link(head_.hash, *made_);
    write_header(db, *made_);
    tallies_[Tally(kChainTally, 0, 0, 0)] = made_->last_sequence() - head_.last_sequence();
    tallies_[Tally(kChainTally, 0, 0, 1)] = made_->number - head_.number;
}

void WriteContext::write_tallies() {
    static constexpr const char* kAdd =
        "INSERT INTO tally (kind, first, second, value, count) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET count = count + excluded.count";
    for (const auto& [tally, change] : tallies_) {
        const auto& [kind, first, second, value] = tally;
        if (change != 0) db.run(kAdd, kind, first, second, value, change);
    }
    tallies_.clear();
}

void WriteContext::write_projections() {
    const block::Header& newest = made_ ? *made_ : head_;
    const std::int64_t through = shared.open.write(db, newest.number, newest.last_sequence(), kRowsAGroup, false);
    if (through - projected_ < kProjectionLag) return;
    projected_ = through;
    set_ledger_value(db, "projected-through", projected_);
}

void WriteContext::load_kinds() {
    kinds_.clear();
    Cursor rows = db.query("SELECT kind FROM key_kind");
    while (rows.next()) kinds_.emplace(rows.text(0));
}

}  // namespace causeway::sqlite
