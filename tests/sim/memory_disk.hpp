#pragma once
/// A disk in memory under SQLite (a VFS), which loses what was not synced when the power goes, and fails when told.

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace causeway::sim {

/// Threads: one. Locks are always granted: connections of one thread do not meet inside a statement.
class MemoryDisk {
public:
    enum class Failure { none, write_error, sync_error, full, dead };

    static MemoryDisk& instance();
    /// Its name as a VFS.
    static const char* vfs();

    /// Empty, as new.
    void format();
    /// The n-th write (sync_error: sync) from now on fails, once; `dead` fails it and all after it.
    void fail(Failure failure, int n);
    void repair() { failure_ = Failure::none; }
    /// The program has ended and let go of its files: what it wrote stays to be read, and new syncs work.
    void let_go();
    /// The power is gone and back: what was synced is there, and of the rest some writes, by chance, whole or torn.
    void lose_power(std::mt19937_64& random);
    /// Calls that failed since format().
    std::uint64_t failures() const { return failures_; }

    struct Change {
        std::int64_t offset;
        std::string bytes;
        bool truncates = false;
    };
    struct File {
        std::string seen;             ///< What a program reads.
        std::string durable;          ///< What a power cut leaves for sure.
        std::vector<Change> pending;  ///< Since the last sync.
        bool cursed = false;          ///< A sync has failed: later ones say that all is well and do nothing.
        std::vector<std::unique_ptr<char[]>> shared;  ///< Regions of shared memory (the index of the log).
    };

    // ---- for the VFS; codes of SQLite
    std::shared_ptr<File> open(const std::string& path);
    bool exists(const std::string& path) const { return files_.contains(path); }
    void remove(const std::string& path) { files_.erase(path); }
    int write(File& file, Change change);
    int sync(File& file);

private:
    bool fails(bool sync);

    std::map<std::string, std::shared_ptr<File>> files_;
    Failure failure_ = Failure::none;
    int left_ = 0;
    std::uint64_t failures_ = 0;
};

}  // namespace causeway::sim
