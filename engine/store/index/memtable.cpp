#include "store/index/memtable.hpp"

#include <algorithm>
#include <bit>

namespace causeway::index {
namespace {

std::uint64_t bucket_count(std::size_t capacity) {
    return std::bit_ceil(std::max<std::size_t>(capacity, 2));
}

}  // namespace

Memtable::Memtable(std::size_t capacity)
    : capacity_(capacity),
      shift_(64 - std::countr_zero(bucket_count(capacity))),
      slots_(std::make_unique_for_overwrite<Slot[]>(capacity)),
      heads_(std::make_unique<std::atomic<std::uint32_t>[]>(bucket_count(capacity))) {
    for (std::size_t i = 0; i < bucket_count(capacity); ++i) heads_[i].store(kNone, std::memory_order_relaxed);
}

std::size_t Memtable::bucket_of(Family family, std::uint64_t hash) const noexcept {
    return static_cast<std::size_t>((hash + static_cast<std::uint64_t>(family)) * 0x9e3779b97f4a7c15U >> shift_);
}

void Memtable::add(Family family, const Entry& entry) noexcept {
    auto& head = heads_[bucket_of(family, entry.hash)];
    slots_[used_] = {entry, head.load(std::memory_order_relaxed), family};
    head.store(used_++, std::memory_order_release);
}

void Memtable::publish(std::int64_t block) noexcept {
    through_ = block;
    published_.store(used_, std::memory_order_release);
}

void Memtable::find(Family family, std::uint64_t hash, std::int64_t before, std::vector<std::int64_t>& values) const {
    const std::uint32_t published = published_.load(std::memory_order_acquire);
    std::uint32_t at = heads_[bucket_of(family, hash)].load(std::memory_order_acquire);
    for (; at != kNone; at = slots_[at].next) {
        const Slot& slot = slots_[at];
        if (at < published && slot.family == family && slot.entry.hash == hash && slot.entry.value < before)
            values.push_back(slot.entry.value);
    }
}

std::vector<Entry> Memtable::sorted(Family family) const {
    std::vector<Entry> entries;
    const std::uint32_t count = published_.load(std::memory_order_acquire);
    for (std::uint32_t i = 0; i < count; ++i)
        if (slots_[i].family == family) entries.push_back(slots_[i].entry);
    std::sort(entries.begin(), entries.end());
    entries.erase(std::unique(entries.begin(), entries.end()), entries.end());
    return entries;
}

std::size_t Memtable::bytes() const noexcept {
    return capacity_ * sizeof(Slot) + bucket_count(capacity_) * sizeof(std::uint32_t);
}

}  // namespace causeway::index
