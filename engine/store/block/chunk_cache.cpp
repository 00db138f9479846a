#include "store/block/chunk_cache.hpp"

namespace causeway::block {

Bytes ChunkCache::get(Kind kind, std::int64_t block, std::uint32_t chunk) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find({block, kind, chunk});
    if (found == entries_.end()) return nullptr;
    uses_.splice(uses_.begin(), uses_, found->second.use);
    return found->second.bytes;
}

void ChunkCache::put(Kind kind, std::int64_t block, std::uint32_t chunk, Bytes bytes) {
    if (bytes->size() > most_ / 4) return;
    const std::lock_guard lock(mutex_);
    const Place place(block, kind, chunk);
    if (const auto old = entries_.find(place); old != entries_.end()) remove(old);
    bytes_ += bytes->capacity();
    uses_.push_front(place);
    entries_.emplace(place, Entry{std::move(bytes), uses_.begin()});
    while (bytes_ > most_) remove(entries_.find(uses_.back()));
}

void ChunkCache::forget(Kind kind, std::int64_t block, std::uint32_t chunk) {
    const std::lock_guard lock(mutex_);
    if (const auto found = entries_.find({block, kind, chunk}); found != entries_.end()) remove(found);
}

void ChunkCache::remove(std::map<Place, Entry>::iterator entry) {
    bytes_ -= entry->second.bytes->capacity();
    uses_.erase(entry->second.use);
    entries_.erase(entry);
}

}  // namespace causeway::block
