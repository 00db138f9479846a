/// A small disk fills up: the engine slows and refuses before it is full, and starts again by itself when there is
/// room.
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "crash/disk.hpp"
#include "crash/faults.hpp"
#include "crash/world.hpp"

namespace causeway::test {
namespace {

constexpr int kMegabytes = 64;
constexpr int kCyclesOfOne = 3;

/// Leaves less than that free; false where there was no room to begin with.
bool fill(const std::filesystem::path& file, std::uint64_t leave) {
    const auto space = std::filesystem::space(file.parent_path()).available;
    const int fd = ::open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    const bool filled = space > leave && ::posix_fallocate(fd, 0, static_cast<off_t>(space - leave)) == 0;
    ::close(fd);
    return filled;
}

/// The engine refuses, and is still there.
bool refuses(World& world) {
    const auto before = world.refused();
    for (int wait = 0; wait < 500 && world.refused() == before; ++wait)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return world.refused() > before && world.engine().running();
}

bool accepts(World& world) {
    const auto before = world.acknowledged();
    for (int wait = 0; wait < 1'000 && world.acknowledged() < before + 20; ++wait)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return world.acknowledged() > before;
}

void one_disk(Run& run) {
    const TempDir folder;
    Disk disk(folder.path(), "ext4", kMegabytes);
    WorldOptions options;
    options.state = disk.path() / "var";
    options.engine = "min_free_disk: 8MB\n";
    World world(run, options);
    const auto filler = disk.path() / "filler";
    if (!world.start()) return run.wrong("the engine does not start:\n" + world.log_tail());
    world.send_on();
    for (int i = 0; i < kCyclesOfOne && run.goes_on(); ++i) {
        run.expect(accepts(world), "nothing is accepted while there is room:\n" + world.log_tail());
        // Sometimes the engine has time to see it coming, sometimes a commit finds no room.
        run.expect(fill(filler, i % 2 == 0 ? 4u << 20 : 64u << 10), "the disk is full of itself");
        run.expect(refuses(world), "nothing is refused while there is no room:\n" + world.log_tail());
        std::filesystem::remove(filler);
        run.expect(accepts(world), "nothing is accepted when there is room again:\n" + world.log_tail());
        run.cycle();
    }
    run.count("refused", world.refused());
    world.quiet();
    world.settle(60);
}

void run_full(Run& run) {
    while (run.goes_on()) one_disk(run);
}

}  // namespace

extern const Fault kDiskFull;
const Fault kDiskFull{"disk-full", "a small disk fills up, and has room again", 3, 300, run_full};

}  // namespace causeway::test
