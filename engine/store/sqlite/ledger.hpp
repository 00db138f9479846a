#pragma once
/// The SQLite implementation of MessageStore.

#include <algorithm>
#include <future>
#include <mutex>

#include "store/message_store.hpp"
#include "store/sqlite/disk.hpp"
#include "store/sqlite/index_keeper.hpp"
#include "store/sqlite/purge.hpp"
#include "store/sqlite/reader_pool.hpp"
#include "store/sqlite/writer.hpp"

namespace causeway::sqlite {

class SqliteLedger final : public MessageStore {
public:
    /// The file is there, is a ledger of this version, and its log is in it. May throw SqlError and LedgerError.
    SqliteLedger(LedgerOptions options, FileLock lock, Connection connection, const Clock& clock);
    ~SqliteLedger() override;

    void accept(IntakeRecord record, Completion<Verdict> done) override;
    void refuse(IntakeRecord record, Completion<Verdict> done) override;
    void route(Routing routing, Completion<void> done) override;
    void start_attempt(Id obligation, Instant at, Completion<void> done) override;
    void progress(Progress progress, Completion<void> done) override;
    void act(OperatorAct act, Completion<std::vector<Obligation>> done) override;
    void activate(ConfigRecord config, Completion<void> done) override;
    void move_clock(Id clock, PathwayClock::State state, EventDraft event, Completion<void> done) override;
    void append(EventDraft event, Completion<void> done) override;
    void note(Note note, EventDraft event, Completion<void> done) override;

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
    Result<bool> is_partial(Id message) const override;
    Result<RemovedEvents> removed_events(Instant from, Instant until) const override;
    Result<std::vector<PathwayClock>> running_clocks() const override;
    Result<Balance> balance() const override;
    Result<ConfigRecord> config(std::string_view hash) const override;
    Result<std::string> patient(const Key& identifier) const override;
    Result<std::size_t> rebuild_patients() override;
    Result<std::size_t> verify_events() const override;
    Result<ChainReport> verify_chain(const std::optional<ChainHead>& anchor, const Tell& tell) const override;
    Result<ChainHead> chain_head() const override;
    Result<ProjectionReport> verify_obligations(const Tell& tell) const override;
    Result<BodyReport> verify_bodies(const Tell& tell) const override;
    Result<PurgeReport> purge(const std::vector<Retention>& retention, bool count_only, const Tell& tell) override;
    Result<void> backup(const std::string& file, const Tell& tell) override;
    Result<void> check_keys(const seal::KeyRing& keys) const override;
    Result<void> use_keys(seal::KeyRing keys) override;
    Result<std::int64_t> reseal(const Tell& tell) override;
    void set_limits(std::uint64_t most_bytes, std::uint64_t least_free) override {
        disk_.set_limits(least_free, most_bytes);
    }
    SpaceReport space() const override;
    double pressure() const override { return disk_.pressure(); }
    Result<void> verify_file() const override;
    std::int64_t last_sequence() const override;
    Id last_id() const override;
    IdSource& ids() override { return ids_; }

private:
    /// Runs `query` on a reader; what it throws becomes the Error.
    template <class T, class Query>
    Result<T> read(Query query) const {
        try {
            const ReaderPool::Lease reader = readers_.borrow();
            return query(*reader);
        } catch (const SqlError& error) {
            return to_error(error);
        } catch (const LedgerError& error) {
            return error.error();
        }
    }
    template <class T, class Input>
    void submit(Result<T> (*run)(WriteContext&, const Input&), Input input, Completion<T> done, std::size_t bytes = 0,
                bool lazy = false) {
        writer_.submit(std::make_unique<Write<T, Input>>(run, std::move(input), std::move(done), bytes, lazy));
    }
    /// Runs `work` on the writer's thread within a group, and waits for its commit. Never call it from a completion.
    template <class T>
    Result<T> on_writer(std::function<Result<T>(WriteContext&)> work);
    /// Runs `work` on the writer's thread between two groups: no transaction is open.
    Result<void> between_groups(std::function<Result<void>()> work);
    template <class T>
    Result<T> wait(std::future<Result<T>> result);
    std::optional<std::string> difference_of(Id id) const;
    Result<std::vector<std::int64_t>> owing() const;
    Result<void> write(const PurgeSlice& slice);
    void forget_purged();
    Result<bool> write_out(std::int64_t through, const Tell& tell);
    Result<void> copy_to(const std::string& part, const Tell& tell);
    void take_in(IntakeRecord record, Disposition disposition, Completion<Verdict> done);

    const std::string file_;
    const bool driven_;
    std::atomic<int> key_changes_{0};
    std::mutex upkeep_;  ///< Purging and re-sealing rewrite the same rows: one at a time.
    // The order matters: the writer's thread ends first, the lock goes last.
    FileLock lock_;
    mutable Connection connection_;
    mutable Shared shared_;
    mutable ReaderPool readers_;
    IdSource ids_;
    DiskGuard disk_;
    WriteContext context_;
    Writer writer_;
    IndexKeeper keeper_;
};

/// Walks the whole chain through one reader. May throw SqlError and LedgerError.
ChainReport check_chain(Reader& reader, const std::optional<ChainHead>& anchor, const Tell& tell = {});

inline Error not_found(std::string_view what) {
    return fail(Issue::not_found, "ledger", "The ledger has no such " + std::string(what) + "; check the id.");
}

}  // namespace causeway::sqlite
