/// Loaded into the engine with LD_PRELOAD: makes the n-th system call of some kind fail, as control.hpp says. The file
/// to map is named by CAUSEWAY_INJECT.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <new>

#include "crash/control.hpp"

using causeway::test::Call;
using causeway::test::Control;
using causeway::test::Failure;

namespace {

Control* control = nullptr;

__attribute__((constructor)) void map_control() {
    const char* const path = std::getenv("CAUSEWAY_INJECT");
    if (path == nullptr) return;
    const int fd = static_cast<int>(::syscall(257 /* openat */, AT_FDCWD, path, O_RDWR | O_CLOEXEC));
    if (fd < 0) return;
    void* const at = ::mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    ::close(fd);
    if (at != MAP_FAILED) control = static_cast<Control*>(at);
}

/// Counts the call; what is to become of it.
Failure next(Call call) {
    if (control == nullptr || (control->calls & call) == 0) return Failure::none;
    const auto number = ++control->counted;
    const auto first = control->first.load();
    if (first == 0 || number < first || number - first >= control->times) return Failure::none;
    ++control->failed;
    control->failed_call = call;
    if (control->failure == Failure::crash) ::_exit(137);
    return control->failure;
}

bool is_file(int fd) {
    struct stat found {};
    return fd > STDERR_FILENO && ::fstat(fd, &found) == 0 && S_ISREG(found.st_mode);
}

/// Applies `failure` to a call that moves `size` bytes; `go(size)` does it.
template <class Go>
ssize_t apply(Failure failure, std::size_t size, int io_error, Go go) {
    switch (failure) {
        case Failure::torn:
            if (size > 1) go(size / 2);
            ::_exit(137);
        case Failure::io_error:
        case Failure::lost_sync:
            errno = io_error;
            return -1;
        case Failure::disk_full:
            errno = ENOSPC;
            return -1;
        case Failure::interrupted:
            errno = EINTR;
            return -1;
        case Failure::shortened:
            return go(size > 1 ? size / 2 : size);
        default:
            return go(size);
    }
}

/// The function of that name behind this one.
template <class Function>
Function* real(const char* name) {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

int sync_or_fail(int fd, int (*go)(int)) {
    // After a sync that failed the kernel may forget the pages: the next one finds nothing to do.
    const bool lying = control != nullptr && control->failure == Failure::lost_sync && control->failed > 0;
    if (lying && is_file(fd)) return 0;
    const auto failure = next(Call::kSync);
    if (failure == Failure::none) return go(fd);
    errno = failure == Failure::disk_full ? ENOSPC : EIO;
    return -1;
}

// ---- memory. dlsym may allocate while the allocator behind this one is looked up: it gets a piece of this.
alignas(16) char early[65536];
std::atomic<std::size_t> early_used{0};

bool is_early(const void* at) {
    return at >= early && at < early + sizeof early;
}

void* allocate_early(std::size_t size) {
    const auto at = early_used.fetch_add((size + 15) / 16 * 16);
    return at + size <= sizeof early ? early + at : nullptr;
}
void* allocate_early_zero(std::size_t count, std::size_t size) {
    return allocate_early(count * size);  // Static memory is zero, and is never given twice.
}
void* reallocate_early(void*, std::size_t size) {
    return allocate_early(size);
}
void release_nothing(void*) {
}

struct Allocator {
    void* (*allocate)(std::size_t) = allocate_early;
    void* (*allocate_zero)(std::size_t, std::size_t) = allocate_early_zero;
    void* (*reallocate)(void*, std::size_t) = reallocate_early;
    void (*release)(void*) = release_nothing;
};

const Allocator& allocator() {
    static Allocator behind;
    static bool looking = false, found = false;
    if (found || looking) return behind;  // Before the first thread: the loader allocates.
    looking = true;
    const Allocator real_one{real<void*(std::size_t)>("malloc"), real<void*(std::size_t, std::size_t)>("calloc"),
                             real<void*(void*, std::size_t)>("realloc"), real<void(void*)>("free")};
    behind = real_one;
    found = true;
    return behind;
}

}  // namespace

#define REAL(name) static const auto go = real<decltype(name)>(#name)

extern "C" {

ssize_t write(int fd, const void* bytes, size_t size) {
    REAL(write);
    if (!is_file(fd)) return go(fd, bytes, size);
    return apply(next(Call::kWrite), size, EIO, [&](std::size_t part) { return go(fd, bytes, part); });
}
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
    REAL(pwrite);
    return apply(next(Call::kWrite), size, EIO, [&](std::size_t part) { return go(fd, bytes, part, at); });
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
    REAL(pwrite64);
    return apply(next(Call::kWrite), size, EIO, [&](std::size_t part) { return go(fd, bytes, part, at); });
}
ssize_t writev(int fd, const iovec* parts, int count) {
    REAL(writev);
    if (!is_file(fd)) return go(fd, parts, count);
    return apply(next(Call::kWrite), 1, EIO, [&](std::size_t) { return go(fd, parts, count); });
}
ssize_t pread64(int fd, void* bytes, size_t size, off64_t at) {
    REAL(pread64);
    auto failure = next(Call::kRead);
    if (failure == Failure::disk_full) failure = Failure::io_error;
    return apply(failure, size, EIO, [&](std::size_t part) { return go(fd, bytes, part, at); });
}
int fsync(int fd) {
    REAL(fsync);
    return sync_or_fail(fd, go);
}
int fdatasync(int fd) {
    REAL(fdatasync);
    return sync_or_fail(fd, go);
}
ssize_t send(int fd, const void* bytes, size_t size, int flags) {
    REAL(send);
    return apply(next(Call::kSend), size, ECONNRESET, [&](std::size_t part) { return go(fd, bytes, part, flags); });
}
ssize_t sendmsg(int fd, const msghdr* message, int flags) {
    REAL(sendmsg);
    const auto failure = next(Call::kSend);
    if (message->msg_iovlen == 0) return go(fd, message, flags);
    return apply(failure, message->msg_iov[0].iov_len, ECONNRESET, [&](std::size_t part) {
        if (failure == Failure::none) return go(fd, message, flags);
        iovec piece{message->msg_iov[0].iov_base, part};
        msghdr less = *message;
        less.msg_iov = &piece;
        less.msg_iovlen = 1;
        return go(fd, &less, flags);
    });
}
ssize_t recv(int fd, void* bytes, size_t size, int flags) {
    REAL(recv);
    return apply(next(Call::kReceive), size, ECONNRESET, [&](std::size_t part) { return go(fd, bytes, part, flags); });
}
ssize_t recvmsg(int fd, msghdr* message, int flags) {
    REAL(recvmsg);
    return apply(next(Call::kReceive), 1, ECONNRESET, [&](std::size_t) { return go(fd, message, flags); });
}
int open(const char* path, int flags, ...) {
    REAL(open);
    va_list more;
    va_start(more, flags);
    const auto mode = va_arg(more, mode_t);
    va_end(more);
    const auto failure = (flags & O_CREAT) != 0 ? next(Call::kFile) : Failure::none;
    return static_cast<int>(apply(failure, 1, EIO, [&](std::size_t) { return ssize_t{go(path, flags, mode)}; }));
}
int open64(const char* path, int flags, ...) {
    REAL(open64);
    va_list more;
    va_start(more, flags);
    const auto mode = va_arg(more, mode_t);
    va_end(more);
    const auto failure = (flags & O_CREAT) != 0 ? next(Call::kFile) : Failure::none;
    return static_cast<int>(apply(failure, 1, EIO, [&](std::size_t) { return ssize_t{go(path, flags, mode)}; }));
}
int rename(const char* from, const char* to) noexcept {
    REAL(rename);
    return static_cast<int>(apply(next(Call::kFile), 1, EIO, [&](std::size_t) { return ssize_t{go(from, to)}; }));
}
int unlink(const char* path) noexcept {
    REAL(unlink);
    return static_cast<int>(apply(next(Call::kFile), 1, EIO, [&](std::size_t) { return ssize_t{go(path)}; }));
}
int ftruncate(int fd, off_t size) noexcept {
    REAL(ftruncate);
    return static_cast<int>(apply(next(Call::kFile), 1, EIO, [&](std::size_t) { return ssize_t{go(fd, size)}; }));
}
int ftruncate64(int fd, off64_t size) noexcept {
    REAL(ftruncate64);
    return static_cast<int>(apply(next(Call::kFile), 1, EIO, [&](std::size_t) { return ssize_t{go(fd, size)}; }));
}
void* malloc(size_t size) noexcept {
    return next(Call::kAllocate) == Failure::none ? allocator().allocate(size) : nullptr;
}
void* calloc(size_t count, size_t size) noexcept {
    return next(Call::kAllocate) == Failure::none ? allocator().allocate_zero(count, size) : nullptr;
}
void* realloc(void* at, size_t size) noexcept {
    return next(Call::kAllocate) == Failure::none ? allocator().reallocate(at, size) : nullptr;
}
void free(void* at) noexcept {
    if (!is_early(at)) allocator().release(at);
}
int clock_gettime(clockid_t clock, timespec* time) noexcept {
    REAL(clock_gettime);
    const int status = go(clock, time);
    if (control != nullptr && clock == CLOCK_REALTIME) {
        const std::int64_t offset = control->clock_offset;
        time->tv_sec += offset;
        control->clock_seen = offset;
    }
    return status;
}

}  // extern "C"

// The allocator behind may bring an operator new of its own that does not pass malloc().
void* operator new(std::size_t size) {
    if (void* const at = std::malloc(size)) return at;
    throw std::bad_alloc();
}
void* operator new[](std::size_t size) {
    return operator new(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return std::malloc(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return std::malloc(size);
}
void operator delete(void* at) noexcept {
    std::free(at);
}
void operator delete[](void* at) noexcept {
    std::free(at);
}
void operator delete(void* at, std::size_t) noexcept {
    std::free(at);
}
void operator delete[](void* at, std::size_t) noexcept {
    std::free(at);
}
