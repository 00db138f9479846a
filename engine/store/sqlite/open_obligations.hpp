#pragma once
/// What is queued, in flight or held. Changes are kept in memory and reach the table later, oldest first, so that what
/// ends soon never touches it; a start reads the blocks since `projected-through` again. See engine/store/README.md.

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "store/record/record.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/oldest_rows.hpp"

namespace causeway::sqlite {

inline bool is_final(State state) noexcept {
    return state == State::delivered || state == State::filtered;
}

struct Owed {
    Obligation obligation;
    record::Origin origin;
    std::int64_t through = 0;  ///< Sequence of the newest event that is folded in.
    bool stored = false;       ///< It has a row in the table.
};
using OwedPtr = std::shared_ptr<const Owed>;

/// What groups of waiting obligations are counted by.
struct WaitingKey {
    std::string destination;
    Duty duty = Duty::process;
    State state = State::queued;
    std::string owner, cause;
    bool urgent = false;
    auto operator<=>(const WaitingKey&) const = default;
};

WaitingKey waiting_key(const Obligation& obligation);

struct WaitingCount {
    std::int64_t count = 0;
    std::int64_t group = 0;  ///< Its number in the table waiting_group; 0 while the table has none of it.
};
using WaitingCounts = std::map<WaitingKey, WaitingCount>;

/// Changes that the table does not have yet, by id; those that have ended are there while the table has them.
using Unwritten = std::map<std::int64_t, OwedPtr>;

class OpenObligations {
public:
    // ---- start, before anything else
    /// Counts what the table has.
    void load(Connection& connection);
    /// Folds an event of a block after `projected-through`. May throw SqlError and LedgerError.
    void replay(Connection& connection, const record::StoredRecord& record, std::int64_t block);

    // ---- the thread that writes; the first four may throw SqlError and LedgerError
    /// What is open under this id, as the running group sees it; null where nothing is.
    OwedPtr find(Connection& connection, Id id);
    /// A new obligation, or the next state of `before`.
    void put(const OwedPtr& before, Owed after);
    /// Writes to the table what has waited longest, as far as it is due (all: every change), at most `most` rows; what
    /// this group changes itself is left for a later one. Gives the block up to which the table then has everything.
    std::int64_t write(Connection& connection, std::int64_t block, std::int64_t sequence, std::size_t most, bool all);
    /// The group has been committed as this block.
    void publish(std::int64_t block, std::int64_t sequence);
    void discard();
    std::size_t unwritten() const;

    // ---- any thread; sees what is committed
    /// The obligation where memory has it (a final one has ended); null: look into the table.
    OwedPtr recent(Id id) const;
    /// A copy. Taken before the table is read, the two together miss nothing.
    Unwritten snapshot(Id after) const;
    WaitingCounts counts() const;
    /// Rows of the table alone; what memory has overrides them.
    OldestRows& oldest_rows() { return oldest_rows_; }

private:
    struct Change {
        OwedPtr before, after;
    };
    struct Turn {
        std::int64_t block, sequence, id;
    };

    void count(const OwedPtr& before, const OwedPtr& after);
    void keep(const OwedPtr& owed, std::int64_t block, std::int64_t sequence);
    bool is_due(const Turn& turn, std::int64_t sequence, std::size_t left) const;
    /// Gives the group that the row is in; 0 where it is gone.
    std::int64_t write_row(Connection& connection, const Owed& owed);
    std::int64_t group(Connection& connection, const WaitingKey& key);

    // Writer thread only.
    std::unordered_map<std::int64_t, Change> pending_;
    std::map<WaitingKey, std::int64_t> groups_;  // Numbers in the table waiting_group.
    std::deque<Turn> turns_;                     // One for each id in unwritten_, and some that are there no more.
    std::unordered_map<std::int64_t, std::int64_t> since_;  // Block of the turn of each id in unwritten_.
    std::size_t turns_taken_ = 0;
    struct Row {
        std::int64_t id, group;
    };
    std::vector<Row> written_;

    mutable std::mutex mutex_;  // The writer alone changes what follows, so it reads without.
    Unwritten unwritten_;
    WaitingCounts counts_;
    OldestRows oldest_rows_;
};

/// Rows of the table waiting_group.
struct StoredGroup {
    std::int64_t number = 0;
    WaitingKey key;
};
std::vector<StoredGroup> stored_groups(Connection& connection);

/// A row of the table.
OwedPtr read_owed(std::string_view record, std::int64_t through);
/// Null where there is none.
OwedPtr stored_owed(Connection& connection, Id id);

}  // namespace causeway::sqlite
