#include "store/sqlite/open_obligations.hpp"

#include "store/sqlite/ledger_error.hpp"

namespace causeway::sqlite {
namespace {

/// So many changes are kept in memory.
constexpr std::size_t kMostUnwritten = 8'192;
/// No change stays in memory for longer than so many events: a start reads at most these again.
constexpr std::int64_t kLongest = 60'000;

}  // namespace

WaitingKey waiting_key(const Obligation& o) {
    const bool told = o.state == State::held || !o.cause.empty();
    return {o.destination, o.duty, o.state, told ? o.owner : std::string(), o.cause, o.priority != Priority::routine};
}

OwedPtr read_owed(std::string_view record, std::int64_t through) {
    auto decoded = take(record::decode_owed(record));
    return std::make_shared<const Owed>(Owed{std::move(decoded.obligation), std::move(decoded.origin), through, true});
}

OwedPtr stored_owed(Connection& connection, Id id) {
    Cursor row = connection.query("SELECT record, through FROM obligation WHERE id = ?", id);
    return row.next() ? read_owed(row.bytes(0), row.integer(1)) : nullptr;
}

std::vector<StoredGroup> stored_groups(Connection& connection) {
    std::vector<StoredGroup> groups;
    Cursor rows = connection.query("SELECT id, destination, duty, state, owner, cause, urgent FROM waiting_group");
    while (rows.next())
        groups.push_back({rows.integer(0),
                          {std::string(rows.text(1)), rows.as<Duty>(2), rows.as<State>(3), std::string(rows.text(4)),
                           std::string(rows.text(5)), rows.integer(6) != 0}});
    return groups;
}

void OpenObligations::load(Connection& connection) {
    // Groups that nothing waits in any more would only be looked through again and again.
    connection.run(
        "DELETE FROM waiting_group WHERE NOT EXISTS (SELECT 1 FROM obligation WHERE waits = waiting_group.id)");
    for (StoredGroup& group : stored_groups(connection)) {
        Cursor row = connection.query("SELECT count(*) FROM obligation WHERE waits = ?", group.number);
        if (row.next()) counts_[group.key] = {row.integer(0), group.number};
        groups_[std::move(group.key)] = group.number;
    }
}

void OpenObligations::replay(Connection& connection, const record::StoredRecord& stored, std::int64_t block) {
    const Event& event = stored.record.event;
    if (!stored.record.created && !stored.record.change) return;
    const auto known = unwritten_.find(event.obligation.value);
    const OwedPtr before = known != unwritten_.end() ? known->second : stored_owed(connection, event.obligation);
    if (before ? before->through >= event.sequence : !stored.record.created) return;
    Owed after;
    if (before)
        after = *before;
    else
        after = {*stored.record.created, stored.origin, 0, false};
    if (stored.record.change) apply(*stored.record.change, after.obligation);
    after.through = event.sequence;
    const auto made = std::make_shared<const Owed>(std::move(after));
    count(before, made);
    keep(made, block, event.sequence);
}

OwedPtr OpenObligations::find(Connection& connection, Id id) {
    OwedPtr found;
    if (const auto changed = pending_.find(id.value); changed != pending_.end())
        found = changed->second.after;
    else if (const auto known = unwritten_.find(id.value); known != unwritten_.end())
        found = known->second;
    else
        return stored_owed(connection, id);
    return is_final(found->obligation.state) ? nullptr : found;
}

void OpenObligations::put(const OwedPtr& before, Owed after) {
    const std::int64_t id = after.obligation.id.value;
    auto made = std::make_shared<const Owed>(std::move(after));
    const auto [change, fresh] = pending_.try_emplace(id, Change{before, nullptr});
    change->second.after = std::move(made);
}

bool OpenObligations::is_due(const Turn& turn, std::int64_t sequence, std::size_t left) const {
    return left > kMostUnwritten || turn.sequence + kLongest < sequence;
}

std::int64_t OpenObligations::write(Connection& connection, std::int64_t block, std::int64_t sequence, std::size_t most,
                                    bool all) {
    for (; turns_taken_ < turns_.size(); ++turns_taken_) {
        const Turn& turn = turns_[turns_taken_];
        const auto since = since_.find(turn.id);
        if (since == since_.end() || since->second != turn.block) continue;
        const std::size_t left = unwritten_.size() - written_.size();
        if (written_.size() >= most || (!all && !is_due(turn, sequence, left))) return turn.block - 1;
        // What this group changes too is written as it was before: the change has its own turn.
        written_.push_back({turn.id, write_row(connection, *unwritten_.find(turn.id)->second)});
    }
    return pending_.empty() ? block : block - 1;
}

std::int64_t OpenObligations::write_row(Connection& connection, const Owed& owed) {
    const Obligation& o = owed.obligation;
    if (is_final(o.state)) {
        connection.run("DELETE FROM obligation WHERE id = ?", o.id);
        return 0;
    }
    const std::int64_t waits = group(connection, waiting_key(o));
    connection.run("INSERT OR REPLACE INTO obligation (id, waits, through, record) VALUES (?, ?, ?, ?)", o.id, waits,
                   owed.through, Bytes{record::encode_owed(o, owed.origin)});
    return waits;
}

std::int64_t OpenObligations::group(Connection& connection, const WaitingKey& key) {
    if (const auto known = groups_.find(key); known != groups_.end()) return known->second;
    connection.run(
        "INSERT OR IGNORE INTO waiting_group (destination, duty, state, owner, cause, urgent)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        key.destination, key.duty, key.state, key.owner, key.cause, key.urgent ? 1 : 0);
    Cursor row = connection.query(
        "SELECT id FROM waiting_group WHERE destination = ? AND duty = ? AND state = ? AND owner = ? AND cause = ?"
        " AND urgent = ?",
        key.destination, key.duty, key.state, key.owner, key.cause, key.urgent ? 1 : 0);
    if (!row.next()) throw SqlError(SQLITE_CORRUPT);
    return groups_.emplace(key, row.integer(0)).first->second;
}

void OpenObligations::publish(std::int64_t block, std::int64_t sequence) {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, group] : written_) {
        const auto known = unwritten_.find(id);
        const auto counted = counts_.find(waiting_key(known->second->obligation));
        if (group != 0 && counted != counts_.end()) counted->second.group = group;
        oldest_rows_.wrote(id, group);
        // A change of this group was made from a copy that had no row yet.
        if (const auto changed = pending_.find(id); changed != pending_.end()) {
            Owed after = *changed->second.after;
            after.stored = !is_final(known->second->obligation.state);
            changed->second.after = std::make_shared<const Owed>(std::move(after));
        }
        unwritten_.erase(known);
        since_.erase(id);
    }
    for (auto& [id, change] : pending_) {
        count(change.before, change.after);
        keep(change.after, block, sequence);
    }
    turns_.erase(turns_.begin(), turns_.begin() + static_cast<std::ptrdiff_t>(turns_taken_));
    turns_taken_ = 0;
    written_.clear();
    pending_.clear();
}

void OpenObligations::discard() {
    pending_.clear();
    written_.clear();
    groups_.clear();  // Some may have got their number in the transaction that is gone.
    turns_taken_ = 0;
}

void OpenObligations::count(const OwedPtr& before, const OwedPtr& after) {
    if (before) {
        const auto counted = counts_.find(waiting_key(before->obligation));
        if (counted != counts_.end() && --counted->second.count == 0) counts_.erase(counted);
    }
    if (!is_final(after->obligation.state)) ++counts_[waiting_key(after->obligation)].count;
}

void OpenObligations::keep(const OwedPtr& owed, std::int64_t block, std::int64_t sequence) {
    const std::int64_t id = owed->obligation.id.value;
    if (is_final(owed->obligation.state) && !owed->stored) {
        unwritten_.erase(id);
        since_.erase(id);
        return;
    }
    const bool fresh = unwritten_.insert_or_assign(id, owed).second;
    if (!fresh) return;
    since_[id] = block;
    turns_.push_back({block, sequence, id});
}

std::size_t OpenObligations::unwritten() const {
    return unwritten_.size();
}

OwedPtr OpenObligations::recent(Id id) const {
    const std::lock_guard lock(mutex_);
    const auto found = unwritten_.find(id.value);
    return found == unwritten_.end() ? nullptr : found->second;
}

Unwritten OpenObligations::snapshot(Id after) const {
    const std::lock_guard lock(mutex_);
    return {unwritten_.upper_bound(after.value), unwritten_.end()};
}

WaitingCounts OpenObligations::counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
}

}  // namespace causeway::sqlite
