#pragma once
/// Makes the engine's system calls fail; see control.hpp.

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <new>

#include "crash/control.hpp"
#include "crash/world.hpp"

namespace causeway::test {

/// For every start of one world's engine. Threads: any.
class Injector {
public:
    Injector(World& world, const std::filesystem::path& shim) {
        if (shim.empty()) throw Skip("this build has no shim for system calls");
        const auto file = world.folder() / "control";
        const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0 || ::ftruncate(fd, sizeof(Control)) != 0) throw std::runtime_error("cannot make " + file.string());
        void* const at = ::mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        ::close(fd);
        control_ = new (at) Control;
        world.engine().set_environment("CAUSEWAY_INJECT", file.string());
        world.engine().set_environment("LD_PRELOAD", shim.string());
    }
    Injector(const Injector&) = delete;
    Injector& operator=(const Injector&) = delete;
    ~Injector() { ::munmap(control_, sizeof(Control)); }

    /// The n-th call of these kinds from now on fails, and the `times - 1` after it.
    void arm(std::uint32_t calls, Failure failure, std::uint64_t n, std::uint64_t times = 1) {
        control_->failed = 0;
        control_->counted = 0;
        control_->failure = failure;
        control_->times = times;
        control_->first = n;
        control_->calls = calls;
    }
    void disarm() {
        control_->first = 0;
        control_->failure = Failure::none;
    }
    /// Only counts.
    void count(std::uint32_t calls) { arm(calls, Failure::none, 0); }
    std::uint64_t counted() const { return control_->counted; }
    std::uint64_t failed() const { return control_->failed; }
    Control& control() { return *control_; }

private:
    Control* control_;
};

}  // namespace causeway::test
