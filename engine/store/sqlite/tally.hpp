#pragma once
/// What the rows of the table tally count.

#include <chrono>

#include "core/time.hpp"

namespace causeway::sqlite {

enum TallyKind : int {
    kIntakeTally = 0,      ///< channel, 0, disposition.
    kObligationTally = 1,  ///< channel, destination, state.
    kHourTally = 2,        ///< hour since 1970, channel, disposition.
    kChainTally = 3,       ///< 0, 0, and 0: events, 1: blocks. More than are there: the tail was cut off.
    kFeedTally = 4         ///< hour since 1970, channel and feed, disposition.
};

/// Between channel and feed in the name of a feed.
constexpr char kFeedMark = '\x1f';

inline std::int64_t hour_of(Instant at) {
    return std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count();
}

}  // namespace causeway::sqlite
