#include "sim/memory_disk.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace causeway::sim {
namespace {

using File = MemoryDisk::File;

void change_bytes(std::string& content, const MemoryDisk::Change& change, std::size_t length) {
    const auto offset = static_cast<std::size_t>(change.offset);
    if (change.truncates) return content.resize(std::min(content.size(), offset));
    if (content.size() < offset + length) content.resize(offset + length);
    content.replace(offset, length, change.bytes, 0, length);
}

void change_bytes(std::string& content, const MemoryDisk::Change& change) {
    change_bytes(content, change, change.bytes.size());
}

// ---- the VFS

struct OpenFile {
    sqlite3_file base;
    std::shared_ptr<File>* file;
    std::string* path;
    bool temporary;
};

OpenFile* own(sqlite3_file* file) {
    return reinterpret_cast<OpenFile*>(file);
}
File& content(sqlite3_file* file) {
    return **own(file)->file;
}

int close_file(sqlite3_file* file) {
    delete own(file)->file;
    delete own(file)->path;
    return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
    const auto& seen = content(file).seen;
    const auto begin = std::min(static_cast<std::size_t>(at), seen.size());
    const auto there = std::min(static_cast<std::size_t>(size), seen.size() - begin);
    std::memcpy(to, seen.data() + begin, there);
    if (there == static_cast<std::size_t>(size)) return SQLITE_OK;
    std::memset(static_cast<char*>(to) + there, 0, static_cast<std::size_t>(size) - there);
    return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
    MemoryDisk::Change change{at, std::string(static_cast<const char*>(from), static_cast<std::size_t>(size))};
    if (!own(file)->temporary) return MemoryDisk::instance().write(content(file), std::move(change));
    change_bytes(content(file).seen, change);
    return SQLITE_OK;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    return MemoryDisk::instance().write(content(file), {size, {}, true});
}

int sync_file(sqlite3_file* file, int) {
    return own(file)->temporary ? SQLITE_OK : MemoryDisk::instance().sync(content(file));
}

int size_of(sqlite3_file* file, sqlite3_int64* size) {
    *size = static_cast<sqlite3_int64>(content(file).seen.size());
    return SQLITE_OK;
}

int grant(sqlite3_file*, int) {
    return SQLITE_OK;
}
int is_reserved(sqlite3_file*, int* reserved) {
    *reserved = 0;
    return SQLITE_OK;
}
int control_file(sqlite3_file*, int, void*) {
    return SQLITE_NOTFOUND;
}
int sector_size(sqlite3_file*) {
    return 4096;
}
int characteristics(sqlite3_file*) {
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int map_shared(sqlite3_file* file, int region, int size, int extend, void volatile** at) {
    auto& regions = content(file).shared;
    const auto index = static_cast<std::size_t>(region);
    *at = nullptr;
    if (index >= regions.size() && extend == 0) return SQLITE_OK;
    while (regions.size() <= index) regions.push_back(std::make_unique<char[]>(static_cast<std::size_t>(size)));
    *at = regions[index].get();
    return SQLITE_OK;
}
int lock_shared(sqlite3_file*, int, int, int) {
    return SQLITE_OK;
}
void barrier(sqlite3_file*) {
}
int unmap_shared(sqlite3_file* file, int discard) {
    if (discard != 0) content(file).shared.clear();
    return SQLITE_OK;
}

const sqlite3_io_methods kMethods = {
    2,           close_file, read_file,    write_file,   truncate_file, sync_file,       size_of,
    grant,       grant,      is_reserved,  control_file, sector_size,   characteristics, map_shared,
    lock_shared, barrier,    unmap_shared, nullptr,      nullptr};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* given) {
    auto* const f = own(file);
    f->base.pMethods = nullptr;
    const std::string path = name == nullptr ? "" : name;
    if (!path.empty() && (flags & SQLITE_OPEN_CREATE) == 0 && !MemoryDisk::instance().exists(path))
        // The engine makes the ledger's file itself before SQLite opens it: that one is never missing.
        if ((flags & SQLITE_OPEN_MAIN_DB) == 0) return SQLITE_CANTOPEN;
    f->temporary = path.empty();
    f->file = new std::shared_ptr<File>(path.empty() ? std::make_shared<File>() : MemoryDisk::instance().open(path));
    f->path = new std::string(path);
    f->base.pMethods = &kMethods;
    if (given != nullptr) *given = flags;
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, const char* name, int) {
    MemoryDisk::instance().remove(name);
    return SQLITE_OK;
}
int access_file(sqlite3_vfs*, const char* name, int, int* result) {
    *result = MemoryDisk::instance().exists(name) ? 1 : 0;
    return SQLITE_OK;
}
int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
    sqlite3_snprintf(size, out, "%s", name);
    return SQLITE_OK;
}
int randomness(sqlite3_vfs*, int size, char* out) {
    std::memset(out, 7, static_cast<std::size_t>(size));
    return size;
}
int sleep_not(sqlite3_vfs*, int microseconds) {
    return microseconds;
}
int current_time(sqlite3_vfs*, double* day) {
    *day = 2461000;
    return SQLITE_OK;
}

}  // namespace

const char* MemoryDisk::vfs() {
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs made{};
        made.iVersion = 1;
        made.szOsFile = sizeof(OpenFile);
        made.mxPathname = 512;
        made.zName = "simulation";
        made.xOpen = open_file;
        made.xDelete = delete_file;
        made.xAccess = access_file;
        made.xFullPathname = full_path;
        made.xRandomness = randomness;
        made.xSleep = sleep_not;
        made.xCurrentTime = current_time;
        return made;
    }();
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    return registered == SQLITE_OK ? vfs.zName : "";
}

MemoryDisk& MemoryDisk::instance() {
    static MemoryDisk disk;
    return disk;
}

void MemoryDisk::format() {
    files_.clear();
    failure_ = Failure::none;
    failures_ = 0;
}

void MemoryDisk::fail(Failure failure, int n) {
    failure_ = failure;
    left_ = n;
}

bool MemoryDisk::fails(bool sync) {
    if (failure_ == Failure::none || (failure_ == Failure::sync_error) != sync) {
        if (failure_ != Failure::dead) return false;
    }
    if (left_ > 0 && --left_ > 0) return false;
    if (failure_ == Failure::dead) return true;
    failure_ = Failure::none;
    ++failures_;
    return true;
}

std::shared_ptr<File> MemoryDisk::open(const std::string& path) {
    auto& file = files_[path];
    if (!file) file = std::make_shared<File>();
    return file;
}

int MemoryDisk::write(File& file, Change change) {
    const bool full = failure_ == Failure::full;
    if (fails(false)) return full ? SQLITE_FULL : SQLITE_IOERR_WRITE;
    change_bytes(file.seen, change);
    file.pending.push_back(std::move(change));
    return SQLITE_OK;
}

int MemoryDisk::sync(File& file) {
    if (fails(true)) {
        // As the kernel does: what was to be written counts as clean now; it is to be read, and nowhere else.
        file.cursed = true;
        return SQLITE_IOERR_FSYNC;
    }
    if (file.cursed) return SQLITE_OK;
    for (const auto& change : file.pending) change_bytes(file.durable, change);
    file.pending.clear();
    return SQLITE_OK;
}

void MemoryDisk::let_go() {
    failure_ = Failure::none;
    for (auto& [path, file] : files_) {
        if (file->cursed) file->pending.clear();
        file->cursed = false;
        file->shared.clear();
    }
}

void MemoryDisk::lose_power(std::mt19937_64& random) {
    const bool nothing = random() % 2 == 0;
    for (auto& [path, file] : files_) {
        for (const auto& change : file->pending) {
            if (nothing || file->cursed || random() % 2 == 0) continue;
            const auto size = change.bytes.size();
            change_bytes(file->durable, change, random() % 8 == 0 ? size / 512 * (random() % 2) * 256 : size);
        }
        file->pending.clear();
        file->cursed = false;
        file->shared.clear();
        file->seen = file->durable;
    }
    failure_ = Failure::none;
}

}  // namespace causeway::sim
