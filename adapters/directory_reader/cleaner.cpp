#include "adapters/directory_reader/cleaner.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <system_error>

#include "core/log.hpp"

namespace causeway::spool {
namespace {

namespace fs = std::filesystem;

constexpr auto kBetween = std::chrono::hours(1);
constexpr int kNice = 10;

/// The move into the folder changes this time, and nothing that only reads the file does.
Instant came_at(const struct stat& file) {
    return Instant(std::chrono::seconds(file.st_ctim.tv_sec) + Duration(file.st_ctim.tv_nsec / 1000));
}

bool is_old(const fs::path& path, Instant limit) {
    struct stat file {};
    return ::lstat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode) && came_at(file) < limit;
}

void work(const std::stop_token& stop, const std::string& channel, const fs::path& folder, Duration keep) {
    // Of this thread alone (Linux).
    (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
    const SystemClock clock;
    std::mutex mutex;
    std::condition_variable_any never;
    while (!stop.stop_requested()) {
        if (const auto removed = remove_old(folder, keep, clock.now(), stop); removed > 0)
            log::info("directory.cleaned", {{"channel", channel}, {"files", removed}});
        std::unique_lock lock(mutex);
        never.wait_for(lock, stop, kBetween, [] { return false; });
    }
}

}  // namespace

std::size_t remove_old(const fs::path& folder, Duration keep, Instant now, const std::stop_token& stop) {
    std::size_t removed = 0;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        if (stop.stop_requested()) break;
        std::error_code failed;
        if (is_old(at->path(), now - keep) && fs::remove(at->path(), failed)) ++removed;
    }
    return removed;
}

Cleaner::Cleaner(std::string channel, fs::path folder, Duration keep)
    : thread_([channel = std::move(channel), folder = std::move(folder), keep](const std::stop_token& stop) {
          work(stop, channel, folder, keep);
      }) {
}

}  // namespace causeway::spool
