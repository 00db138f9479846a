#pragma once
/// The index of keys: a table in memory that takes what was just committed, and immutable sorted runs on the disk.
///
/// Entries of a group are added (staged), and published when the group has been committed: from then on every look-up
/// finds them. A full table in memory is sorted and written as one run a family; eight runs of a level are merged into
/// one of the next. Both are done in small steps: `prepare` sorts, merges and encodes on any thread, `write` puts what
/// is prepared into a transaction of the writer. What is in memory only is lost with the process and comes back from
/// the blocks after `indexed_through()`.
///
/// How the ledger drives it:
///
///     start:   index = KeyIndex(options, read_runs(connection)); index.load(reader);
///              for each block after index.indexed_through(): index.add(...); index.publish(block);
///     group:   index.add(...) while it is encoded; commit; index.publish(block)    (or index.discard() after a
///     rollback) idle:    while (index.prepare(reader)) {}          a background thread, or the writer itself
///              if (index.has_slice()) { begin; index.write(writer); commit; index.written(); }   between groups
///              (after a rollback: index.unwritten(); the next write() writes the same again)
///     full:    index.behind(): the writer writes slices before the next group

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "core/error.hpp"
#include "store/index/entry.hpp"
#include "store/index/run_storage.hpp"

namespace causeway::index {

struct IndexOptions {
    std::size_t memory_entries = 200'000;  ///< Of the table in memory: 6 MB.
    std::size_t merge_width = 8;           ///< So many runs of a level become one of the next.
    std::size_t slice_parts = 64;          ///< Pages written in one slice: 256 KiB.
    std::size_t most_full_tables = 2;      ///< Full tables that wait for being written, before it is behind.
};

struct Query {
    Family family = Family::keys;
    std::uint64_t hash = 0;
    std::size_t limit = 100;
    std::int64_t before = std::numeric_limits<std::int64_t>::max();  ///< Only values below it: to page.
};

struct IndexFigures {
    std::size_t runs = 0;
    std::uint64_t entries = 0;       ///< In runs.
    std::uint64_t memory_bytes = 0;  ///< Tables, fences and filters.
    std::uint64_t bytes_written = 0;
};

/// Threads: one writer, one preparer (may be the same), any number of readers. Readers wait for nobody and nobody for
/// them, but for the copy of one shared pointer.
class KeyIndex {
public:
    KeyIndex(IndexOptions options, const StoredRuns& stored);
    ~KeyIndex();
    KeyIndex(const KeyIndex&) = delete;
    KeyIndex& operator=(const KeyIndex&) = delete;

    /// Reads fences and filters of the runs: once, before anything else.
    Result<void> load(RunReader& reader);
    /// Where load() failed: nothing is indexed, and the pages of the runs are removed by and by.
    void start_anew();
    /// A page that was asked for is missing or not as it was written. Threads: any.
    bool damaged() const;
    /// Writer. Blocks up to this one need not be added at a start.
    std::int64_t indexed_through() const;

    // ---- writer thread
    void add(Family family, std::uint64_t hash, std::int64_t value);
    /// What is staged, for what the group itself has already accepted; newest first.
    void staged(Family family, std::uint64_t hash, std::vector<std::int64_t>& values) const;
    /// What is staged becomes visible to readers, all at once. `block` is the newest block that is wholly added.
    void publish(std::int64_t block);
    void discard();
    /// What is in memory is written now, however little it is; then indexed_through() follows.
    void write_all();
    /// More than the memory was made for waits: write slices before taking more.
    bool behind() const;
    bool has_slice() const;
    Result<void> write(RunWriter& writer);
    void written();
    void unwritten();

    // ---- preparer
    /// Does a step (a few milliseconds); false where there is nothing to do until something is published or written.
    Result<bool> prepare(RunReader& reader);

    // ---- any thread
    /// Values of the hash below `before`, greatest first, each once.
    Result<std::vector<std::int64_t>> lookup(const Query& query, RunReader& reader) const;
    /// Entries of this family with a value below `floor` are forgotten when their runs are merged or wholly below it.
    void forget_below(Family family, std::int64_t floor);
    IndexFigures figures() const;

private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace causeway::index
