#pragma once
/// What a write works with: the block that is being built, what is owed, counts, ids and time.

#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_set>

#include "store/sqlite/disk.hpp"
#include "store/sqlite/history.hpp"
#include "store/sqlite/names.hpp"

namespace causeway::sqlite {

/// Threads: the writer's.
class WriteContext {
public:
    WriteContext(Connection& connection, Shared& shared, const Clock& time, IdSource& id_source, DiskGuard& disk_guard);

    // ---- the transaction around a group; each may throw SqlError
    void begin();
    void commit();
    /// Shows what was committed to the readers.
    void publish();
    /// Back to the last commit.
    void rollback();
    /// Moves what is owed from memory to the table, in a transaction of its own.
    void settle();

    // ---- what commands write
    /// Gives the event sequence, time and actor where they are missing, and appends it to the block.
    std::int64_t write(Event event, const record::Parts& parts = {}, const Payload& answer = {});
    /// A message with its event, which must name it.
    void write_intake(Event event, const record::PreparedIntake& intake, const Payload& body);
    /// What is open under this id; null where nothing is.
    OwedPtr find(Id obligation) { return shared.open.find(db, obligation); }
    /// A new obligation, whose creation is in the event with this sequence.
    void owe(Obligation obligation, const record::Origin& origin, std::int64_t sequence);
    /// The obligation goes on; the change is in the event with this sequence.
    void move(const OwedPtr& before, Obligation after, std::int64_t sequence);
    void index_keys(const std::vector<Key>& keys, Id message);
    void count_intake(std::string_view channel, Disposition disposition, Instant at);
    void count_feed(const std::string& channel, const std::string& feed, Disposition disposition, Instant at);

private:
    ChunkWriter chunks_;  // Before the block that writes through it.

public:
    Connection& db;
    Shared& shared;
    Names names;
    const Clock& clock;
    IdSource& ids;
    DiskGuard& disk;
    block::Builder block;
    History history;

private:
    using Tally = std::tuple<int, std::int64_t, std::int64_t, std::int64_t>;

    void index_event(Id message);
    void count_move(const record::Origin& origin, const Obligation& after, std::optional<State> before);
    void write_tallies();
    void write_block();
    void write_projections();
    void load_kinds();

    block::Header head_;                 ///< Of the last commit.
    std::optional<block::Header> made_;  ///< Of the block in this transaction.
    std::map<Tally, std::int64_t> tallies_;
    std::unordered_set<std::int64_t> indexed_;  ///< Messages of earlier blocks that this one has events of.
    std::set<std::string, std::less<>> kinds_;
    std::int64_t projected_ = 0, projected_written_ = 0;
};

}  // namespace causeway::sqlite
