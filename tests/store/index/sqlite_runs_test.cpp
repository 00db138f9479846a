#include "store/index/sqlite_runs.hpp"

#include <doctest/doctest.h>

#include "store/index/key_index.hpp"
#include "store/sqlite/schema.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using namespace causeway::index;
using sqlite::Connection;

namespace {

struct File {
    explicit File(const test::TempDir& folder) : name((folder / "index.db").string()) {
        (void)folder.write("index.db", "");
        Connection connection(name, Connection::Mode::write, {});
        sqlite::prepare_writer(connection);
        connection.script(kRunTables);
    }
    std::string name;
};

void write_all(KeyIndex& index, Connection& connection, int slices = 1'000) {
    SqliteRunReader reader(connection);
    SqliteRunWriter writer(connection);
    for (int i = 0; i < slices; ++i) {
        while (index.prepare(reader).value()) {
        }
        if (!index.has_slice()) return;
        connection.script("BEGIN IMMEDIATE");
        REQUIRE(index.write(writer).has_value());
        connection.script("COMMIT");
        index.written();
    }
}

void fill(KeyIndex& index, std::int64_t from, std::int64_t until) {
    for (std::int64_t n = from; n < until; ++n) {
        index.add(Family::duplicates, static_cast<std::uint64_t>(n) * 0x9e3779b97f4a7c15U, n);
        index.publish(n);
    }
}

constexpr IndexOptions kSmall{.memory_entries = 1'000, .merge_width = 4, .slice_parts = 4};

}  // namespace

TEST_CASE("sqlite runs: a reopened file has the runs that were finished, and drops what was not") {
    const test::TempDir folder;
    const File file(folder);
    {
        Connection connection(file.name, Connection::Mode::write, {});
        KeyIndex index(kSmall, read_runs(connection));
        fill(index, 1, 3'500);
        write_all(index, connection);
        fill(index, 3'500, 5'100);
        write_all(index, connection, 1);
    }
    Connection connection(file.name, Connection::Mode::write, {});
    const StoredRuns stored = read_runs(connection);
    CHECK(stored.indexed_through >= 3'000);
    CHECK(stored.unfinished.size() == 1);
    KeyIndex index(kSmall, stored);
    SqliteRunReader reader(connection);
    REQUIRE(index.load(reader).has_value());

    for (std::int64_t n = 1; n <= stored.indexed_through; ++n)
        REQUIRE(
            index.lookup({Family::duplicates, static_cast<std::uint64_t>(n) * 0x9e3779b97f4a7c15U}, reader).value() ==
            std::vector<std::int64_t>{n});
    write_all(index, connection);
    CHECK(read_runs(connection).unfinished.empty());
}

TEST_CASE("sqlite runs: a page of the index takes one page of the file") {
    const test::TempDir folder;
    const File file(folder);
    Connection connection(file.name, Connection::Mode::write, {});
    SqliteRunWriter writer(connection);
    const std::int64_t before = connection.pragma("page_count");
    connection.script("BEGIN IMMEDIATE");
    for (std::uint32_t n = 0; n < 200; ++n)
        REQUIRE(writer.put(1LL << 32, Part::bloom, n, std::string(4'000, 'x')).has_value());
    connection.script("COMMIT");
    CHECK(connection.pragma("page_count") - before <= 203);
}

TEST_CASE("sqlite runs: an index that is to be built anew starts from the first block") {
    const test::TempDir folder;
    const File file(folder);
    Connection connection(file.name, Connection::Mode::write, {});
    {
        KeyIndex index(kSmall, read_runs(connection));
        fill(index, 1, 2'500);
        write_all(index, connection);
    }
    forget_runs(connection);
    const StoredRuns stored = read_runs(connection);
    CHECK(stored.runs.empty());
    CHECK(stored.indexed_through == 0);
    CHECK(stored.unfinished.size() == 2);
}
