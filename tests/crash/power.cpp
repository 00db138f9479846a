/// Power loss: the file system under the ledger is shut down without writing what is not synced, and mounted again.
#include <fcntl.h>
#include <linux/types.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <sched.h>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <random>
#include <thread>

#include "crash/faults.hpp"
#include "crash/world.hpp"

namespace causeway::test {
namespace {

constexpr int kCyclesOfOne = 10;
/// The same number on ext4 and xfs (EXT4_IOC_SHUTDOWN, XFS_IOC_GOINGDOWN); 2 is "do not flush the log".
constexpr unsigned long kShutDown = _IOR('X', 125, std::uint32_t);
constexpr std::uint32_t kWithoutFlush = 2;

void shell(const std::string& command) {
    if (std::system((command + " >/dev/null 2>&1").c_str()) != 0) throw Skip("this machine does not allow: " + command);
}

/// The mounts of this process are nobody else's, so that they and their loop devices vanish with it, however it ends.
void hide_mounts() {
    static const bool hidden =
        ::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
    if (!hidden) throw Skip("only root may mount file systems");
}

/// A file system in a file.
class Disk {
public:
    Disk(const std::filesystem::path& folder, const std::string& type)
        : image_(folder / "image"), at_(folder / "disk") {
        hide_mounts();
        std::filesystem::create_directories(at_);
        shell("truncate -s 320M " + image_.string());
        shell("mkfs." + type + " -q " + image_.string());
        mount();
    }
    ~Disk() { unmount(); }
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;

    const std::filesystem::path& path() const { return at_; }
    void lose_power() {
        const int fd = ::open(at_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        auto how = kWithoutFlush;
        const bool down = ::ioctl(fd, kShutDown, &how) == 0;
        ::close(fd);
        if (!down) throw Skip("this machine does not allow to shut a file system down");
    }
    void mount_again() {
        unmount();
        mount();
    }

private:
    void mount() { shell("mount -o loop " + image_.string() + " " + at_.string()); }
    void unmount() {
        while (::umount2(at_.c_str(), 0) != 0 && errno == EBUSY)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }

    std::filesystem::path image_, at_;
};

void one_disk(Run& run, std::mt19937_64& random, const std::string& type) {
    const TempDir folder;
    Disk disk(folder.path(), type);
    WorldOptions options;
    options.state = disk.path() / "var";
    World world(run, options);
    for (int i = 0; i < kCyclesOfOne && run.goes_on(); ++i) {
        if (!world.start()) return run.wrong("the engine does not start again:\n" + world.log_tail());
        world.send_on();
        std::this_thread::sleep_for(std::chrono::milliseconds(50 + random() % 300));
        // A shut-down is not as sudden as a power cut: an fsync that runs meanwhile may succeed for a transaction that
        // the shut-down has thrown away. Only what was acknowledged before is sure.
        world.doubt();
        disk.lose_power();
        world.kill();
        world.quiet();
        disk.mount_again();
        run.cycle();
    }
    world.settle(120);
}

void run_power(Run& run, const std::string& type) {
    std::mt19937_64 random(run.seed());
    while (run.goes_on()) one_disk(run, random, type);
}

}  // namespace

extern const Fault kPowerExt4, kPowerXfs;
const Fault kPowerExt4{"power-ext4", "power loss on ext4: what is not synced is gone", 20, 500,
                       [](Run& run) { run_power(run, "ext4"); }};
const Fault kPowerXfs{"power-xfs", "power loss on xfs: what is not synced is gone", 20, 500,
                      [](Run& run) { run_power(run, "xfs"); }};

}  // namespace causeway::test
