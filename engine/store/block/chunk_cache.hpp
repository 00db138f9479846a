#pragma once
/// Opened chunks that were read or written lately.

#include <list>
#include <map>
#include <mutex>
#include <tuple>

#include "store/block/block.hpp"

namespace causeway::block {

/// Forgets the least recently used beyond so many bytes. Threads: any.
class ChunkCache {
public:
    explicit ChunkCache(std::size_t most_bytes) : most_(most_bytes) {}

    Bytes get(Kind kind, std::int64_t block, std::uint32_t chunk);
    void put(Kind kind, std::int64_t block, std::uint32_t chunk, Bytes bytes);
    /// A chunk was changed or removed.
    void forget(Kind kind, std::int64_t block, std::uint32_t chunk);

private:
    using Place = std::tuple<std::int64_t, Kind, std::uint32_t>;
    struct Entry {
        Bytes bytes;
        std::list<Place>::iterator use;
    };
    void remove(std::map<Place, Entry>::iterator entry);

    const std::size_t most_;
    std::mutex mutex_;
    std::map<Place, Entry> entries_;
    std::list<Place> uses_;  // Newest first.
    std::size_t bytes_ = 0;
};

}  // namespace causeway::block
