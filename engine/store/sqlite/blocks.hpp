#pragma once
/// The tables of blocks.

#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "store/block/chunk_cache.hpp"
#include "store/seal/sealer.hpp"
#include "store/sqlite/connection.hpp"

namespace causeway::sqlite {

/// Row id of a chunk in block_events and block_bodies.
constexpr std::int64_t kChunksOfBlock = 1 << 16;
inline std::int64_t chunk_row(std::int64_t block, std::uint32_t chunk) {
    return block * kChunksOfBlock + chunk;
}

/// The headers of the newest blocks: most look-ups ask for what has just come. Threads: any.
class RecentBlocks {
public:
    /// The newest block; number 0 in an empty ledger.
    block::Header last() const;
    void add(const block::Header& header);
    std::optional<block::Header> get(std::int64_t number) const;
    /// Headers of blocks that searches pass again and again, so that a search in a long ledger reads few.
    std::optional<block::Header> landmark(std::int64_t number) const;
    void keep_landmark(std::int64_t number, const block::Header& header) const;
    /// The first block that `reached` is true for, where that is certain; blocks before it are all false.
    template <class Reached>
    std::optional<block::Header> first(Reached reached) const {
        const std::lock_guard lock(mutex_);
        if (headers_.empty() || reached(headers_.front())) return std::nullopt;
        const auto found = std::partition_point(headers_.begin(), headers_.end(),
                                                [&](const block::Header& header) { return !reached(header); });
        return found == headers_.end() ? std::nullopt : std::optional(*found);
    }

private:
    mutable std::mutex mutex_;
    std::deque<block::Header> headers_;
    mutable std::unordered_map<std::int64_t, block::Header> landmarks_;
};

/// Reads blocks through one connection. May throw SqlError and LedgerError. Threads: as its connection.
class Blocks {
public:
    Blocks(Connection& connection, const seal::Sealer& sealer, block::ChunkCache& cache, const RecentBlocks& recent)
        : connection_(connection), sealer_(sealer), cache_(cache), recent_(recent) {}

    std::optional<block::Header> get(std::int64_t number);
    /// The first block at `number` or after it.
    std::optional<block::Header> from(std::int64_t number);
    /// The newest one in the file.
    std::optional<block::Header> last();
    /// The block that has the message, if there is such a message.
    std::optional<block::Header> of_message(Id message);
    std::optional<block::Header> of_sequence(std::int64_t sequence);
    /// The first block that may have an event of this time or a later one.
    std::optional<block::Header> from_time(Instant at);

    /// Null where it was purged.
    block::Bytes chunk(block::Kind kind, std::int64_t block, std::uint32_t chunk);
    /// The same as it is in the file, whatever is known of it.
    block::Bytes stored_chunk(block::Kind kind, std::int64_t block, std::uint32_t chunk);
    /// Visits the records of a block in order until `visit` gives false; false if it did. A purged block has none.
    using Visit = std::function<bool(const record::RecordView&)>;
    bool visit(const block::Header& header, const Visit& visit);
    /// The same for who walks over many blocks: it takes no room in the cache from what is asked for again.
    bool pass(const block::Header& header, const Visit& visit);
    /// Has retention removed the events of the block?
    bool lost_events(std::int64_t number);
    /// The bytes of a body or an answer; empty where they were purged.
    Payload body(const block::Header& header, std::int64_t sequence, const record::BodyPlace& place);

private:
    template <class Reached>
    std::optional<block::Header> first(Reached reached);
    template <class Chunk>
    bool visit_chunks(const block::Header& header, Chunk chunk, const Visit& visit);
    /// The first block at `number` or after it; from memory where it is a landmark.
    std::optional<block::Header> passed(std::int64_t number, std::int64_t last);

    Connection& connection_;
    const seal::Sealer& sealer_;
    block::ChunkCache& cache_;
    const RecentBlocks& recent_;
};

/// Writes the chunks of a block that is being built.
class ChunkWriter final : public block::Sink {
public:
    ChunkWriter(Connection& connection, const seal::Sealer& sealer) : connection_(connection), sealer_(sealer) {}
    void put(block::Kind kind, std::int64_t block, std::uint32_t chunk, std::string_view plain) override;

private:
    Connection& connection_;
    const seal::Sealer& sealer_;
};

/// Flags in block.purged.
constexpr std::int64_t kBodiesPurged = 1, kEventsPurged = 2;

void write_header(Connection& connection, const block::Header& header);

}  // namespace causeway::sqlite
