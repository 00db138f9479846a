#pragma once
/// What the events say about a message: found by the index, read from the blocks.

#include "store/index/sqlite_runs.hpp"
#include "store/sqlite/shared.hpp"

namespace causeway::sqlite {

/// What the index calls a duplicate key.
inline std::uint64_t duplicate_hash(const index::HashSecret& secret, const record::DuplicateDigest& digest) {
    return index::key_hash(secret, {}, {digest.data(), digest.size()});
}

/// Sees what is committed, and with `unfinished` what the running group has written. May throw SqlError and
/// LedgerError. Threads: as its connection.
class History {
public:
    using Visit = std::function<bool(const record::RecordView&)>;

    History(Connection& connection, Shared& shared, const block::Builder* unfinished = nullptr)
        : blocks(connection, shared.sealer, shared.cache, shared.recent),
          shared_(shared),
          runs_(connection),
          unfinished_(unfinished) {}

    /// The record that stored the message (accepted, refused or in conflict).
    std::optional<record::StoredRecord> intake(Id message);
    /// The same, with keys that were found later and the bytes.
    std::optional<StoredMessage> whole(Id message);
    /// Are the bytes of the message still there?
    bool has_body(const record::StoredRecord& intake);
    /// Visits every record of the message in order, until `visit` gives false.
    void visit(Id message, const Visit& visit);
    /// The message that an obligation belongs to; none where there is no such obligation.
    std::optional<Id> message_of(Id obligation);
    /// All that was ever owed for the message, as its events leave it; by id, the first "process" in front. Without
    /// what ended in events that retention has removed: only what owes nothing loses any.
    std::vector<Obligation> obligations(Id message);
    std::vector<PathwayClock> clocks(Id message);
    /// The clock, if there ever was one under this id.
    std::optional<PathwayClock> clock(Id id);
    /// The number of the newest block with an event of the message; 0 where there is none.
    std::int64_t newest_block(Id message);
    /// Has retention removed events of the message, but not all?
    bool is_partial(Id message);
    /// Is the id taken by a message, an obligation or a clock?
    bool knows(Id id);
    /// Messages under the hash, newest first.
    std::vector<Id> candidates(index::Family family, std::uint64_t hash, std::size_t limit);

    Blocks blocks;

private:
    std::vector<std::int64_t> look_up(index::Family family, std::uint64_t hash, std::size_t limit);
    /// Gives false if `visit` did.
    bool visit_block(std::int64_t number, const Visit& visit);
    /// The numbers of the blocks with events of the message, in order.
    std::vector<std::int64_t> blocks_of(Id message);
    std::optional<std::int64_t> accepting_block(Id message);

    Shared& shared_;
    index::SqliteRunReader runs_;
    const block::Builder* const unfinished_;
};

}  // namespace causeway::sqlite
