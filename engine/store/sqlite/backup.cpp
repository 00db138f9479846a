#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "store/sqlite/upkeep.hpp"

namespace causeway::sqlite {
namespace {

/// 1 MiB at a time: no acknowledgement waits longer for it than for a group.
constexpr int kPagesAStep = 256;

/// The copy as SQLite's backup writes it. Steps run on the writer's thread with the writer's connection: what that
/// writes meanwhile goes into the copy, too, so that it never begins anew.
class Copy {
public:
    explicit Copy(const std::string& file) : to_(file, Connection::Mode::write, {}) {
        // The copy is synced as a whole at its end.
        to_.script("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;");
    }
    ~Copy() { (void)finish(); }
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;

    /// False when all is copied.
    Result<bool> step(Connection& from) {
        if (copy_ == nullptr) copy_ = sqlite3_backup_init(to_.handle(), "main", from.handle(), "main");
        if (copy_ == nullptr) return to_error(SqlError(sqlite3_extended_errcode(to_.handle())));
        const int code = sqlite3_backup_step(copy_, kPagesAStep);
        if (code == SQLITE_DONE) return false;
        if (code != SQLITE_OK && code != SQLITE_BUSY && code != SQLITE_LOCKED) return to_error(SqlError(code));
        return true;
    }
    double part() const {
        const int all = copy_ == nullptr ? 0 : sqlite3_backup_pagecount(copy_);
        return all == 0 ? 0 : 1 - static_cast<double>(sqlite3_backup_remaining(copy_)) / all;
    }
    /// On the writer's thread, as every step.
    Result<void> finish() {
        const int code = sqlite3_backup_finish(std::exchange(copy_, nullptr));
        if (code != SQLITE_OK) return to_error(SqlError(code));
        return {};
    }

private:
    Connection to_;
    sqlite3_backup* copy_ = nullptr;
};

Error cannot_write(const std::string& file) {
    return fail(Issue::no_store, file, "The backup cannot be written here; check folder, disk and free space.",
                Retry::later);
}

Result<void> sync(const std::string& file, int flags) {
    const int descriptor = ::open(file.c_str(), flags | O_CLOEXEC);
    if (descriptor < 0) return cannot_write(file);
    const bool synced = ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (!synced) return cannot_write(file);
    return {};
}

/// The name stands for a whole copy, or for none.
Result<void> put_in_place(const std::string& part, const std::string& file) {
    if (auto synced = sync(part, O_RDWR); !synced) return synced;
    std::error_code failed;
    std::filesystem::rename(part, file, failed);
    if (failed) return cannot_write(file);
    const auto folder = std::filesystem::path(file).parent_path();
    return sync(folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY);
}

}  // namespace

Result<void> SqliteLedger::copy_to(const std::string& part, const Tell& tell) {
    Copy copy(part);
    for (bool more = true; more;) {
        double done = 0;
        auto stepped = between_groups([&]() -> Result<void> {
            const auto step = copy.step(connection_);
            if (!step) return step.error();
            more = *step;
            done = copy.part();
            return more ? Result<void>() : copy.finish();
        });
        if (stepped && more && told_to_stop(tell, done))
            stepped = fail(Issue::processing, part, "The backup was stopped; start it again.", Retry::later);
        if (stepped) continue;
        (void)between_groups([&]() -> Result<void> { return copy.finish(); });
        return stepped;
    }
    return {};
}

Result<void> SqliteLedger::backup(const std::string& file, const Tell& tell) {
    const std::string part = file + ".part";
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored))
        return fail(Issue::conflict, file, "There is a file of this name; name a new one.");
    std::filesystem::remove(part, ignored);
    if (auto made = create_private(part); !made) return made;
    const auto copied = [&]() -> Result<void> {
        try {
            return copy_to(part, tell);
        } catch (const SqlError& error) {
            return to_error(error);
        }
    }();
    if (auto placed = copied ? put_in_place(part, file) : copied; !placed) {
        std::filesystem::remove(part, ignored);
        return placed;
    }
    return {};
}

}  // namespace causeway::sqlite
