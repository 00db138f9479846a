#pragma once
/// What was committed last, in memory.

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "store/index/entry.hpp"

namespace causeway::index {

/// A hash table with chains that only grows. Threads: one writer; readers see what was published, without a lock.
class Memtable {
public:
    explicit Memtable(std::size_t capacity);

    std::size_t room() const noexcept { return capacity_ - used_; }
    void add(Family family, const Entry& entry) noexcept;
    /// What was added is visible from now on; `block` is the newest block that it belongs to.
    void publish(std::int64_t block) noexcept;
    std::int64_t through() const noexcept { return through_; }

    /// Appends the values below `before`, in no order.
    void find(Family family, std::uint64_t hash, std::int64_t before, std::vector<std::int64_t>& values) const;
    /// Sorted, each once. Only when it is no longer added to.
    std::vector<Entry> sorted(Family family) const;
    std::size_t bytes() const noexcept;

private:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
    struct Slot {
        Entry entry;
        std::uint32_t next;
        Family family;
    };

    std::size_t bucket_of(Family family, std::uint64_t hash) const noexcept;

    const std::size_t capacity_;
    const int shift_;
    const std::unique_ptr<Slot[]> slots_;
    const std::unique_ptr<std::atomic<std::uint32_t>[]> heads_;
    std::uint32_t used_ = 0;  // Writer only.
    std::int64_t through_ = 0;
    std::atomic<std::uint32_t> published_{0};
};

}  // namespace causeway::index
