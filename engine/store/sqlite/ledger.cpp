#include "store/sqlite/ledger.hpp"

#include "core/log.hpp"
#include "store/sqlite/commands.hpp"
#include "store/sqlite/migrate_v1.hpp"
#include "store/sqlite/recovery.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/sealed_under.hpp"
#include "store/sqlite/upkeep.hpp"

namespace causeway::sqlite {
namespace {

/// How often the index is asked whether it has something to prepare, in groups.
constexpr int kGroupsBetweenLooks = 32;
/// Nobody waits at the other end of route(), start_attempt(), progress() and move_clock(). Where only such writes are
/// queued, they wait so long for another one to share its commit with.
constexpr std::chrono::milliseconds kLongestLaziness{1};
constexpr bool kLazy = true;
/// After the disk had no room, nothing is written for so long.
constexpr std::chrono::milliseconds kNoRoom{50};

index::HashSecret read_secret(Connection& connection) {
    return {static_cast<std::uint64_t>(ledger_value(connection, "hash-secret-0")),
            static_cast<std::uint64_t>(ledger_value(connection, "hash-secret-1"))};
}

Writer::Limits limits_of(LedgerOptions& options) {
    return {std::max<std::size_t>(options.max_group, 1),
            options.most_waiting,
            options.most_waiting_bytes,
            options.checkpoint_pages,
            kLongestLaziness,
            options.drive ? Duration::zero() : kNoRoom,
            options.caller_commits && !options.drive,
            std::move(options.on_fatal)};
}

}  // namespace

SqliteLedger::SqliteLedger(LedgerOptions options, FileLock lock, Connection connection, const Clock& clock)
    : file_(options.file),
      driven_(static_cast<bool>(options.drive)),
      lock_(std::move(lock)),
      connection_(std::move(connection)),
      shared_(std::move(options.keys), read_secret(connection_), index::read_runs(connection_)),
      readers_(options.file, options.vfs, shared_),
      ids_(recover(connection_, shared_)),
      disk_(
          options.file, options.min_free_bytes, options.max_bytes, [this] { return used_bytes(connection_); },
          options.reserve_bytes),
      context_(connection_, shared_, clock, ids_, disk_),
      writer_(connection_, context_, limits_of(options)),
      keeper_(shared_, readers_, [this] { writer_.wake(); }) {
    if (options.drive) {
        options.drive([this] { return writer_.turn() || keeper_.step(); });
        return;
    }
    writer_.on_group([this, groups = 0](bool slice) mutable {
        if (slice || ++groups % kGroupsBetweenLooks == 0) keeper_.wake();
    });
    writer_.start();
    keeper_.start();
}

SqliteLedger::~SqliteLedger() {
    writer_.stop();
    keeper_.stop();
}

void SqliteLedger::take_in(IntakeRecord record, Disposition disposition, Completion<Verdict> done) {
    Intake intake = prepare_intake(std::move(record), disposition, shared_.secret);
    const std::size_t bytes = weight(intake);
    const auto run = disposition == Disposition::accepted ? sqlite::accept : sqlite::refuse;
    std::unique_ptr<Command> command =
        std::make_unique<Write<Verdict, Intake>>(run, std::move(intake), std::move(done), bytes);
    if (writer_.offer(command)) return;
    command->fail(fail(Issue::throttled, "ledger", "The engine has more to store than it can; send it again later.",
                       Retry::later, 207));
}

void SqliteLedger::accept(IntakeRecord record, Completion<Verdict> done) {
    take_in(std::move(record), Disposition::accepted, std::move(done));
}

void SqliteLedger::refuse(IntakeRecord record, Completion<Verdict> done) {
    take_in(std::move(record), Disposition::refused, std::move(done));
}

void SqliteLedger::route(Routing routing, Completion<void> done) {
    submit(sqlite::route, std::move(routing), std::move(done), 0, kLazy);
}

void SqliteLedger::start_attempt(Id obligation, Instant at, Completion<void> done) {
    submit(sqlite::start_attempt, AttemptStart{obligation, at}, std::move(done), 0, kLazy);
}

void SqliteLedger::progress(Progress progress, Completion<void> done) {
    const std::size_t bytes = progress.answer.size();
    submit(sqlite::progress, std::move(progress), std::move(done), bytes, kLazy);
}

void SqliteLedger::act(OperatorAct act, Completion<std::vector<Obligation>> done) {
    submit(sqlite::act, std::move(act), std::move(done));
}

void SqliteLedger::activate(ConfigRecord config, Completion<void> done) {
    submit(sqlite::activate, std::move(config), std::move(done));
}

void SqliteLedger::move_clock(Id clock, PathwayClock::State state, EventDraft event, Completion<void> done) {
    submit(sqlite::move_clock, ClockMove{clock, state, std::move(event)}, std::move(done), 0, kLazy);
}

void SqliteLedger::append(EventDraft event, Completion<void> done) {
    submit(sqlite::append, std::move(event), std::move(done));
}

void SqliteLedger::note(Note note, EventDraft event, Completion<void> done) {
    submit(sqlite::write_note, NoteWrite{std::move(note), std::move(event)}, std::move(done));
}

Result<std::size_t> SqliteLedger::rebuild_patients() {
    return on_writer<std::size_t>([](WriteContext& context) { return sqlite::rebuild_patients(context, {}); });
}

}  // namespace causeway::sqlite

namespace causeway {
namespace {

/// Copies what the log holds into the file and syncs both: after a failed fsync the log may be whole in memory only,
/// and here is where that is mended.
void settle_log(sqlite::Connection& connection) {
    const int code =
        sqlite3_wal_checkpoint_v2(connection.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (code != SQLITE_OK) throw sqlite::SqlError(code, connection.handle());
}

Error no_room_to_open(const std::string& file) {
    return fail(Issue::no_store, file,
                "The disk has no room for the ledger to open; make some (old backups, logs, files in done/) and start "
                "the engine. What was acknowledged is safe.",
                Retry::later);
}

Error cannot_open(const std::string& file, const sqlite::SqlError& error) {
    if (error.is_no_room()) return no_room_to_open(file);
    if ((error.code() & 0xff) == SQLITE_NOTADB)
        return fail(Issue::invalid, file, "This file is not a ledger; name a new file or a Causeway ledger.");
    return fail(Issue::no_store, file,
                "The ledger cannot be opened (" + std::string(error.what()) + "); check the file and its disk.",
                Retry::later);
}

/// May throw SqlError and LedgerError.
Result<std::unique_ptr<MessageStore>> open_once(LedgerOptions options, const Clock& clock) {
    const std::string file = options.file;
    auto lock = sqlite::FileLock::take(file);
    if (!lock) return lock.error();
    if (auto created = sqlite::create_private(file); !created) return created.error();
    if (sqlite::is_v1(file))
        if (auto migrated = sqlite::migrate_v1(options); !migrated) return migrated.error();
    sqlite::Connection connection(file, sqlite::Connection::Mode::write, options.vfs);
    if (auto prepared = sqlite::prepare_schema(connection); !prepared) return prepared.error();
    sqlite::prepare_writer(connection);
    settle_log(connection);
    if (auto known = sqlite::check_keys(connection, options.keys); !known) return known.error();
    sqlite::tell_newest(connection, options.keys);
    return std::unique_ptr<MessageStore>(
        std::make_unique<sqlite::SqliteLedger>(std::move(options), *std::move(lock), std::move(connection), clock));
}

Result<std::unique_ptr<MessageStore>> try_to_open(const LedgerOptions& options, const Clock& clock, bool& no_room) {
    try {
        return open_once(options, clock);
    } catch (const sqlite::SqlError& error) {
        no_room = error.is_no_room();
        return cannot_open(options.file, error);
    } catch (const sqlite::LedgerError& error) {
        no_room = sqlite::is_no_room(error.error());
        return no_room ? no_room_to_open(options.file) : error.error();
    }
}

}  // namespace

Result<std::unique_ptr<MessageStore>> open_sqlite_ledger(LedgerOptions options, const Clock& clock) {
    bool no_room = false;
    auto opened = try_to_open(options, clock, no_room);
    if (!no_room || !sqlite::release_reserve(options.file)) return opened;
    log::warning("ledger.reserve-used", {{"file", options.file}});
    return try_to_open(options, clock, no_room);
}

}  // namespace causeway
