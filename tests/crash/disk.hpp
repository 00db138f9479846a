#pragma once
/// A file system of its own, in a file on a loop device, that can lose its power.

#include <filesystem>
#include <string>

namespace causeway::test {

/// Throws Skip where the machine does not allow it. Threads: one.
class Disk {
public:
    /// `type`: ext4 or xfs.
    Disk(const std::filesystem::path& folder, const std::string& type, int megabytes = 320);
    ~Disk();
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;

    const std::filesystem::path& path() const { return at_; }
    /// From here on nothing reaches it, and what was not synced is gone.
    void lose_power();
    /// As after the next start of the machine.
    void mount_again();

private:
    void mount();
    void unmount();

    std::filesystem::path image_, at_;
};

}  // namespace causeway::test
