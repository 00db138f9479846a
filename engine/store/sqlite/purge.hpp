#pragma once
/// What retention removes. The reading is done on the caller's thread, a slice at a time; the writer only checks that
/// nothing has happened to the messages since, and writes.

#include <unordered_map>
#include <unordered_set>

#include "store/sqlite/block_set.hpp"
#include "store/sqlite/commands.hpp"
#include "store/sqlite/reader_pool.hpp"

namespace causeway::sqlite {

/// A chunk as it will be; without bytes it goes.
struct ChunkChange {
    block::Kind kind = block::Kind::bodies;
    std::int64_t block = 0;
    std::uint32_t chunk = 0;
    std::optional<std::string> sealed;
};

struct PurgeSlice {
    struct BlockChange {
        std::int64_t number = 0, purged = 0;
        Instant due_at;
    };

    std::int64_t seen = 0;                      ///< The newest block when this was worked out.
    std::int64_t last = 0;                      ///< The newest block that was looked at; 0: there was none.
    std::unordered_set<std::int64_t> messages;  ///< That lose something.
    std::vector<ChunkChange> chunks;
    std::vector<BlockChange> blocks;
    RemovedBlocks removed;  ///< With those that events which go too have named.
    PurgeReport report;
};

/// Issue::conflict where something happened to one of the messages since.
Result<void> write_purge(WriteContext& context, const PurgeSlice& slice);

/// Works out slices, oldest block first. Threads: one.
class PurgePlan {
public:
    /// `owing`: messages that owe something, sorted; `through`: the newest block when they were read.
    PurgePlan(const std::vector<Retention>& retention, Instant now, std::vector<std::int64_t> owing,
              std::int64_t through);

    /// Nothing that was committed later can be due.
    Instant newest_due() const noexcept { return newest_due_; }
    /// The next slice after block `after`; `all` looks also at blocks in which nothing should be due yet.
    PurgeSlice next(Reader& reader, std::int64_t after, bool all);

private:
    /// From when on may the message lose its body, and its events?
    struct Fate {
        Instant bodies, events;
    };
    struct Candidate {
        block::Header header;
        std::int64_t purged = 0;
    };
    /// A record whose message, or whose bytes, matter.
    struct Line {
        std::uint32_t record = 0;
        Id message;
        bool body = false;
    };

    std::vector<Candidate> candidates(Reader& reader, std::int64_t after, bool all) const;
    void plan_or_pass(Reader& reader, Blocks& blocks, const Candidate& candidate, PurgeSlice& slice);
    void plan(Reader& reader, Blocks& blocks, const Candidate& candidate, PurgeSlice& slice);
    void drop_bodies(Reader& reader, const Candidate& candidate, const std::vector<Line>& lines, PurgeSlice& slice);
    void drop_events(Reader& reader, const Candidate& candidate, const std::vector<Line>& lines, PurgeSlice& slice);
    Fate fate(Reader& reader, Id message);
    Fate fate_after(Instant ended, const Retention* kept) const;

    std::unordered_map<std::string, Retention> retention_;
    Retention longest_;
    const Instant now_;
    const std::vector<std::int64_t> owing_;
    const std::int64_t through_;
    Instant newest_due_ = Instant::min();
    block::ChunkCache cache_{4u << 20};  // Of its own, so that what the traffic needs stays in the other.
    std::unordered_map<std::int64_t, Fate> fates_;
};

}  // namespace causeway::sqlite
