#pragma once
/// The ledger's files on the disk: the lock, safe creation, free space.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
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

/// Says whether there is room for messages; looks once a second. Once full, it says so until there is a good deal of
/// room again, so that it does not change its mind with every message. Threads: full() one; the others any.
class DiskGuard {
public:
    /// `used` gives the bytes in use in the file; called by full() only. `most` 0: no limit. `reserve` is kept beside
    /// the file.
    DiskGuard(std::string file, std::uint64_t least_free, std::uint64_t most, std::function<std::uint64_t()> used,
              std::uint64_t reserve = 0)
        : file_(std::move(file)), used_(std::move(used)), reserve_(reserve), least_free_(least_free), most_(most) {}

    /// The error for who wants to store something; nothing where there is room.
    std::optional<Error> full();
    void set_limits(std::uint64_t least_free, std::uint64_t most);
    /// Something did not fit: full() does not trust what it saw last.
    void look_again() noexcept { look_now_ = true; }
    /// 0 to 1: how near the limits are.
    double pressure() const noexcept { return pressure_.load(std::memory_order_relaxed); }
    bool is_full() const noexcept { return full_.load(std::memory_order_relaxed); }
    std::uint64_t least_free() const noexcept { return least_free_.load(std::memory_order_relaxed); }
    std::uint64_t most() const noexcept { return most_.load(std::memory_order_relaxed); }

private:
    void look();

    const std::string file_;
    const std::function<std::uint64_t()> used_;
    const std::uint64_t reserve_;
    bool reserved_ = false;
    std::atomic<std::uint64_t> least_free_, most_;
    std::atomic<double> pressure_{0};
    std::atomic<bool> full_{false};
    std::atomic<bool> look_now_{true};
    std::chrono::steady_clock::time_point next_look_{};
};

/// Sets so many bytes aside in "<file>.reserve", or finds them there; false where that would leave less than
/// `least_free`, or cannot be done.
bool keep_reserve(const std::string& file, std::uint64_t bytes, std::uint64_t least_free);
/// Gives them back; false where there were none.
bool release_reserve(const std::string& file);

/// Free bytes on the disk of a file; nothing where the system does not say.
std::optional<std::uint64_t> free_bytes(const std::string& file);

}  // namespace causeway::sqlite
