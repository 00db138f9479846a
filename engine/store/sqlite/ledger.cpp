#include "store/sqlite/ledger.hpp"

#include <future>

#include "store/sqlite/commands.hpp"
#include "store/sqlite/schema.hpp"

namespace causeway::sqlite {
namespace {

Id greatest_id(Connection& connection) {
    Cursor row = connection.query(
        "SELECT max(coalesce((SELECT max(id) FROM message), 0), coalesce((SELECT max(id) FROM obligation), 0),"
        " coalesce((SELECT max(id) FROM clock), 0))");
    return row.next() ? row.id(0) : Id{};
}

}  // namespace

SqliteLedger::SqliteLedger(LedgerOptions options, FileLock lock, Connection connection, const Clock& clock)
    : lock_(std::move(lock)),
      readers_(options.file, options.vfs),
      connection_(std::move(connection)),
      ids_(greatest_id(connection_)),
      disk_(options.file, options.min_free_bytes),
      context_(connection_, clock, ids_, disk_),
      writer_(connection_, context_,
              {std::max<std::size_t>(options.max_group, 1), options.checkpoint_pages, std::move(options.on_fatal)}) {
}

void SqliteLedger::accept(IntakeRecord record, Completion<Verdict> done) {
    Intake intake = prepare_intake(std::move(record));
    const std::size_t bytes = weight(intake);
    writer_.submit(std::make_unique<Write<Verdict, Intake>>(sqlite::accept, std::move(intake), std::move(done), bytes));
}

void SqliteLedger::refuse(IntakeRecord record, Completion<Verdict> done) {
    Intake intake = prepare_intake(std::move(record));
    const std::size_t bytes = weight(intake);
    writer_.submit(std::make_unique<Write<Verdict, Intake>>(sqlite::refuse, std::move(intake), std::move(done), bytes));
}

void SqliteLedger::route(Routing routing, Completion<void> done) {
    writer_.submit(std::make_unique<Write<void, Routing>>(sqlite::route, std::move(routing), std::move(done)));
}

void SqliteLedger::start_attempt(Id obligation, Instant at, Completion<void> done) {
    writer_.submit(std::make_unique<Write<void, AttemptStart>>(sqlite::start_attempt, AttemptStart{obligation, at},
                                                               std::move(done)));
}

void SqliteLedger::progress(Progress progress, Completion<void> done) {
    const std::size_t bytes = progress.answer.size();
    writer_.submit(
        std::make_unique<Write<void, Progress>>(sqlite::progress, std::move(progress), std::move(done), bytes));
}

void SqliteLedger::act(OperatorAct act, Completion<std::vector<Obligation>> done) {
    writer_.submit(
        std::make_unique<Write<std::vector<Obligation>, OperatorAct>>(sqlite::act, std::move(act), std::move(done)));
}

void SqliteLedger::activate(ConfigRecord config, Completion<void> done) {
    writer_.submit(std::make_unique<Write<void, ConfigRecord>>(sqlite::activate, std::move(config), std::move(done)));
}

void SqliteLedger::move_clock(Id clock, PathwayClock::State state, EventDraft event, Completion<void> done) {
    ClockMove move{clock, state, std::move(event)};
    writer_.submit(std::make_unique<Write<void, ClockMove>>(sqlite::move_clock, std::move(move), std::move(done)));
}

void SqliteLedger::append(EventDraft event, Completion<void> done) {
    writer_.submit(std::make_unique<Write<void, EventDraft>>(sqlite::append, std::move(event), std::move(done)));
}

Result<std::size_t> SqliteLedger::rebuild_patients() {
    const auto result = std::make_shared<std::promise<Result<std::size_t>>>();
    writer_.submit(std::make_unique<Write<std::size_t, Rebuild>>(
        sqlite::rebuild_patients, Rebuild{},
        [result](Result<std::size_t> rebuilt) { result->set_value(std::move(rebuilt)); }));
    return result->get_future().get();
}

}  // namespace causeway::sqlite

namespace causeway {
namespace {

/// Copies what the log holds into the file and syncs both: after a failed fsync the log may be whole in memory only,
/// and here is where that is mended.
void settle_log(sqlite::Connection& connection) {
    const int code =
        sqlite3_wal_checkpoint_v2(connection.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    if (code != SQLITE_OK) throw sqlite::SqlError(code);
}

Error cannot_open(const std::string& file, const sqlite::SqlError& error) {
    if ((error.code() & 0xff) == SQLITE_NOTADB)
        return fail(Issue::invalid, file, "This file is not a ledger; name a new file or a Causeway ledger.");
    return fail(Issue::no_store, file,
                "The ledger cannot be opened (" + std::string(error.what()) + "); check the file and its disk.",
                Retry::later);
}

}  // namespace

Result<std::unique_ptr<MessageStore>> open_sqlite_ledger(LedgerOptions options, const Clock& clock) {
    const std::string file = options.file;
    auto lock = sqlite::FileLock::take(file);
    if (!lock) return lock.error();
    if (auto created = sqlite::create_private(file); !created) return created.error();
    try {
        sqlite::Connection connection(file, sqlite::Connection::Mode::write, options.vfs);
        if (auto prepared = sqlite::prepare_schema(connection); !prepared) return prepared.error();
        sqlite::prepare_writer(connection);
        settle_log(connection);
        return std::unique_ptr<MessageStore>(
            std::make_unique<sqlite::SqliteLedger>(std::move(options), *std::move(lock), std::move(connection), clock));
    } catch (const sqlite::SqlError& error) {
        return cannot_open(file, error);
    }
}

}  // namespace causeway
