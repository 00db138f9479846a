#include "store/sqlite/migrate_v1.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <map>
#include <unordered_map>

#include "core/json_object.hpp"
#include "core/log.hpp"
#include "store/sqlite/commands.hpp"
#include "store/sqlite/ledger_error.hpp"
#include "store/sqlite/recovery.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/v1_reader.hpp"

namespace causeway::sqlite {
namespace {

constexpr std::size_t kEventsAGroup = 512;
constexpr std::size_t kPage = 1'000;
constexpr std::string_view kMigrated = "ledger.migrated";

/// The time of what is being written: blocks are as old as their events.
class Then final : public Clock {
public:
    Instant now() const override { return at; }
    Instant at;
};

/// Writes what the reader gives into a new ledger, event by event. What the old events left unsaid about an obligation
/// or clock is said by an event of its own at the end. May throw SqlError and LedgerError.
class Migration {
public:
    Migration(V1Reader& from, Connection& to, seal::KeyRing keys)
        : from_(from),
          db_(to),
          shared_(std::move(keys),
                  {static_cast<std::uint64_t>(ledger_value(to, "hash-secret-0")),
                   static_cast<std::uint64_t>(ledger_value(to, "hash-secret-1"))},
                  index::read_runs(to)),
          ids_(recover(to, shared_)),
          disk_({}, 0, 0, [] { return std::uint64_t{0}; }),
          context_(to, shared_, then_, ids_, disk_) {}

    Result<void> run() {
        context_.begin();
        for (const ConfigRecord& config : from_.configurations())
            db_.run("INSERT INTO config (hash, activated_at, files) VALUES (?, ?, ?)", config.hash, config.activated_at,
                    config.files);
        commit();
        for (std::int64_t after = 0;;) {
            const auto rows = from_.events_after(after, kEventsAGroup);
            if (rows.empty()) break;
            context_.begin();
            for (const auto& row : rows) write(row);
            commit();
            after = rows.back().event.sequence;
        }
        for (Id after;;) {
            const auto page = from_.obligations(after, kPage);
            if (page.empty()) break;
            context_.begin();
            for (const Obligation& one : page) settle(one);
            commit();
            after = page.back().id;
        }
        context_.begin();
        for (const PathwayClock& clock : from_.clocks({})) settle(clock);
        if (auto rebuilt = rebuild_patients(context_, {}); !rebuilt) return rebuilt.error();
        commit();
        context_.settle();
        return {};
    }

private:
    void commit() {
        context_.commit();
        context_.publish();
        write_what_is_behind(db_, shared_.keys);
    }

    void write(const V1Reader::EventRow& row) {
        then_.at = std::max(then_.at, row.event.at);
        const std::string& kind = row.event.kind;
        if (kind == "message.accepted" || kind == "message.refused" || kind == "message.conflict")
            return write_intake(row.event);
        if (kind == "message.duplicate")
            if (const auto message = from_.message(row.event.message))
                context_.count_intake(message->stored.message.channel, Disposition::duplicate, row.event.at);
        if (kind.starts_with("clock.") && write_clock(row.event)) return;
        Event event = row.event;
        // Routing ends the processing: its event need not name it.
        if (kind == "route.matched" && !event.obligation && context_.find(event.message))
            event.obligation = event.message;
        if (event.obligation && write_move(event, row.state)) return;
        keep(event, {});
    }

    /// The number is given anew, and is the same.
    std::int64_t keep(Event event, const record::Parts& parts) {
        const std::string answer = from_.answer(event.sequence);
        return context_.write(std::move(event), parts, Payload(answer));
    }

    void write_intake(const Event& event) {
        const auto row = from_.message(event.message);
        if (!row) return void(keep(event, {}));
        const Message& m = row->stored.message;
        const auto process = from_.obligation(event.message);
        record::IntakeParts parts;
        parts.message = &m;
        parts.disposition = row->stored.disposition;
        parts.http_status = row->stored.http_status;
        parts.outcome_json = row->outcome_json;
        parts.duplicate = row->duplicate ? &*row->duplicate : nullptr;
        const bool accepted = row->stored.disposition == Disposition::accepted && process;
        parts.lane = accepted ? &process->lane : nullptr;
        context_.write_intake(event, record::prepare_intake(parts), m.body);
        context_.count_intake(m.channel, row->stored.disposition, event.at);
        context_.index_keys(m.keys, m.id);
        if (row->duplicate)
            shared_.keys.add(index::Family::duplicates, duplicate_hash(shared_.secret, *row->duplicate), m.id.value);
        if (!accepted) return;
        Obligation first;
        first.id = first.message = m.id;
        first.lane = process->lane;
        first.priority = m.priority;
        first.created_at = first.next_attempt_at = event.at;
        own(first, {m.channel, m.message_type, m.received_at}, last_sequence());
    }

    std::int64_t last_sequence() const {
        return context_.block.header().first_sequence + context_.block.header().events - 1;
    }

    void own(Obligation obligation, const record::Origin& origin, std::int64_t sequence) {
        states_[obligation.id.value] = obligation.state;
        context_.owe(std::move(obligation), origin, sequence);
    }

    record::Origin origin_of(Id message) {
        const auto row = from_.message(message);
        if (!row) return {};
        const Message& m = row->stored.message;
        return {m.channel, m.message_type, m.received_at};
    }

    /// False where the event changes nothing of its obligation.
    bool write_move(const Event& event, std::optional<State> state) {
        const auto row = from_.obligation(event.obligation);
        if (!row) return false;
        const bool last = event.sequence >= from_.last_event(row->message, row->id);
        if (!states_.contains(row->id.value))
            return create(event, *row, last ? row->state : state.value_or(State::queued));
        const OwedPtr before = context_.find(row->id);
        if (!before || (!state && !last)) return false;
        Obligation after = before->obligation;
        after.state = last ? row->state : *state;
        move(event, before, std::move(after), last ? &*row : nullptr);
        return true;
    }

    bool create(const Event& event, Obligation row, State state) {
        row.state = state;
        row.attempts = 0;
        row.next_attempt_at = row.created_at;
        if (state == State::queued || state == State::in_flight) row.owner = row.cause = row.rule = {};
        const record::Origin origin = origin_of(row.message);
        record::Parts parts;
        parts.created = &row;
        parts.origin = &origin;
        const std::int64_t sequence = keep(event, parts);
        own(std::move(row), origin, sequence);
        return true;
    }

    /// `end`: the obligation as it is now, where nothing comes after.
    void move(const Event& event, const OwedPtr& before, Obligation after, const Obligation* end) {
        const bool attempt = event.kind == "attempt.started" && (end == nullptr || end->attempts > after.attempts);
        if (attempt) ++after.attempts;
        if (end != nullptr) {
            after.next_attempt_at = end->next_attempt_at;
            after.owner = end->owner;
            after.cause = end->cause;
            after.rule = end->rule;
        }
        const auto change = change_of(after, attempt);
        record::Parts parts;
        parts.change = &change;
        const std::int64_t sequence = keep(event, parts);
        states_[after.id.value] = after.state;
        context_.move(before, std::move(after), sequence);
    }

    static ObligationChange change_of(const Obligation& o, bool attempt) {
        return {o.state, o.next_attempt_at, attempt, o.owner, o.cause, o.rule};
    }

    /// What the events have not said of it by now.
    void settle(const Obligation& row) {
        const Event event{0, then_.at, std::string(kMigrated), row.message, row.id, {}, {}};
        const auto known = states_.find(row.id.value);
        if (known == states_.end()) return void(create(event, row, row.state));
        if (known->second == row.state) return;
        if (const OwedPtr before = context_.find(row.id)) {
            Obligation after = before->obligation;
            after.state = row.state;
            move(event, before, std::move(after), &row);
        }
    }

    bool write_clock(const Event& event) {
        const auto state = state_of(event.kind);
        const auto clocks = from_.clocks(event.message);
        if (!state || clocks.empty() || !event.message) return false;
        const std::string named = JsonObject(event.detail).text("clock");
        for (PathwayClock clock : clocks) {
            const auto known = clocks_.find(clock.id.value);
            const bool named_other = !named.empty() && named != clock.id.text();
            const bool fits = known == clocks_.end() ? *state == PathwayClock::State::running : *state > known->second;
            if (named_other || !fits || *state > clock.state) continue;
            clock.state = *state;
            put_clock(event, clock);
            return true;
        }
        return false;
    }

    static std::optional<PathwayClock::State> state_of(std::string_view kind) {
        if (kind == "clock.started") return PathwayClock::State::running;
        if (kind == "clock.warned") return PathwayClock::State::warned;
        if (kind == "clock.breached") return PathwayClock::State::breached;
        if (kind == "clock.stopped") return PathwayClock::State::stopped;
        return std::nullopt;
    }

    void put_clock(const Event& event, const PathwayClock& clock) {
        const bool fresh = !clocks_.contains(clock.id.value);
        clocks_[clock.id.value] = clock.state;
        if (fresh) return start_clock(context_, clock, &event);
        record_clock(context_, event, clock);
    }

    void settle(PathwayClock clock) {
        const auto known = clocks_.find(clock.id.value);
        if (known != clocks_.end() && known->second == clock.state) return;
        put_clock({0, then_.at, std::string(kMigrated), clock.message, {}, {}, {}}, clock);
    }

    V1Reader& from_;
    Connection& db_;
    Then then_;
    Shared shared_;
    IdSource ids_;
    DiskGuard disk_;
    WriteContext context_;
    std::unordered_map<std::int64_t, State> states_;
    std::unordered_map<std::int64_t, PathwayClock::State> clocks_;
};

void remove_with_log(const std::string& file) {
    std::error_code ignored;
    for (const char* const end : {"", "-wal", "-shm"}) std::filesystem::remove(file + end, ignored);
}

void empty_log(Connection& connection) {
    const int code =
        sqlite3_wal_checkpoint_v2(connection.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (code != SQLITE_OK) throw SqlError(code);
}

Error cannot_place(const std::string& file) {
    return fail(Issue::no_store, file, "The migrated ledger cannot be put in its place; check the folder and its disk.",
                Retry::later);
}

/// At every moment one of the two stands under the name of the ledger.
Result<void> put_in_place(const std::string& part, const std::string& file) {
    std::error_code failed;
    std::filesystem::create_hard_link(file, file + ".v1", failed);
    if (failed) return cannot_place(file);
    std::filesystem::rename(part, file, failed);
    if (failed) return cannot_place(file);
    const auto folder = std::filesystem::path(file).parent_path();
    const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = descriptor >= 0 && ::fsync(descriptor) == 0;
    if (descriptor >= 0) ::close(descriptor);
    if (!synced) return cannot_place(file);
    return {};
}

}  // namespace

bool is_v1(const std::string& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) return false;
    try {
        Connection connection(file, Connection::Mode::write, {});
        return connection.pragma("application_id") == kApplicationId && connection.pragma("user_version") == 1;
    } catch (const SqlError&) {
        return false;
    }
}

Result<void> migrate_v1(const LedgerOptions& options) {
    const std::string& file = options.file;
    const std::string part = file + ".migrating";
    std::error_code ignored;
    if (std::filesystem::exists(file + ".v1", ignored) && !std::filesystem::equivalent(file, file + ".v1", ignored))
        return fail(Issue::conflict, file + ".v1",
                    "This name is kept for the ledger before its migration; move it away.");
    std::filesystem::remove(file + ".v1", ignored);
    remove_with_log(part);
    if (auto made = create_private(part); !made) return made;
    {
        Connection old(file, Connection::Mode::write, {});
        empty_log(old);
        V1Reader from(old);
        Connection to(part, Connection::Mode::write, {});
        if (auto prepared = prepare_schema(to); !prepared) return prepared.error();
        prepare_writer(to);
        Migration migration(from, to, options.keys);
        if (auto done = migration.run(); !done) return done;
        empty_log(to);
        log::info("ledger.migrated", {{"events", from.events()}, {"kept", file + ".v1"}});
    }
    for (const char* const end : {"-wal", "-shm"}) {
        std::filesystem::remove(file + end, ignored);
        std::filesystem::remove(part + end, ignored);
    }
    return put_in_place(part, file);
}

}  // namespace causeway::sqlite
