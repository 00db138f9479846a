#include <algorithm>
#include <set>

#include "store/sqlite/ledger.hpp"
#include "store/sqlite/patients.hpp"
#include "store/sqlite/rows.hpp"

namespace causeway::sqlite {
namespace {

std::int64_t capped(std::size_t limit) {
    return static_cast<std::int64_t>(std::min<std::size_t>(limit, std::numeric_limits<std::int64_t>::max()));
}

Error not_found(std::string_view what) {
    return fail(Issue::not_found, "ledger", "The ledger has no such " + std::string(what) + "; check the id.");
}

StoredMessage read_message(const Cursor& row, Names& names) {
    StoredMessage stored;
    Message& m = stored.message;
    m.id = row.id(0);
    stored.disposition = row.as<Disposition>(1);
    m.channel = names.text(row.integer(2));
    m.message_type = names.text(row.integer(3));
    m.media_type = names.text(row.integer(4));
    m.config_hash = names.text(row.integer(5));
    m.priority = row.as<Priority>(6);
    stored.http_status = static_cast<int>(row.integer(7));
    m.received_at = row.instant(8);
    m.sender = row.text(9);
    m.message_control_id = row.text(10);
    const std::string_view digest = row.bytes(11);
    std::copy_n(digest.begin(), std::min(digest.size(), m.body_sha256.size()), m.body_sha256.begin());
    if (!row.text(12).empty()) m.keys = keys_from_json(row.text(12));
    if (!row.text(13).empty()) stored.outcome = outcome_from_json(row.text(13));
    return stored;
}

std::vector<std::int64_t> kinds_to_search(Reader& reader, const std::string& kind) {
    std::vector<std::int64_t> kinds;
    if (!kind.empty()) {
        if (const auto number = reader.names.find(kind)) kinds.push_back(*number);
        return kinds;
    }
    // Hops from kind to kind: there are few of them in a large index.
    for (std::int64_t last = 0;;) {
        Cursor row = reader.db.query("SELECT min(kind) FROM message_key WHERE kind > ?", last);
        if (!row.next() || row.is_null(0)) return kinds;
        kinds.push_back(last = row.integer(0));
    }
}

std::vector<Id> find_ids(Reader& reader, const Key& key, std::size_t limit) {
    std::set<Id, std::greater<>> newest;
    for (const std::int64_t kind : kinds_to_search(reader, key.kind)) {
        Cursor rows = reader.db.query(
            "SELECT message FROM message_key WHERE kind = ? AND value = ? ORDER BY message DESC LIMIT ?", kind,
            key.value, capped(limit));
        while (rows.next()) newest.insert(rows.id(0));
    }
    std::vector<Id> ids(newest.begin(), newest.end());
    if (ids.size() > limit) ids.resize(limit);
    return ids;
}

std::vector<Obligation> read_obligations_of(Reader& reader, Id message) {
    const auto read = [&](const Cursor& row) { return read_obligation(row, reader.names); };
    auto found =
        all<Obligation>(reader.db.query("SELECT * FROM obligation WHERE id = ?1 AND message = ?1", message), read);
    auto rest = all<Obligation>(
        reader.db.query("SELECT * FROM obligation WHERE message = ? AND id <> message ORDER BY id", message), read);
    found.insert(found.end(), std::make_move_iterator(rest.begin()), std::make_move_iterator(rest.end()));
    return found;
}

MessageSummary summary_of(Reader& reader, Id id) {
    MessageSummary summary;
    {
        Cursor row = reader.db.query("SELECT * FROM message WHERE id = ?", id);
        if (!row.next()) return summary;
        StoredMessage stored = read_message(row, reader.names);
        Message& m = stored.message;
        summary = {id, m.channel, m.sender, m.message_control_id, m.message_type, stored.disposition, m.received_at,
                   {}};
    }
    for (const Obligation& o : read_obligations_of(reader, id)) ++summary.obligations[o.state];
    return summary;
}

void add_tally(Balance& balance, Reader& reader, const Cursor& row) {
    const std::string channel = reader.names.text(row.integer(1));
    const std::int64_t count = row.integer(4);
    if (row.integer(0) == 0) {
        balance.intake[channel][row.as<Disposition>(3)] = count;
        return;
    }
    const std::string destination = reader.names.text(row.integer(2));
    if (balance.rows.empty() || balance.rows.back().channel != channel ||
        balance.rows.back().destination != destination)
        balance.rows.push_back({channel, destination, {}});
    balance.rows.back().by_state[row.as<State>(3)] = count;
}

}  // namespace

template <class T, class Query>
Result<T> SqliteLedger::read(Query query) const {
    try {
        const ReaderPool::Lease reader = readers_.borrow();
        return query(*reader);
    } catch (const SqlError& error) {
        return to_error(error);
    }
}

Result<StoredMessage> SqliteLedger::message(Id id) const {
    return read<StoredMessage>([&](Reader& reader) -> Result<StoredMessage> {
        Cursor row =
            reader.db.query("SELECT m.*, b.bytes FROM message m JOIN body b ON b.message = m.id WHERE m.id = ?", id);
        if (!row.next()) return not_found("message");
        StoredMessage stored = read_message(row, reader.names);
        stored.message.body = Payload(std::string(row.bytes(14)));
        return stored;
    });
}

Result<Obligation> SqliteLedger::obligation(Id id) const {
    return read<Obligation>([&](Reader& reader) -> Result<Obligation> {
        Cursor row = reader.db.query("SELECT * FROM obligation WHERE id = ?", id);
        if (!row.next()) return not_found("obligation");
        return read_obligation(row, reader.names);
    });
}

Result<std::vector<MessageSummary>> SqliteLedger::find(const Key& key, std::size_t limit) const {
    return read<std::vector<MessageSummary>>([&](Reader& reader) {
        std::vector<MessageSummary> found;
        for (const Id id : find_ids(reader, key, limit)) found.push_back(summary_of(reader, id));
        return found;
    });
}

Result<std::vector<Obligation>> SqliteLedger::obligations_of(Id message) const {
    return read<std::vector<Obligation>>([&](Reader& reader) { return read_obligations_of(reader, message); });
}

Result<std::vector<Event>> SqliteLedger::events_of(Id message) const {
    return read<std::vector<Event>>([&](Reader& reader) {
        return all<Event>(reader.db.query("SELECT * FROM event WHERE message = ? ORDER BY sequence", message),
                          [&](const Cursor& row) { return read_event(row, reader.names); });
    });
}

Result<std::vector<Event>> SqliteLedger::events_after(std::int64_t sequence, std::size_t limit) const {
    return read<std::vector<Event>>([&](Reader& reader) {
        return all<Event>(reader.db.query("SELECT * FROM event WHERE sequence > ? ORDER BY sequence LIMIT ?", sequence,
                                          capped(limit)),
                          [&](const Cursor& row) { return read_event(row, reader.names); });
    });
}

Result<std::vector<StoredAnswer>> SqliteLedger::answers_of(Id message) const {
    return read<std::vector<StoredAnswer>>([&](Reader& reader) {
        return all<StoredAnswer>(
            reader.db.query("SELECT obligation, at, bytes FROM answer WHERE message = ? ORDER BY sequence", message),
            [](const Cursor& row) {
                return StoredAnswer{row.id(0), row.instant(1), Payload(std::string(row.bytes(2)))};
            });
    });
}

Result<std::vector<PathwayClock>> SqliteLedger::clocks_of(Id message) const {
    return read<std::vector<PathwayClock>>([&](Reader& reader) {
        return all<PathwayClock>(reader.db.query("SELECT * FROM clock WHERE message = ? ORDER BY id", message),
                                 read_clock);
    });
}

Result<std::vector<Obligation>> SqliteLedger::open_obligations(Id after, std::size_t limit) const {
    return read<std::vector<Obligation>>([&](Reader& reader) {
        return all<Obligation>(
            reader.db.query("SELECT * FROM obligation INDEXED BY obligation_open WHERE state < 3 AND id > ? ORDER BY id"
                            " LIMIT ?",
                            after, capped(limit)),
            [&](const Cursor& row) { return read_obligation(row, reader.names); });
    });
}

Result<std::vector<Waiting>> SqliteLedger::waiting(const WaitingFilter& filter) const {
    return read<std::vector<Waiting>>([&](Reader& reader) {
        return all<Waiting>(
            reader.db.query("SELECT o.*, m.type, m.received_at FROM obligation o INDEXED BY obligation_open"
                            " JOIN message m ON m.id = o.message WHERE o.state < 3 ORDER BY o.id LIMIT ?",
                            capped(filter.limit)),
            [&](const Cursor& row) {
                return Waiting{read_obligation(row, reader.names), reader.names.text(row.integer(2)),
                               reader.names.text(row.integer(18)), row.instant(19)};
            });
    });
}

Result<std::vector<PathwayClock>> SqliteLedger::running_clocks() const {
    return read<std::vector<PathwayClock>>([&](Reader& reader) {
        return all<PathwayClock>(
            reader.db.query("SELECT * FROM clock INDEXED BY clock_running WHERE state < 3 ORDER BY id"), read_clock);
    });
}

Result<Balance> SqliteLedger::balance() const {
    return read<Balance>([&](Reader& reader) {
        Balance balance;
        Cursor rows =
            reader.db.query("SELECT * FROM tally WHERE count <> 0 ORDER BY kind, channel, destination, value");
        while (rows.next()) add_tally(balance, reader, rows);
        return balance;
    });
}

Result<ConfigRecord> SqliteLedger::config(std::string_view hash) const {
    return read<ConfigRecord>([&](Reader& reader) -> Result<ConfigRecord> {
        Cursor row = reader.db.query("SELECT hash, activated_at, files FROM config WHERE hash = ?", hash);
        if (!row.next()) return not_found("configuration");
        return ConfigRecord{std::string(row.text(0)), row.instant(1), std::string(row.text(2))};
    });
}

Result<std::string> SqliteLedger::patient(const Key& identifier) const {
    return read<std::string>([&](Reader& reader) -> Result<std::string> {
        const Error nothing = fail(Issue::not_found, "ledger", "Nothing is known of a patient with this identifier.");
        const auto patient = find_patient(reader.db, reader.names, identifier);
        if (!patient) return nothing;
        Cursor row = reader.db.query("SELECT json FROM patient WHERE id = ?", *patient);
        if (!row.next() || row.text(0).empty()) return nothing;
        return std::string(row.text(0));
    });
}

Result<std::size_t> SqliteLedger::verify_events() const {
    return read<std::size_t>([&](Reader& reader) -> Result<std::size_t> {
        Chain chain;
        Sha256 before{};
        std::size_t count = 0;
        Cursor rows = reader.db.query("SELECT * FROM event ORDER BY sequence");
        while (rows.next()) {
            const Event event = read_event(rows, reader.names);
            before = chain.link(before, event);
            if (event.sequence != static_cast<std::int64_t>(++count) || rows.bytes(8) != as_view(before))
                return fail(Issue::invariant, "event " + std::to_string(count),
                            "The event chain is broken here; compare the file with its last good copy.");
        }
        return count;
    });
}

std::int64_t SqliteLedger::last_sequence() const {
    const auto last = read<std::int64_t>([&](Reader& reader) {
        Cursor row = reader.db.query("SELECT max(sequence) FROM event");
        return row.next() ? row.integer(0) : 0;
    });
    return last ? *last : 0;
}

Id SqliteLedger::last_id() const {
    const auto last = read<Id>([&](Reader& reader) {
        Cursor row = reader.db.query(
            "SELECT max(coalesce((SELECT max(id) FROM message), 0), coalesce((SELECT max(id) FROM obligation), 0),"
            " coalesce((SELECT max(id) FROM clock), 0))");
        return row.next() ? row.id(0) : Id{};
    });
    return last ? *last : Id{};
}

}  // namespace causeway::sqlite
