#pragma once
/// The ledger's files on the disk: the lock, safe creation, free space.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/error.hpp"

namespace causeway::sqlite {

/// Holds "<file>.lock" with flock(2) for as long as it lives; the system lets go of it when the process ends.
class FileLock {
public:
    static Result<FileLock> take(const std::string& file);
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&&) = delete;
    ~FileLock();

private:
    explicit FileLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

/// Makes the file, readable by its owner alone (SQLite gives its log the same mode), where there is none, and puts its
/// name on stable storage.
Result<void> create_private(const std::string& file);

/// Says whether the disk is too full to accept messages; asks the system once a second. Threads: one.
class DiskGuard {
public:
    DiskGuard(std::string file, std::uint64_t least_free) : file_(std::move(file)), least_free_(least_free) {}

    /// The error for who wants to store something; nothing where there is room.
    std::optional<Error> full();

private:
    const std::string file_;
    const std::uint64_t least_free_;
    std::chrono::steady_clock::time_point next_look_{};
    bool full_ = false;
};

}  // namespace causeway::sqlite
