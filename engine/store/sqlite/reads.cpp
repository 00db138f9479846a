#include <algorithm>
#include <set>

#include "store/sqlite/ledger.hpp"
#include "store/sqlite/patients.hpp"
#include "store/sqlite/tally.hpp"

namespace causeway::sqlite {
namespace {

/// Hits are asked for in pages of this many; each is read, so that a collision of hashes is no hit.
constexpr std::size_t kPage = 64;

std::vector<std::string> kinds_to_search(Reader& reader, const std::string& kind) {
    if (!kind.empty()) return {kind};
    std::vector<std::string> kinds;
    Cursor rows = reader.db.query("SELECT kind FROM key_kind");
    while (rows.next()) kinds.emplace_back(rows.text(0));
    return kinds;
}

bool has_key(const std::vector<Key>& keys, const Key& key) {
    return std::any_of(keys.begin(), keys.end(), [&](const Key& one) {
        return one.value == key.value && (key.kind.empty() || one.kind == key.kind);
    });
}

/// Messages that may have the key, newest first.
std::vector<Id> find_ids(Reader& reader, const Key& key, std::size_t limit) {
    std::set<Id, std::greater<>> newest;
    for (const std::string& kind : kinds_to_search(reader, key.kind)) {
        const auto hash = index::key_hash(reader.shared.secret, kind, key.value);
        for (const Id id : reader.history.candidates(index::Family::keys, hash, limit)) newest.insert(id);
    }
    return {newest.begin(), newest.end()};
}

/// None where the message does not have the key after all.
std::optional<MessageSummary> summary_of(Reader& reader, Id id, const Key& key) {
    MessageSummary summary;
    std::map<Id, Obligation> owed;
    bool matches = false;
    reader.history.visit(id, [&](const record::RecordView& view) {
        constexpr unsigned kWanted = record::kIntake | record::kKeys | record::kCreated | record::kChange;
        if ((view.parts & kWanted) == 0) return true;
        auto stored = take(record::decode(view));
        matches = matches || has_key(stored.record.keys, key);
        if (stored.record.intake) {
            Message& m = stored.record.intake->message;
            matches = matches || has_key(m.keys, key);
            summary = {id,
                       m.channel,
                       m.sender,
                       m.message_control_id,
                       m.message_type,
                       stored.record.intake->disposition,
                       m.received_at,
                       {}};
        }
        const Id obligation = stored.record.event.obligation;
        if (stored.record.created) owed[obligation] = *std::move(stored.record.created);
        if (stored.record.change) apply(*stored.record.change, owed[obligation]);
        return true;
    });
    if (!matches || !summary.id) return std::nullopt;
    // Processing that has ended well went on as what it made, which is counted.
    for (const auto& [obligation, one] : owed)
        if (one.duty != Duty::process || one.state != State::delivered) ++summary.obligations[one.state];
    return summary;
}

void add_tally(Balance& balance, Reader& reader, const Cursor& row) {
    const std::string channel = reader.names.text(row.integer(1));
    const std::int64_t count = row.integer(4);
    if (row.integer(0) == kIntakeTally) {
        balance.intake[channel][row.as<Disposition>(3)] = count;
        return;
    }
    const std::string destination = reader.names.text(row.integer(2));
    if (balance.rows.empty() || balance.rows.back().channel != channel ||
        balance.rows.back().destination != destination)
        balance.rows.push_back({channel, destination, {}});
    balance.rows.back().by_state[row.as<State>(3)] = count;
}

Obligation ended_obligation(Reader& reader, Id id) {
    if (const auto message = reader.history.message_of(id))
        for (Obligation& o : reader.history.obligations(*message))
            if (o.id == id) return std::move(o);
    throw LedgerError(not_found("obligation"));
}

std::pair<std::string, std::string> channel_and_feed(const std::string& name) {
    const auto mark = name.find(kFeedMark);
    if (mark == std::string::npos) return {name, {}};
    return {name.substr(0, mark), name.substr(mark + 1)};
}

}  // namespace

Result<StoredMessage> SqliteLedger::message(Id id) const {
    return read<StoredMessage>([&](Reader& reader) -> Result<StoredMessage> {
        auto found = reader.history.whole(id);
        if (!found) return not_found("message");
        return *std::move(found);
    });
}

Result<Obligation> SqliteLedger::obligation(Id id) const {
    if (const auto owed = shared_.open.recent(id); owed && !is_final(owed->obligation.state)) return owed->obligation;
    return read<Obligation>([&](Reader& reader) -> Result<Obligation> {
        // What memory says has ended may still be in the table.
        const auto ended = shared_.open.recent(id);
        if (!ended)
            if (const auto owed = stored_owed(reader.db, id)) return owed->obligation;
        return ended_obligation(reader, id);
    });
}

Result<std::vector<MessageSummary>> SqliteLedger::find(const Key& key, std::size_t limit) const {
    return read<std::vector<MessageSummary>>([&](Reader& reader) {
        std::vector<MessageSummary> found;
        for (const Id id : find_ids(reader, key, std::max(limit, kPage))) {
            if (found.size() == limit) break;
            if (auto summary = summary_of(reader, id, key)) found.push_back(*std::move(summary));
        }
        return found;
    });
}

Result<std::vector<Obligation>> SqliteLedger::obligations_of(Id message) const {
    return read<std::vector<Obligation>>([&](Reader& reader) { return reader.history.obligations(message); });
}

Result<std::vector<Event>> SqliteLedger::events_of(Id message) const {
    return read<std::vector<Event>>([&](Reader& reader) {
        std::vector<Event> events;
        reader.history.visit(message, [&](const record::RecordView& view) {
            events.push_back(take(record::decode(view)).record.event);
            return true;
        });
        return events;
    });
}

Result<std::vector<Event>> SqliteLedger::events_after(std::int64_t sequence, std::size_t limit) const {
    std::vector<Event> events;
    ScanRange range;
    range.after = sequence;
    if (limit == 0) return events;
    const auto scanned = scan(range, [&](const LedgerRecord& record) {
        events.push_back(record.event);
        return events.size() < limit;
    });
    if (!scanned) return scanned.error();
    return events;
}

Result<std::vector<StoredAnswer>> SqliteLedger::answers_of(Id message) const {
    return read<std::vector<StoredAnswer>>([&](Reader& reader) {
        std::vector<StoredAnswer> answers;
        reader.history.visit(message, [&](const record::RecordView& view) {
            if ((view.parts & record::kBody) == 0 || (view.parts & record::kIntake) != 0) return true;
            const auto stored = take(record::decode(view));
            const Event& event = stored.record.event;
            const auto header = reader.history.blocks.of_sequence(event.sequence);
            if (header)
                answers.push_back(
                    {event.obligation, event.at, reader.history.blocks.body(*header, event.sequence, *stored.body)});
            return true;
        });
        return answers;
    });
}

Result<std::vector<PathwayClock>> SqliteLedger::clocks_of(Id message) const {
    return read<std::vector<PathwayClock>>([&](Reader& reader) { return reader.history.clocks(message); });
}

Result<std::vector<PathwayClock>> SqliteLedger::running_clocks() const {
    return read<std::vector<PathwayClock>>([&](Reader& reader) {
        std::vector<PathwayClock> clocks;
        Cursor rows = reader.db.query("SELECT record FROM clock ORDER BY id");
        while (rows.next()) clocks.push_back(take(record::decode_clock(rows.bytes(0))));
        return clocks;
    });
}

Result<Balance> SqliteLedger::balance() const {
    return read<Balance>([&](Reader& reader) {
        Balance balance;
        Cursor rows =
            reader.db.query("SELECT * FROM tally WHERE kind <= ? AND count <> 0 ORDER BY kind, first, second, value",
                            static_cast<int>(kObligationTally));
        while (rows.next()) add_tally(balance, reader, rows);
        return balance;
    });
}

Result<std::vector<HourCount>> SqliteLedger::intake_by_hour(Instant from, Instant until) const {
    return read<std::vector<HourCount>>([&](Reader& reader) {
        std::vector<HourCount> hours;
        Cursor rows = reader.db.query(
            "SELECT first, second, value, count FROM tally WHERE kind IN (?, ?) AND first >= ? AND first <= ?"
            " ORDER BY kind, first, second, value",
            static_cast<int>(kHourTally), static_cast<int>(kFeedTally), hour_of(from), hour_of(until - Duration(1)));
        while (rows.next()) {
            const Instant hour = Instant(std::chrono::hours(rows.integer(0)));
            const auto [channel, feed] = channel_and_feed(reader.names.text(rows.integer(1)));
            const bool goes_on = !hours.empty() && hours.back().hour == hour && hours.back().channel == channel &&
                                 hours.back().feed == feed;
            if (!goes_on) hours.push_back({channel, hour, 0, 0, feed});
            const auto disposition = rows.as<Disposition>(2);
            if (disposition == Disposition::accepted) hours.back().accepted += rows.integer(3);
            if (disposition == Disposition::refused || disposition == Disposition::conflict)
                hours.back().refused += rows.integer(3);
        }
        return hours;
    });
}

Result<std::vector<Note>> SqliteLedger::notes(std::string_view prefix) const {
    return read<std::vector<Note>>([&](Reader& reader) {
        std::vector<Note> found;
        Cursor rows = reader.db.query("SELECT name, value FROM note WHERE name >= ? ORDER BY name", prefix);
        while (rows.next() && rows.text(0).starts_with(prefix))
            found.push_back({std::string(rows.text(0)), std::string(rows.text(1))});
        return found;
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
        const auto nothing = [] {
            return fail(Issue::not_found, "ledger", "Nothing is known of a patient with this identifier.");
        };
        const auto patient = find_patient(reader.db, reader.names, identifier);
        if (!patient) return nothing();
        Cursor row = reader.db.query("SELECT json FROM patient WHERE id = ?", *patient);
        if (!row.next() || row.text(0).empty()) return nothing();
        return std::string(row.text(0));
    });
}

std::int64_t SqliteLedger::last_sequence() const {
    return shared_.recent.last().last_sequence();
}

Id SqliteLedger::last_id() const {
    return shared_.recent.last().greatest_id;
}

}  // namespace causeway::sqlite
