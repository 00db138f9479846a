#include "store/sqlite/oldest_rows.hpp"

namespace causeway::sqlite {

OldestRows::Known OldestRows::find(std::int64_t group) const {
    const std::lock_guard lock(mutex_);
    const auto found = oldest_.find(group);
    return {found == oldest_.end() ? std::nullopt : std::optional(found->second), turn_};
}

void OldestRows::learn(std::int64_t group, const Row& row, std::uint64_t turn) {
    const std::lock_guard lock(mutex_);
    if (turn != turn_ || !oldest_.emplace(group, row).second) return;
    oldest_of_[row.id] = group;
}

void OldestRows::wrote(std::int64_t id, std::int64_t group) {
    const std::lock_guard lock(mutex_);
    ++turn_;
    if (const auto was = oldest_of_.find(id); was != oldest_of_.end()) {
        oldest_.erase(was->second);
        oldest_of_.erase(was);
    }
    const auto known = oldest_.find(group);
    if (known == oldest_.end() || known->second.id < id) return;
    oldest_of_.erase(known->second.id);
    oldest_.erase(known);
}

}  // namespace causeway::sqlite
