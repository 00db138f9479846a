#include "crash/disk.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <thread>

#include "crash/soak.hpp"

namespace causeway::test {
namespace {

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

}  // namespace

Disk::Disk(const std::filesystem::path& folder, const std::string& type, int megabytes)
    : image_(folder / "image"), at_(folder / "disk") {
    hide_mounts();
    std::filesystem::create_directories(at_);
    shell("truncate -s " + std::to_string(megabytes) + "M " + image_.string());
    shell("mkfs." + type + " -q " + image_.string());
    mount();
}

Disk::~Disk() {
    unmount();
}

void Disk::lose_power() {
    const int fd = ::open(at_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    auto how = kWithoutFlush;
    const bool down = ::ioctl(fd, kShutDown, &how) == 0;
    ::close(fd);
    if (!down) throw Skip("this machine does not allow to shut a file system down");
}

void Disk::mount_again() {
    unmount();
    mount();
}

void Disk::mount() {
    shell("mount -o loop " + image_.string() + " " + at_.string());
}

void Disk::unmount() {
    while (::umount2(at_.c_str(), 0) != 0 && errno == EBUSY) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

}  // namespace causeway::test
