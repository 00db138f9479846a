#include "store/sqlite/connection.hpp"

#include <cerrno>

#include "store/sqlite/log_vfs.hpp"

namespace causeway::sqlite {
namespace {

constexpr int kReaderPatienceMs = 2'000;
constexpr int kWriterPatienceMs = 5'000;
constexpr int kNoRoom = 207;  ///< Of table 0357; no other error of this folder has it.

int last_errno_of(sqlite3* handle, int which) {
    sqlite3_file* file = nullptr;
    int error = 0;
    if (sqlite3_file_control(handle, "main", which, static_cast<void*>(&file)) != SQLITE_OK || file == nullptr ||
        file->pMethods == nullptr)
        return 0;
    file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &error);
    return error;
}

/// A write found a user's quota used up, which SQLite takes for an error of the disk. (sqlite3_system_errno() may tell
/// of the roll-back.)
bool is_over_quota(sqlite3* handle) {
    const int file = last_errno_of(handle, SQLITE_FCNTL_FILE_POINTER);
    const int log = last_errno_of(handle, SQLITE_FCNTL_JOURNAL_POINTER);
    return (file == EDQUOT || log == EDQUOT) && (file == 0 || file == EDQUOT) && (log == 0 || log == EDQUOT);
}

int flags_of(Connection::Mode mode) {
    const int access = mode == Connection::Mode::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    return access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
}

}  // namespace

SqlError::SqlError(int code, sqlite3* handle)
    : std::runtime_error(sqlite3_errstr(code)),
      code_(code),
      over_quota_(code == SQLITE_IOERR_WRITE && handle != nullptr && is_over_quota(handle)) {
}

bool SqlError::concerns_one_statement() const noexcept {
    switch (code_ & 0xff) {
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
        case SQLITE_TOOBIG:
        case SQLITE_RANGE:
        case SQLITE_ERROR:
            return true;
        default:
            return false;
    }
}

bool SqlError::is_no_room() const noexcept {
    // The second is how it is said of the file "-shm", which shares memory and is never synced. A sync that finds no
    // room is one that failed.
    return (code_ & 0xff) == SQLITE_FULL || code_ == SQLITE_IOERR_SHMSIZE || over_quota_;
}

Error to_error(const SqlError& error) {
    if (error.is_no_room())
        return fail(Issue::no_store, "ledger", "The disk of the engine has no room; make room, or send it again later.",
                    Retry::later, kNoRoom);
    const bool once = error.concerns_one_statement();
    return fail(Issue::no_store, "ledger",
                "The ledger could not do this (" + std::string(error.what()) + "); " +
                    (once ? "report it with the log of the engine." : "check the disk, then start the engine again."),
                once ? Retry::never : Retry::later);
}

bool is_no_room(const Error& error) noexcept {
    return error.issue == Issue::no_store && error.hl7_code == kNoRoom;
}

bool Cursor::next() {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    sqlite3* const handle = sqlite3_db_handle(statement_);
    throw SqlError(sqlite3_extended_errcode(handle), handle);
}

std::string_view Cursor::text(int column) const {
    const auto* const begin = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (begin == nullptr) return {};
    return {begin, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::string_view Cursor::bytes(int column) const {
    const auto* const begin = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    if (begin == nullptr) return {};
    return {begin, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Connection::Connection(const std::string& file, Mode mode, const std::string& vfs) {
    sqlite3* handle = nullptr;
    const std::string through = mode == Mode::write ? log_vfs(vfs) : vfs;
    const int code =
        sqlite3_open_v2(file.c_str(), &handle, flags_of(mode), through.empty() ? nullptr : through.c_str());
    handle_.reset(handle);
    check(code);
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, mode == Mode::write ? kWriterPatienceMs : kReaderPatienceMs);
    // The writer thread alone checkpoints, and says when: SQLite before 3.51.3 may lose a commit where a second
    // connection checkpoints while the log is reset.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite3_wal_autocheckpoint(handle, 0);
}

void Connection::script(const std::string& sql) {
    check(sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr));
}

std::int64_t Connection::pragma(const std::string& name) {
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(handle_.get(), ("PRAGMA " + name).c_str(), -1, &statement, nullptr));
    const std::unique_ptr<sqlite3_stmt, Finalize> owner(statement);
    Cursor cursor(statement);
    return cursor.next() ? cursor.integer(0) : 0;
}

int Connection::bind(sqlite3_stmt* statement, int index, std::string_view text) {
    return sqlite3_bind_text64(statement, index, text.data() == nullptr ? "" : text.data(), text.size(), SQLITE_STATIC,
                               SQLITE_UTF8);
}

int Connection::bind(sqlite3_stmt* statement, int index, Bytes bytes) {
    return sqlite3_bind_blob64(statement, index, bytes.view.data() == nullptr ? "" : bytes.view.data(),
                               bytes.view.size(), SQLITE_STATIC);
}

sqlite3_stmt* Connection::prepared(const char* sql) {
    auto& slot = statements_[sql];
    if (!slot) {
        sqlite3_stmt* statement = nullptr;
        check(sqlite3_prepare_v3(handle_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
        slot.reset(statement);
    }
    return slot.get();
}

}  // namespace causeway::sqlite
