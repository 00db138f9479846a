#pragma once
/// The entries of the group that is being written.

#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "store/index/entry.hpp"

namespace causeway::index {

/// Keeps its memory from group to group. Threads: one.
class Staged {
public:
    struct Item {
        Entry entry;
        std::uint32_t next;
        Family family;
    };

    Staged() { heads_.fill(kNone); }

    void add(Family family, const Entry& entry) {
        auto& head = heads_[bucket_of(family, entry.hash)];
        items_.push_back({entry, head, family});
        head = static_cast<std::uint32_t>(items_.size() - 1);
    }
    void find(Family family, std::uint64_t hash, std::vector<std::int64_t>& values) const {
        for (auto at = heads_[bucket_of(family, hash)]; at != kNone; at = items_[at].next)
            if (items_[at].family == family && items_[at].entry.hash == hash) values.push_back(items_[at].entry.value);
    }
    const std::vector<Item>& items() const noexcept { return items_; }
    void clear() {
        for (const Item& item : items_) heads_[bucket_of(item.family, item.entry.hash)] = kNone;
        items_.clear();
    }

private:
    static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
    static constexpr int kBucketBits = 12;

    static std::size_t bucket_of(Family family, std::uint64_t hash) {
        return static_cast<std::size_t>((hash + static_cast<std::uint64_t>(family)) * 0x9e3779b97f4a7c15U >>
                                        (64 - kBucketBits));
    }

    std::array<std::uint32_t, 1U << kBucketBits> heads_;
    std::vector<Item> items_;
};

}  // namespace causeway::index
