#pragma once
/// Removes files that were dealt with long ago.

#include <filesystem>
#include <string>
#include <thread>

#include "core/time.hpp"

namespace causeway::spool {

/// Files that came into `folder` longer than `keep` before `now` are removed, and how many is told. Folders, links and
/// what else somebody puts there stay. `stop` ends it early.
std::size_t remove_old(const std::filesystem::path& folder, Duration keep, Instant now, const std::stop_token& stop);

/// A thread that looks at start and once an hour; the destructor ends it.
class Cleaner {
public:
    /// `channel`: for the log.
    Cleaner(std::string channel, std::filesystem::path folder, Duration keep);

private:
    std::jthread thread_;
};

}  // namespace causeway::spool
