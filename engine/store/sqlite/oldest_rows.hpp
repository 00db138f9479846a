#pragma once
/// The oldest row of each group of what waits: who asks for the groups again need not look for it in the table again.

#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "core/time.hpp"

namespace causeway::sqlite {

/// Groups go by their number in the table waiting_group. Threads: any.
class OldestRows {
public:
    struct Row {
        std::int64_t id = 0;
        Instant created;
    };
    /// What is known; where nothing is, `turn` goes with what the table says to learn().
    struct Known {
        std::optional<Row> row;
        std::uint64_t turn = 0;
    };

    Known find(std::int64_t group) const;
    /// Nothing is learnt where a row was written since `turn`: it may not have been seen.
    void learn(std::int64_t group, const Row& row, std::uint64_t turn);
    /// The row is in this group now; 0: it is gone.
    void wrote(std::int64_t id, std::int64_t group);

private:
    mutable std::mutex mutex_;
    std::uint64_t turn_ = 0;
    std::unordered_map<std::int64_t, Row> oldest_;              // By group.
    std::unordered_map<std::int64_t, std::int64_t> oldest_of_;  // Group by id.
};

}  // namespace causeway::sqlite
