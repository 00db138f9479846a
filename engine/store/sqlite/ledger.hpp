#pragma once
/// The SQLite ledger: hands writes to the writer thread and answers reads from its pool.

#include <memory>

#include "store/message_store.hpp"
#include "store/sqlite/disk.hpp"
#include "store/sqlite/reader_pool.hpp"
#include "store/sqlite/write_context.hpp"
#include "store/sqlite/writer.hpp"

namespace causeway::sqlite {

/// Threads: any, for every call.
class SqliteLedger final : public MessageStore {
public:
    /// `connection` has its schema; may throw SqlError.
    SqliteLedger(LedgerOptions options, FileLock lock, Connection connection, const Clock& clock);

    void accept(IntakeRecord record, Completion<Verdict> done) override;
    void refuse(IntakeRecord record, Completion<Verdict> done) override;
    void route(Routing routing, Completion<void> done) override;
    void start_attempt(Id obligation, Instant at, Completion<void> done) override;
    void progress(Progress progress, Completion<void> done) override;
    void act(OperatorAct act, Completion<std::vector<Obligation>> done) override;
    void activate(ConfigRecord config, Completion<void> done) override;
    void move_clock(Id clock, PathwayClock::State state, EventDraft event, Completion<void> done) override;
    void append(EventDraft event, Completion<void> done) override;

    Result<StoredMessage> message(Id id) const override;
    Result<Obligation> obligation(Id id) const override;
    Result<std::vector<MessageSummary>> find(const Key& key, std::size_t limit) const override;
    Result<std::vector<Obligation>> obligations_of(Id message) const override;
    Result<std::vector<Event>> events_of(Id message) const override;
    Result<std::vector<Event>> events_after(std::int64_t sequence, std::size_t limit) const override;
    Result<std::vector<StoredAnswer>> answers_of(Id message) const override;
    Result<std::vector<PathwayClock>> clocks_of(Id message) const override;
    Result<std::vector<Obligation>> open_obligations(Id after, std::size_t limit) const override;
    Result<std::vector<WaitingGroup>> waiting_groups() const override;
    Result<std::vector<Waiting>> waiting(const WaitingFilter& filter) const override;
    Result<std::vector<HourCount>> intake_by_hour(Instant from, Instant until) const override;
    Result<std::vector<Note>> notes(std::string_view prefix) const override;
    Result<void> scan(const ScanRange& range, const std::function<bool(const LedgerRecord&)>& visit) const override;
    Result<void> scan_bodies(Instant from, Instant until,
                             const std::function<bool(const StoredMessage&)>& visit) const override;
    Result<ChainReport> verify_chain(const std::optional<ChainHead>& anchor) const override;
    Result<ChainHead> chain_head() const override;
    Result<ProjectionReport> verify_obligations() const override;
    Result<PurgeReport> purge(const std::vector<Retention>& retention) override;
    Result<void> backup(const std::string& file) override;
    void note(Note note, EventDraft event, Completion<void> done) override;
    Result<std::vector<PathwayClock>> running_clocks() const override;
    Result<Balance> balance() const override;
    Result<ConfigRecord> config(std::string_view hash) const override;
    Result<std::string> patient(const Key& identifier) const override;
    Result<std::size_t> rebuild_patients() override;
    Result<std::size_t> verify_events() const override;
    std::int64_t last_sequence() const override;
    Id last_id() const override;
    IdSource& ids() override { return ids_; }

private:
    /// Runs `query` on a reader; what SQLite throws becomes the Error.
    template <class T, class Query>
    Result<T> read(Query query) const;

    // The order matters: the writer's thread ends first, the lock goes last.
    FileLock lock_;
    mutable ReaderPool readers_;
    Connection connection_;
    IdSource ids_;
    DiskGuard disk_;
    WriteContext context_;
    Writer writer_;
};

}  // namespace causeway::sqlite
