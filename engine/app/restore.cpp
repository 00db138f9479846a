#include "app/restore.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

namespace causeway::app {
namespace {

namespace fs = std::filesystem;

Error cannot_restore(const fs::path& file) {
    return fail(Issue::no_store, file.string(), "The copy cannot be written here; check folder, disk and free space.");
}

/// A private copy on stable storage.
Result<void> copy_private(const fs::path& from, const fs::path& to) {
    std::error_code failed;
    fs::remove(to, failed);
    fs::copy_file(from, to, failed);
    if (failed) return cannot_restore(to);
    fs::permissions(to, fs::perms::owner_read | fs::perms::owner_write, failed);
    const int descriptor = ::open(to.c_str(), O_RDWR | O_CLOEXEC);
    if (descriptor < 0) return cannot_restore(to);
    const bool synced = ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (!synced) return cannot_restore(to);
    return {};
}

/// Never replaces a file: a link to a name that exists fails.
Result<void> put_in_place(const fs::path& from, const fs::path& to) {
    std::error_code failed;
    fs::create_hard_link(from, to, failed);
    if (failed) return fail(Issue::conflict, to.string(), "There is a ledger here by now; move it away first.");
    fs::remove(from, failed);
    const int folder = ::open(to.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = folder >= 0 && ::fsync(folder) == 0;
    if (folder >= 0) ::close(folder);
    if (!synced) return cannot_restore(to);
    return {};
}

/// The log of another ledger would be read into the restored one.
Result<void> check_place(const std::string& file) {
    std::error_code error;
    if (fs::exists(file, error))
        return fail(Issue::conflict, file,
                    "There is a ledger here, and it is never overwritten. Stop the engine and move it away first.");
    const auto log = file + "-wal";
    if (const auto size = fs::file_size(log, error); !error && size > 0)
        return fail(
            Issue::conflict, log,
            "This is the log of the ledger that was here, with messages in it; move it to where that ledger is.");
    for (const char* const end : {"-wal", "-shm"}) fs::remove(file + end, error);
    return {};
}

}  // namespace

Result<LedgerCheck> restore_ledger(const std::string& from, LedgerOptions options) {
    const fs::path to = options.file, part = options.file + ".restoring";
    std::error_code error;
    if (auto free = check_place(options.file); !free) return free.error();
    if (!fs::is_regular_file(from, error)) return fail(Issue::value, from, "There is no such file.");
    fs::create_directories(to.parent_path(), error);
    if (auto copied = copy_private(from, part); !copied) return copied.error();
    options.file = part.string();
    options.min_free_bytes = options.reserve_bytes = 0;
    const SystemClock clock;
    const auto check = check_ledger(std::move(options), clock);
    if (!check || !check->serves()) fs::remove(part, error);
    if (!check) return check.error();
    if (check->serves())
        if (auto placed = put_in_place(part, to); !placed) return placed.error();
    return check;
}

}  // namespace causeway::app
