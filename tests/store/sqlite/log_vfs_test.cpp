#include "store/sqlite/log_vfs.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "store/fault_vfs.hpp"
#include "store/sqlite/schema.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using sqlite::Connection;
using test::Faults;
namespace fs = std::filesystem;

namespace {

/// An empty table in a file with a log, as the writer of a ledger has it.
struct File {
    explicit File(const std::string& vfs = {}) : name((folder / "log.db").string()) {
        (void)folder.write("log.db", "");
        writer.emplace(name, Connection::Mode::write, vfs);
        sqlite::prepare_writer(*writer);
        writer->script("CREATE TABLE line (id INTEGER PRIMARY KEY, text TEXT)");
    }
    void add(int lines, std::size_t length) {
        writer->script("BEGIN IMMEDIATE");
        for (int i = 0; i < lines; ++i) writer->run("INSERT INTO line (text) VALUES (?)", std::string(length, 'x'));
        writer->script("COMMIT");
    }
    std::uintmax_t log_size() const { return fs::file_size(name + "-wal"); }

    test::TempDir folder;
    std::string name;
    std::optional<Connection> writer;
};

std::int64_t lines_in(const std::string& file) {
    Connection reader(file, Connection::Mode::read, {});
    auto row = reader.query("SELECT count(*) FROM line");
    REQUIRE(row.next());
    return row.integer(0);
}

}  // namespace

TEST_CASE("log: what is committed is there for readers, and for who finds the files after a crash") {
    File file;
    for (int i = 1; i <= 20; ++i) {
        file.add(i, 1'000);
        CHECK(lines_in(file.name) == i * (i + 1) / 2);
    }
    const auto found = file.folder / "found.db";
    for (const char* part : {"", "-wal"}) fs::copy_file(file.name + part, found.string() + part);
    const Connection after(found.string(), Connection::Mode::write, {});
    CHECK(lines_in(found.string()) == 210);
}

TEST_CASE("log: most commits do not make its file longer") {
    File file;
    int longer = 0;
    for (int i = 0; i < 100; ++i) {
        const auto before = file.log_size();
        file.add(1, 1'000);
        longer += file.log_size() > before ? 1 : 0;
    }
    CHECK(longer > 0);
    CHECK(longer < 10);
}

TEST_CASE("log: a commit of more pages than are written at once is whole") {
    File file;
    file.add(2'000, 1'000);
    CHECK(lines_in(file.name) == 2'000);
    file.writer->script("BEGIN IMMEDIATE; DELETE FROM line; ROLLBACK");
    file.writer->script("PRAGMA cache_size = 10");  // Pages leave memory before the commit, and are read again.
    file.add(2'000, 1'000);
    CHECK(lines_in(file.name) == 4'000);
    CHECK(file.writer->pragma("wal_checkpoint(TRUNCATE)") == 0);
    CHECK(file.log_size() == 0);
    file.add(1, 1'000);
    CHECK(lines_in(file.name) == 4'001);
}

TEST_CASE("log: a commit whose frames find no room fails, and the next one does not") {
    File file(test::fault_vfs());
    Faults::instance().arm(Faults::Kind::disk_full, 1, file.name);
    CHECK_THROWS_AS(file.add(1, 100), sqlite::SqlError);
    Faults::instance().disarm();
    if (sqlite3_get_autocommit(file.writer->handle()) == 0) file.writer->script("ROLLBACK");
    CHECK(lines_in(file.name) == 0);
    file.add(1, 100);
    CHECK(lines_in(file.name) == 1);
}
