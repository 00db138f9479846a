/// The VFS itself: each call goes through to the system's VFS, past the faults.
#include "store/fault_vfs.hpp"

#include <algorithm>

namespace causeway::test {
namespace {

struct FaultFile {
    sqlite3_file base;
    sqlite3_file* real;
    std::string* path;
    int last_errno;
};

FaultFile* own(sqlite3_file* file) {
    return reinterpret_cast<FaultFile*>(file);
}
sqlite3_file* real(sqlite3_file* file) {
    return own(file)->real;
}
sqlite3_vfs* below(sqlite3_vfs* vfs) {
    return static_cast<sqlite3_vfs*>(vfs->pAppData);
}

int close_file(sqlite3_file* file) {
    FaultFile* const f = own(file);
    const int code = f->real->pMethods ? f->real->pMethods->xClose(f->real) : SQLITE_OK;
    sqlite3_free(f->real);
    delete f->path;
    return code;
}
int read_file(sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
    return real(f)->pMethods->xRead(real(f), to, size, at);
}
int write_file(sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
    const std::string bytes(static_cast<const char*>(from), static_cast<std::size_t>(size));
    const int code = Faults::instance().on_write(*own(f)->path, at, bytes);
    if (code == SQLITE_IOERR_WRITE) own(f)->last_errno = Faults::instance().system_error();
    return code != SQLITE_OK ? code : real(f)->pMethods->xWrite(real(f), from, size, at);
}
int truncate_file(sqlite3_file* f, sqlite3_int64 size) {
    const int code = Faults::instance().on_truncate(*own(f)->path, size);
    return code != SQLITE_OK ? code : real(f)->pMethods->xTruncate(real(f), size);
}
int sync_file(sqlite3_file* f, int) {
    return Faults::instance().on_sync(*own(f)->path);
}
int size_of(sqlite3_file* f, sqlite3_int64* size) {
    return real(f)->pMethods->xFileSize(real(f), size);
}
int lock_file(sqlite3_file* f, int level) {
    return real(f)->pMethods->xLock(real(f), level);
}
int unlock_file(sqlite3_file* f, int level) {
    return real(f)->pMethods->xUnlock(real(f), level);
}
int check_lock(sqlite3_file* f, int* held) {
    return real(f)->pMethods->xCheckReservedLock(real(f), held);
}
int control(sqlite3_file* f, int op, void* argument) {
    if (op == SQLITE_FCNTL_LAST_ERRNO) return *static_cast<int*>(argument) = own(f)->last_errno, SQLITE_OK;
    return real(f)->pMethods->xFileControl(real(f), op, argument);
}
int sector_size(sqlite3_file* f) {
    return real(f)->pMethods->xSectorSize(real(f));
}
int characteristics(sqlite3_file* f) {
    return real(f)->pMethods->xDeviceCharacteristics(real(f));
}
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** to) {
    const int code = extend != 0 ? Faults::instance().on_map() : SQLITE_OK;
    return code != SQLITE_OK ? code : real(f)->pMethods->xShmMap(real(f), page, size, extend, to);
}
int shm_lock(sqlite3_file* f, int offset, int n, int flags) {
    return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}
void shm_barrier(sqlite3_file* f) {
    real(f)->pMethods->xShmBarrier(real(f));
}
int shm_unmap(sqlite3_file* f, int remove) {
    return real(f)->pMethods->xShmUnmap(real(f), remove);
}

const sqlite3_io_methods kMethods = {2,           close_file,  read_file,       write_file,  truncate_file,
                                     sync_file,   size_of,     lock_file,       unlock_file, check_lock,
                                     control,     sector_size, characteristics, shm_map,     shm_lock,
                                     shm_barrier, shm_unmap,   nullptr,         nullptr};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    FaultFile* const f = own(file);
    file->pMethods = nullptr;
    f->real = static_cast<sqlite3_file*>(sqlite3_malloc(below(vfs)->szOsFile));
    const int code = below(vfs)->xOpen(below(vfs), name, f->real, flags, out_flags);
    if (code != SQLITE_OK) {
        sqlite3_free(f->real);
        return code;
    }
    f->path = new std::string(name == nullptr ? "" : name);
    f->last_errno = 0;
    file->pMethods = &kMethods;
    return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* n, int s) {
    return below(vfs)->xDelete(below(vfs), n, s);
}
int access_file(sqlite3_vfs* vfs, const char* n, int f, int* r) {
    return below(vfs)->xAccess(below(vfs), n, f, r);
}
int full_path(sqlite3_vfs* vfs, const char* n, int size, char* out) {
    return below(vfs)->xFullPathname(below(vfs), n, size, out);
}

}  // namespace

const char* fault_vfs() {
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs made = *sqlite3_vfs_find(nullptr);
        made.pAppData = sqlite3_vfs_find(nullptr);
        made.pNext = nullptr;
        made.zName = "faults";
        made.szOsFile = sizeof(FaultFile);
        made.xOpen = open_file;
        made.xDelete = delete_file;
        made.xAccess = access_file;
        made.xFullPathname = full_path;
        return made;
    }();
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    return registered == SQLITE_OK ? vfs.zName : nullptr;
}

}  // namespace causeway::test
