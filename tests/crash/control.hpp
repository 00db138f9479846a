#pragma once
/// What a test and the shim inside the engine (inject.cpp) share: a mapped file, so that the test may say when a system
/// call fails, and see which.

#include <atomic>
#include <cstdint>

namespace causeway::test {

/// Kinds of calls, as bits.
enum Call : std::uint32_t {
    kWrite = 1,    ///< write, pwrite, writev to files other than the log.
    kSync = 2,     ///< fsync, fdatasync.
    kSend = 4,     ///< send, sendmsg.
    kReceive = 8,  ///< recv, recvmsg.
    kFile = 16,    ///< open that creates, rename, unlink, ftruncate.
    kRead = 32,    ///< pread.
    kAllocate = 64
};

enum class Failure : std::uint32_t {
    none,
    crash,        ///< The process is gone before the call.
    torn,         ///< The process is gone after half of the call (write, send).
    io_error,     ///< EIO; of a socket ECONNRESET.
    disk_full,    ///< ENOSPC.
    interrupted,  ///< EINTR, as a signal does.
    shortened,    ///< Half is done, and said so.
    lost_sync     ///< A sync gives EIO, and from then on says that all is well and does nothing.
};

struct Control {
    std::atomic<std::uint32_t> calls{0};  ///< Which kinds count.
    std::atomic<Failure> failure{Failure::none};
    std::atomic<std::uint64_t> counted{0};
    std::atomic<std::uint64_t> first{0};  ///< The failing call, by `counted`, from 1; 0: none fails.
    std::atomic<std::uint64_t> times{1};  ///< So many fail from there on.
    std::atomic<std::uint64_t> failed{0};
    std::atomic<std::uint32_t> failed_call{0};
    std::atomic<std::int64_t> clock_offset{0};  ///< Seconds added to the wall clock.
    std::atomic<std::int64_t> clock_seen{0};    ///< What was added when the engine looked at it last.
};

}  // namespace causeway::test
