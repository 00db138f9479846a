#pragma once
/// A SQLite connection, its prepared statements and their rows.

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/error.hpp"
#include "core/id.hpp"
#include "core/time.hpp"

namespace causeway::sqlite {

/// A call to SQLite that failed. Thrown inside this folder only; every border of it turns it into an Error.
class SqlError : public std::runtime_error {
public:
    /// `handle`: the connection that failed, where there is one: it tells why a write did.
    explicit SqlError(int code, sqlite3* handle = nullptr);
    int code() const noexcept { return code_; }
    /// The tables do not allow what one statement asked for; what others ask for may be written.
    bool concerns_one_statement() const noexcept;
    /// The disk had no room. What the transaction wrote counts for nothing, and another one may be tried; everything
    /// else that does not concern one statement casts doubt on the file, the disk or the memory.
    bool is_no_room() const noexcept;

private:
    int code_;
    bool over_quota_;
};

/// The same for a caller of the store: Issue::no_store, without what SQLite says about values.
Error to_error(const SqlError& error);
/// Was that SqlError::is_no_room()?
bool is_no_room(const Error& error) noexcept;

/// Binds as BLOB instead of TEXT.
struct Bytes {
    std::string_view view;
};

/// The rows of a running statement; resets it at the end of its life.
class Cursor {
public:
    explicit Cursor(sqlite3_stmt* statement) noexcept : statement_(statement) {}
    Cursor(Cursor&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;
    ~Cursor() { sqlite3_reset(statement_); }

    /// Moves to the next row; false after the last one.
    bool next();

    std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
    bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
    /// Views live until the next row.
    std::string_view text(int column) const;
    std::string_view bytes(int column) const;
    Id id(int column) const { return Id{integer(column)}; }
    Instant instant(int column) const { return Instant(Duration(integer(column))); }
    template <class Enum>
    Enum as(int column) const {
        return static_cast<Enum>(integer(column));
    }
    /// The columns from the first on, each into its own variable.
    template <class... Values>
    void read(Values&... values) const {
        int column = 0;
        (get(column++, values), ...);
    }

private:
    void get(int column, Id& to) const { to = id(column); }
    void get(int column, Instant& to) const { to = instant(column); }
    void get(int column, std::string& to) const { to = text(column); }
    template <class Number>
    requires std::is_arithmetic_v<Number> || std::is_enum_v<Number>
    void get(int column, Number& to) const { to = static_cast<Number>(integer(column)); }

    sqlite3_stmt* statement_;
};

/// One connection with a cache of prepared statements. SQL texts are literals: the cache goes by their address.
/// Threads: one at a time.
class Connection {
public:
    enum class Mode { write, read };

    Connection(const std::string& file, Mode mode, const std::string& vfs);

    /// Runs a statement that gives no rows.
    template <class... Values>
    void run(const char* sql, const Values&... values) {
        query(sql, values...).next();
    }

    template <class... Values>
    Cursor query(const char* sql, const Values&... values) {
        sqlite3_stmt* const statement = prepared(sql);
        Cursor cursor(statement);
        int index = 0;
        (check(bind(statement, ++index, values)), ...);
        return cursor;
    }

    /// Runs several statements, uncached.
    void script(const std::string& sql);
    std::int64_t pragma(const std::string& name);
    /// Rows that the last statement changed.
    int changes() const { return sqlite3_changes(handle_.get()); }
    sqlite3* handle() const noexcept { return handle_.get(); }

private:
    struct Close {
        void operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }
    };
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
    };

    void check(int code) const {
        if (code != SQLITE_OK) throw SqlError(code, handle_.get());
    }
    static int bind(sqlite3_stmt* statement, int index, std::int64_t value) {
        return sqlite3_bind_int64(statement, index, value);
    }
    static int bind(sqlite3_stmt* statement, int index, int value) {
        return sqlite3_bind_int64(statement, index, value);
    }
    static int bind(sqlite3_stmt* statement, int index, Id id) {
        return sqlite3_bind_int64(statement, index, id.value);
    }
    static int bind(sqlite3_stmt* statement, int index, Instant at) {
        return sqlite3_bind_int64(statement, index, at.time_since_epoch().count());
    }
    template <class Enum>
    requires std::is_enum_v<Enum>
    static int bind(sqlite3_stmt* statement, int index, Enum value) {
        return sqlite3_bind_int64(statement, index, static_cast<std::int64_t>(value));
    }
    static int bind(sqlite3_stmt* statement, int index, std::nullptr_t) { return sqlite3_bind_null(statement, index); }
    static int bind(sqlite3_stmt* statement, int index, std::string_view text);
    static int bind(sqlite3_stmt* statement, int index, const std::string& text) {
        return bind(statement, index, std::string_view(text));
    }
    static int bind(sqlite3_stmt* statement, int index, Bytes bytes);

    sqlite3_stmt* prepared(const char* sql);

    std::unique_ptr<sqlite3, Close> handle_;
    std::unordered_map<const char*, std::unique_ptr<sqlite3_stmt, Finalize>> statements_;
};

}  // namespace causeway::sqlite
