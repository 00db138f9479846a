#include "net/used_tokens.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <system_error>

#include "core/digest.hpp"

namespace causeway::net {
namespace {

constexpr std::size_t kTime = 16, kDigest = 64, kLine = kTime + 1 + kDigest + 1;
/// Lines of expired tokens that are not worth writing the file anew.
constexpr std::size_t kFewLines = 10'000;

std::string line_of(const std::string& digest, Instant until) {
    char time[kTime + 1];
    std::snprintf(time, sizeof time, "%016llx", static_cast<unsigned long long>(until.time_since_epoch().count()));
    return std::string(time) + ' ' + digest + '\n';
}

Error cannot(std::string_view step, const std::filesystem::path& file) {
    return fail(Issue::no_store, file.string(),
                std::string(step) + " the list of used tokens: " + std::generic_category().message(errno) +
                    "; see whether its folder is there, has room, and lets the engine's user write.",
                Retry::later);
}

bool write_all(int file, std::string_view bytes, std::size_t at) {
    while (!bytes.empty()) {
        const auto written = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(at));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        at += static_cast<std::size_t>(written);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

Descriptor open_file(const std::filesystem::path& file, int flags) {
    return Descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | flags, 0600));
}

bool is_same_file(int open, const std::filesystem::path& path) {
    struct stat mine {
    }, there{};
    return ::fstat(open, &mine) == 0 && ::stat(path.c_str(), &there) == 0 && mine.st_ino == there.st_ino &&
           mine.st_dev == there.st_dev;
}

}  // namespace

/// The file belongs to one at a time; it may be replaced, so a file beside it is locked.
class UsedTokens::Lock {
public:
    explicit Lock(const std::filesystem::path& file) {
        if (file.empty()) return;
        held_ = open_file(file.string() + ".lock", 0);
        while (held_ && ::flock(held_.get(), LOCK_EX) != 0)
            if (errno != EINTR) held_ = Descriptor();
    }
    explicit operator bool() const { return static_cast<bool>(held_); }

private:
    Descriptor held_;
};

Result<void> UsedTokens::open(Instant now) {
    const std::lock_guard guard(mutex_);
    if (file_.empty()) return {};
    std::error_code error;
    std::filesystem::create_directories(file_.parent_path(), error);
    const Lock lock(file_);
    if (!lock) return cannot("Cannot lock", file_);
    if (auto read = catch_up(); !read) return read;
    forget_expired(now);
    return {};
}

Result<void> UsedTokens::use(const std::string& id, Instant until, Instant now) {
    const std::lock_guard guard(mutex_);
    const auto digest = to_hex(as_view(sha256(id)));
    const Lock lock(file_);
    if (!file_.empty()) {
        if (!lock) return cannot("Cannot lock", file_);
        if (auto read = catch_up(); !read) return read;
    }
    forget_expired(now);
    if (ids_.contains(digest))
        return fail(Issue::login, "Authorization", "This token was used before; fetch a new one for each request.");
    if (ids_.size() >= most_)
        return fail(Issue::throttled, "Authorization", "Too many tokens are in use; send fewer requests.",
                    Retry::later);
    if (auto kept = append(digest, until); !kept) return kept;
    remember(digest, until);
    return {};
}

void UsedTokens::remember(const std::string& digest, Instant until) {
    const auto [known, fresh] = ids_.try_emplace(digest, until);
    if (!fresh && known->second >= until) return;
    known->second = until;
    by_end_.emplace(until, digest);
}

/// Reads what others wrote since.
Result<void> UsedTokens::catch_up() {
    if (!open_ || !is_same_file(open_.get(), file_))
        if (auto opened = reopen(); !opened) return opened;
    for (std::string block(kLine * 1000, '\0');;) {
        const auto got = ::pread(open_.get(), block.data(), block.size(), static_cast<off_t>(lines_ * kLine));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannot("Cannot read", file_);
        const auto whole = static_cast<std::size_t>(got) / kLine;  // A torn line is overwritten by the next one.
        for (std::size_t i = 0; i < whole; ++i) learn(std::string_view(block).substr(i * kLine, kLine));
        lines_ += whole;
        if (whole == 0) return {};
    }
}

Result<void> UsedTokens::reopen() {
    open_ = open_file(file_, O_DSYNC);
    lines_ = 0;
    if (!open_) return cannot("Cannot open", file_);
    // Its name must survive a loss of power as well.
    const Descriptor folder(::open(file_.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder || ::fsync(folder.get()) != 0) return cannot("Cannot keep", file_);
    return {};
}

void UsedTokens::learn(std::string_view line) {
    std::int64_t until = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + kTime, until, 16);
    if (error != std::errc() || end != line.data() + kTime) return;
    remember(std::string(line.substr(kTime + 1, kDigest)), Instant(Duration(until)));
}

Result<void> UsedTokens::append(const std::string& digest, Instant until) {
    if (file_.empty()) return {};
    if (lines_ > 2 * ids_.size() + kFewLines)
        if (auto anew = write_anew(); !anew) return anew;
    if (!write_all(open_.get(), line_of(digest, until), lines_ * kLine)) return cannot("Cannot write", file_);
    ++lines_;
    return {};
}

/// Without what has expired.
Result<void> UsedTokens::write_anew() {
    std::string lines;
    lines.reserve(by_end_.size() * kLine);
    for (const auto& [until, digest] : by_end_) lines += line_of(digest, until);
    const auto beside = file_.string() + ".new";
    const auto fresh = open_file(beside, O_DSYNC | O_TRUNC);
    if (!fresh || !write_all(fresh.get(), lines, 0) || ::rename(beside.c_str(), file_.c_str()) != 0)
        return cannot("Cannot shorten", file_);
    if (auto opened = reopen(); !opened) return opened;
    lines_ = by_end_.size();
    return {};
}

void UsedTokens::forget_expired(Instant now) {
    const auto live = by_end_.lower_bound(now);
    for (auto old = by_end_.begin(); old != live; ++old)
        if (const auto known = ids_.find(old->second); known != ids_.end() && known->second == old->first)
            ids_.erase(known);
    by_end_.erase(by_end_.begin(), live);
}

}  // namespace causeway::net
