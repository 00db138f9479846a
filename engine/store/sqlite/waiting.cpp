#include <algorithm>

#include "store/sqlite/ledger.hpp"

namespace causeway::sqlite {
namespace {

/// What is open, from memory and table together: memory is looked at first, and where both have something it is right.
class OpenView {
public:
    OpenView(const OpenObligations& open, Connection& connection, Id after = {})
        : recent_(open.snapshot(after)), connection_(connection) {}

    const Unwritten& recent() const { return recent_; }
    bool overrides(std::int64_t id) const { return recent_.contains(id); }

    /// Up to `limit` ids of the group in the table, oldest first.
    std::vector<std::int64_t> stored(std::int64_t group, Id after, std::size_t limit) {
        std::vector<std::int64_t> ids;
        Cursor rows =
            connection_.query("SELECT id FROM obligation WHERE waits = ? AND id > ? ORDER BY id", group, after);
        while (ids.size() < limit && rows.next())
            if (!overrides(rows.integer(0))) ids.push_back(rows.integer(0));
        return ids;
    }

    OwedPtr row(std::int64_t id) { return stored_owed(connection_, Id{id}); }

private:
    const Unwritten recent_;
    Connection& connection_;
};

bool is_open(const OwedPtr& owed) {
    return !is_final(owed->obligation.state);
}

bool matches(const WaitingFilter& filter, const WaitingKey& key) {
    return (filter.any_destination || key.destination == filter.destination) &&
           (!filter.state || key.state == *filter.state) && (filter.owner.empty() || key.owner == filter.owner) &&
           (filter.cause.empty() || key.cause == filter.cause);
}

/// Ids that the filter asks for, oldest first.
std::vector<std::int64_t> matching_ids(const WaitingFilter& filter, OpenView& view, Connection& connection) {
    std::vector<std::int64_t> ids;
    for (const auto& [id, owed] : view.recent())
        if (is_open(owed) && matches(filter, waiting_key(owed->obligation))) ids.push_back(id);
    for (const StoredGroup& group : stored_groups(connection)) {
        if (!matches(filter, group.key)) continue;
        const auto more = view.stored(group.number, filter.after, filter.limit);
        ids.insert(ids.end(), more.begin(), more.end());
    }
    std::sort(ids.begin(), ids.end());
    if (ids.size() > filter.limit) ids.resize(filter.limit);
    return ids;
}

void note_oldest(Instant& oldest, Instant created) {
    if (oldest == Instant() || created < oldest) oldest = created;
}

void note_oldest(WaitingGroup& group, Instant created, bool urgent) {
    note_oldest(group.oldest, created);
    if (urgent) note_oldest(group.oldest_urgent, created);
}

/// When the oldest that the table has of the group was created; nothing where all of it has moved on.
std::optional<Instant> oldest_created(OldestRows& rows, OpenView& view, std::int64_t group) {
    const auto known = rows.find(group);
    if (known.row && !view.overrides(known.row->id)) return known.row->created;
    const auto ids = view.stored(group, {}, 1);
    const auto owed = ids.empty() ? nullptr : view.row(ids.front());
    if (!owed) return std::nullopt;
    if (!known.row) rows.learn(group, {ids.front(), owed->obligation.created_at}, known.turn);
    return owed->obligation.created_at;
}

/// Groups as they are shown: urgent and routine together.
class Groups {
public:
    WaitingGroup& of(const WaitingKey& key) {
        WaitingKey plain = key;
        plain.urgent = false;
        const auto [at, fresh] = groups_.try_emplace(std::move(plain));
        WaitingGroup& group = at->second;
        if (fresh) {
            group.destination = key.destination;
            group.duty = key.duty;
            group.state = key.state;
            group.owner = key.owner;
            group.cause = key.cause;
        }
        return group;
    }
    /// Without those that were counted, and of which nothing was left a moment later.
    std::vector<WaitingGroup> take() {
        std::vector<WaitingGroup> all;
        for (auto& [key, group] : groups_)
            if (group.count > 0 && group.oldest != Instant()) all.push_back(std::move(group));
        return all;
    }

private:
    std::map<WaitingKey, WaitingGroup> groups_;
};

}  // namespace

Result<std::vector<Obligation>> SqliteLedger::open_obligations(Id after, std::size_t limit) const {
    return read<std::vector<Obligation>>([&](Reader& reader) {
        OpenView view(shared_.open, reader.db, after);
        std::vector<Obligation> found;
        auto recent = view.recent().begin();
        const auto take_recent_before = [&](std::int64_t id) {
            for (; recent != view.recent().end() && recent->first < id && found.size() < limit; ++recent)
                if (is_open(recent->second)) found.push_back(recent->second->obligation);
        };
        Cursor rows = reader.db.query("SELECT id, record FROM obligation WHERE id > ? ORDER BY id", after);
        while (found.size() < limit && rows.next()) {
            const std::int64_t id = rows.integer(0);
            take_recent_before(id);
            if (found.size() < limit && !view.overrides(id))
                found.push_back(std::move(take(record::decode_owed(rows.bytes(1))).obligation));
        }
        take_recent_before(std::numeric_limits<std::int64_t>::max());
        return found;
    });
}

Result<std::vector<WaitingGroup>> SqliteLedger::waiting_groups() const {
    return read<std::vector<WaitingGroup>>([&](Reader& reader) {
        Groups groups;
        const auto counts = shared_.open.counts();
        OpenView view(shared_.open, reader.db);
        for (const auto& [key, waits] : counts) {
            WaitingGroup& group = groups.of(key);
            group.count += waits.count;
            if (key.urgent) group.urgent += waits.count;
            if (waits.group == 0) continue;
            if (const auto oldest = oldest_created(shared_.open.oldest_rows(), view, waits.group))
                note_oldest(group, *oldest, key.urgent);
        }
        for (const auto& [id, owed] : view.recent()) {
            if (!is_open(owed)) continue;
            const WaitingKey key = waiting_key(owed->obligation);
            note_oldest(groups.of(key), owed->obligation.created_at, key.urgent);
        }
        return groups.take();
    });
}

Result<std::vector<Waiting>> SqliteLedger::waiting(const WaitingFilter& filter) const {
    return read<std::vector<Waiting>>([&](Reader& reader) {
        OpenView view(shared_.open, reader.db, filter.after);
        std::vector<Waiting> found;
        for (const std::int64_t id : matching_ids(filter, view, reader.db)) {
            const auto recent = view.recent().find(id);
            const OwedPtr owed = recent != view.recent().end() ? recent->second : stored_owed(reader.db, Id{id});
            if (!owed) continue;  // It has ended meanwhile.
            const record::Origin& origin = owed->origin;
            found.push_back({owed->obligation, origin.channel, origin.message_type, origin.received_at});
        }
        return found;
    });
}

}  // namespace causeway::sqlite
