#include "store/sqlite/disk.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

namespace causeway::sqlite {
namespace {

constexpr std::chrono::seconds kBetweenLooks{1};

/// Why it failed is in errno.
Error cannot_open(const std::string& file) {
    if (errno == ENOSPC || errno == EDQUOT)
        return fail(Issue::no_store, file, "The disk has no room for a ledger; make some, then start the engine.",
                    Retry::later);
    return fail(Issue::no_store, file, "Make the folder and let the engine's user write in it.", Retry::later);
}

bool sync_folder(const std::string& file) {
    const auto folder = std::filesystem::path(file).parent_path();
    const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return false;
    const bool synced = ::fsync(descriptor) == 0;
    ::close(descriptor);
    return synced;
}

}  // namespace

Result<FileLock> FileLock::take(const std::string& file) {
    const int descriptor = ::open((file + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) return cannot_open(file);
    FileLock lock(descriptor);
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0)
        return fail(Issue::conflict, file,
                    "Another engine has this ledger open; stop that one first, or give this one its own file.");
    return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {
}

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> create_private(const std::string& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        if (errno == EEXIST) return {};
        return cannot_open(file);
    }
    ::close(descriptor);
    if (!sync_folder(file)) return cannot_open(file);
    return {};
}

bool keep_reserve(const std::string& file, std::uint64_t bytes, std::uint64_t least_free) {
    const std::string reserve = file + ".reserve";
    std::error_code ignored;
    if (std::filesystem::file_size(reserve, ignored) == bytes) return true;
    const auto free = free_bytes(file);
    if (!free || *free < bytes + 2 * least_free) return false;
    const int descriptor = ::open(reserve.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    // Not posix_fallocate(), which writes where the file system cannot set aside.
    const bool kept = descriptor >= 0 && ::fallocate(descriptor, 0, 0, static_cast<off_t>(bytes)) == 0;
    if (descriptor >= 0) ::close(descriptor);
    if (!kept) release_reserve(file);
    return kept;
}

bool release_reserve(const std::string& file) {
    std::error_code ignored;
    return std::filesystem::remove(file + ".reserve", ignored);
}

std::optional<std::uint64_t> free_bytes(const std::string& file) {
    struct statvfs disk {};
    if (::statvfs(file.c_str(), &disk) != 0) return std::nullopt;
    return static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
}

void DiskGuard::set_limits(std::uint64_t least_free, std::uint64_t most) {
    least_free_ = least_free;
    most_ = most;
    look_now_ = true;
}

/// Intake slows down on the last tenth below a limit, and when it was full begins again a thirty-second below it.
void DiskGuard::look() {
    const auto least = static_cast<double>(least_free()), most = static_cast<double>(this->most());
    const auto free = free_bytes(file_);
    double near = 0;
    if (free && least > 0) near = std::max(near, (1.1 * least - static_cast<double>(*free)) / (0.1 * least));
    if (most > 0) near = std::max(near, (static_cast<double>(used_()) - 0.9 * most) / (0.1 * most));
    full_ = near > (is_full() ? 1 - 0.3125 : 1.0);
    pressure_ = std::clamp(near, 0.0, 1.0);
    if (reserve_ > 0 && !reserved_ && !is_full()) reserved_ = keep_reserve(file_, reserve_, least_free());
}

std::optional<Error> DiskGuard::full() {
    const auto now = std::chrono::steady_clock::now();
    if (now >= next_look_ || look_now_.exchange(false)) {
        look();
        next_look_ = now + kBetweenLooks;
    }
    if (!is_full()) return std::nullopt;
    return fail(Issue::no_store, "ledger", "The disk of the engine is almost full; send it again later.", Retry::later,
                207);
}

}  // namespace causeway::sqlite
