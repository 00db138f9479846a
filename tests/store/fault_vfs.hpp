#pragma once
/// A SQLite VFS over the system's one that fails on purpose, and knows what a power cut would have left.

#include <sqlite3.h>

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace causeway::test {

/// What goes wrong, and when. Threads: any.
class Faults {
public:
    enum class Kind { write_error, sync_error, disk_full, over_quota, power_cut };

    static Faults& instance() {
        static Faults faults;
        return faults;
    }

    /// From here on the n-th write or sync of that kind fails, `times` in a row, so that who tries again later would
    /// succeed; a power cut fails it and everything after it. A full disk has no room for shared memory either.
    void arm(Kind kind, int n, const std::string& file, int times = 1) {
        const std::lock_guard lock(mutex_);
        kind_ = kind;
        left_ = n;
        times_ = times;
        happened_ = false;
        files_.clear();
        for (const auto& path : {file, file + "-wal"}) files_[path].durable = content(path);
    }
    void disarm() {
        const std::lock_guard lock(mutex_);
        left_ = 0;
        happened_ = false;
    }
    bool happened() {
        const std::lock_guard lock(mutex_);
        return happened_;
    }

    /// After a power cut: leaves in the files what was synced, and of what was not, some writes by chance.
    void cut_power(unsigned seed) {
        const std::lock_guard lock(mutex_);
        std::mt19937 random(seed);
        for (auto& [path, file] : files_) {
            for (const Change& change : file.pending)
                if (seed != 0 && random() % 2 == 0) apply(file.durable, change);
            std::ofstream(path, std::ios::binary | std::ios::trunc) << file.durable;
        }
    }

    int on_write(const std::string& path, std::int64_t offset, std::string bytes) {
        const std::lock_guard lock(mutex_);
        if (kind_ != Kind::sync_error && fails()) return kind_ == Kind::disk_full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
        // The power may go in the middle of a write.
        for (std::size_t i = 0; i < bytes.size(); i += kWhole)
            note(path, {offset + static_cast<std::int64_t>(i), bytes.substr(i, kWhole), false});
        return SQLITE_OK;
    }
    /// Why a write failed (errno).
    int system_error() {
        const std::lock_guard lock(mutex_);
        return kind_ == Kind::over_quota ? EDQUOT : EIO;
    }
    int on_map() {
        const std::lock_guard lock(mutex_);
        return kind_ == Kind::disk_full && fails() ? SQLITE_IOERR_SHMSIZE : SQLITE_OK;
    }
    int on_truncate(const std::string& path, std::int64_t size) {
        const std::lock_guard lock(mutex_);
        if (kind_ == Kind::power_cut && fails()) return SQLITE_IOERR_TRUNCATE;
        note(path, {size, {}, true});
        return SQLITE_OK;
    }
    int on_sync(const std::string& path) {
        const std::lock_guard lock(mutex_);
        if ((kind_ == Kind::sync_error || kind_ == Kind::power_cut) && fails()) return SQLITE_IOERR_FSYNC;
        const auto found = files_.find(path);
        if (found == files_.end()) return SQLITE_OK;
        for (const Change& change : found->second.pending) apply(found->second.durable, change);
        found->second.pending.clear();
        return SQLITE_OK;
    }

private:
    static constexpr std::size_t kWhole = 4'096;

    struct Change {
        std::int64_t offset;
        std::string bytes;
        bool truncates;
    };
    struct File {
        std::string durable;
        std::vector<Change> pending;
    };

    bool fails() {
        if (happened_) return kind_ == Kind::power_cut || (times_ > 0 && times_-- > 0);
        if (left_ == 0 || --left_ > 0) return false;
        happened_ = true;
        --times_;
        return true;
    }
    void note(const std::string& path, Change change) {
        const auto found = files_.find(path);
        if (found != files_.end()) found->second.pending.push_back(std::move(change));
    }
    static void apply(std::string& content, const Change& change) {
        const auto offset = static_cast<std::size_t>(change.offset);
        if (change.truncates) return content.resize(std::min(content.size(), offset));
        if (content.size() < offset + change.bytes.size()) content.resize(offset + change.bytes.size());
        content.replace(offset, change.bytes.size(), change.bytes);
    }
    static std::string content(const std::string& path) {
        std::ifstream in(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    std::mutex mutex_;
    Kind kind_ = Kind::write_error;
    int left_ = 0, times_ = 1;
    bool happened_ = false;
    std::map<std::string, File> files_;
};

/// Registers the VFS once; gives its name.
const char* fault_vfs();

}  // namespace causeway::test
