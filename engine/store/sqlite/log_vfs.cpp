#include "store/sqlite/log_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>

#include "core/mutant.hpp"

namespace causeway::sqlite {
namespace {

/// Written at a time: SQLite's own VFS takes no more than 128 KiB in a call.
constexpr std::size_t kPiece = 64u << 10;
/// So much is written ahead.
constexpr int kPiecesAhead = 4;

/// A log that is open. SQLite gives the bytes behind it to the file of the VFS below.
struct LogFile {
    sqlite3_file file;  // First: what SQLite has is a pointer to it.
    struct State {
        std::string gathered;
        sqlite3_int64 at = 0;    ///< Where they belong.
        sqlite3_int64 size = 0;  ///< Of the file below.
    } * state;
};

LogFile::State& state_of(sqlite3_file* file) {
    return *reinterpret_cast<LogFile*>(file)->state;
}

sqlite3_file* below(sqlite3_file* file) {
    return reinterpret_cast<sqlite3_file*>(reinterpret_cast<LogFile*>(file) + 1);
}

int write_below(sqlite3_file* file, std::string_view bytes, sqlite3_int64 at) {
    const int code = below(file)->pMethods->xWrite(below(file), bytes.data(), static_cast<int>(bytes.size()), at);
    const auto end = at + static_cast<sqlite3_int64>(bytes.size());
    if (code == SQLITE_OK) state_of(file).size = std::max(state_of(file).size, end);
    return code;
}

/// Where the zeros do not fit, it goes without.
void write_ahead(sqlite3_file* file) {
    static const std::string kZeros(kPiece, '\0');
    for (int i = 0; i < kPiecesAhead; ++i)
        if (write_below(file, kZeros, state_of(file).size) != SQLITE_OK) return;
}

int write_gathered(sqlite3_file* file) {
    auto& [gathered, at, size] = state_of(file);
    if (gathered.empty()) return SQLITE_OK;
    const bool longer = at + static_cast<sqlite3_int64>(gathered.size()) > size;
    const int code = write_below(file, gathered, at);
    gathered.clear();
    if (code == SQLITE_OK && longer) write_ahead(file);
    return code;
}

int close_file(sqlite3_file* file) {
    const int written = write_gathered(file);
    const std::unique_ptr<LogFile::State> ends(&state_of(file));
    const int closed = below(file)->pMethods->xClose(below(file));
    return written == SQLITE_OK ? closed : written;
}

int write_file(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
    auto& state = state_of(file);
    if (mutant("synchronous-normal"))
        return write_below(file, {static_cast<const char*>(bytes), std::size_t(size)}, at);
    const auto end = state.at + static_cast<sqlite3_int64>(state.gathered.size());
    if (at != end || state.gathered.size() >= kPiece) {
        if (const int code = write_gathered(file); code != SQLITE_OK) return code;
        state.at = at;
    }
    state.gathered.append(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
    return SQLITE_OK;
}

/// Calls the file below once what was gathered is in it.
template <class... Arguments>
int call(sqlite3_file* file, int (*sqlite3_io_methods::*method)(sqlite3_file*, Arguments...), Arguments... arguments) {
    if (const int code = write_gathered(file); code != SQLITE_OK) return code;
    return (below(file)->pMethods->*method)(below(file), arguments...);
}

int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
    return call(file, &sqlite3_io_methods::xRead, to, size, at);
}
int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    const int code = call(file, &sqlite3_io_methods::xTruncate, size);
    if (code == SQLITE_OK) state_of(file).size = size;
    return code;
}
int sync_file(sqlite3_file* file, int flags) {
    return call(file, &sqlite3_io_methods::xSync, flags);
}
int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return call(file, &sqlite3_io_methods::xFileSize, size);
}
int lock_file(sqlite3_file* file, int lock) {
    return below(file)->pMethods->xLock(below(file), lock);
}
int unlock_file(sqlite3_file* file, int lock) {
    return below(file)->pMethods->xUnlock(below(file), lock);
}
int check_lock(sqlite3_file* file, int* reserved) {
    return below(file)->pMethods->xCheckReservedLock(below(file), reserved);
}
int control_file(sqlite3_file* file, int what, void* argument) {
    return below(file)->pMethods->xFileControl(below(file), what, argument);
}
int sector_size(sqlite3_file* file) {
    return below(file)->pMethods->xSectorSize(below(file));
}
int characteristics(sqlite3_file* file) {
    return below(file)->pMethods->xDeviceCharacteristics(below(file));
}

struct LogVfs {
    sqlite3_vfs vfs;  // First: what SQLite has is a pointer to it.
    sqlite3_vfs* base;
    std::string name;
};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* given) {
    static constexpr sqlite3_io_methods kMethods = {
        1,         close_file,  read_file,  write_file,   truncate_file, sync_file,       file_size,
        lock_file, unlock_file, check_lock, control_file, sector_size,   characteristics, nullptr,
        nullptr,   nullptr,     nullptr,    nullptr,      nullptr};
    sqlite3_vfs* const base = reinterpret_cast<LogVfs*>(vfs)->base;
    if ((flags & SQLITE_OPEN_WAL) == 0) return base->xOpen(base, name, file, flags, given);
    file->pMethods = below(file)->pMethods = nullptr;  // Nothing to close.
    const int code = base->xOpen(base, name, below(file), flags, given);
    if (below(file)->pMethods == nullptr) return code;
    auto state = std::make_unique<LogFile::State>();
    const int measured = code != SQLITE_OK ? code : below(file)->pMethods->xFileSize(below(file), &state->size);
    reinterpret_cast<LogFile*>(file)->state = state.release();
    file->pMethods = &kMethods;  // To be closed, however it ended.
    return measured;
}

}  // namespace

std::string log_vfs(const std::string& base) {
    static std::mutex mutex;
    static std::map<std::string, LogVfs> known;
    const std::lock_guard lock(mutex);
    auto& made = known[base];
    if (!made.name.empty()) return made.name;
    made.base = sqlite3_vfs_find(base.empty() ? nullptr : base.c_str());
    if (made.base == nullptr) return base;  // SQLite says so when it opens.
    made.name = "causeway-log" + (base.empty() ? "" : "-" + base);
    made.vfs = *made.base;
    made.vfs.pNext = nullptr;
    made.vfs.zName = made.name.c_str();
    made.vfs.szOsFile += static_cast<int>(sizeof(LogFile));
    made.vfs.xOpen = open_file;
    sqlite3_vfs_register(&made.vfs, 0);
    return made.name;
}

}  // namespace causeway::sqlite
