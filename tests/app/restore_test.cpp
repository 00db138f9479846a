#include "app/restore.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "store/ledger_fixture.hpp"

using namespace causeway;
using test::Ledger;

namespace {

LedgerOptions into(const test::TempDir& dir) {
    LedgerOptions options;
    options.file = (dir / "var/ledger.db").string();
    return options;
}

std::string backup_of(Ledger& ledger) {
    const auto file = (ledger.folder() / "backup.db").string();
    REQUIRE(ledger->backup(file, {}).has_value());
    return file;
}

}  // namespace

TEST_CASE("restore: a backup is checked and becomes the ledger, and stays where it was") {
    Ledger ledger;
    const Id one = ledger.message();
    const auto backup = backup_of(ledger);
    ledger.message("MSH|two");
    const test::TempDir dir;

    const auto check = app::restore_ledger(backup, into(dir)).value();

    CHECK(check.sound());
    CHECK(check.accepted == 1);
    CHECK(std::filesystem::exists(backup));
    const SystemClock clock;
    const auto restored = open_sqlite_ledger(into(dir), clock).value();
    CHECK(restored->message(one)->message.body.reveal() == "MSH|one");
}

TEST_CASE("restore: neither a ledger nor the log of one is overwritten or read") {
    Ledger ledger;
    ledger.message();
    const auto backup = backup_of(ledger);
    const test::TempDir dir;
    dir.write("var/ledger.db-wal", "frames of another ledger");
    const auto beside_log = app::restore_ledger(backup, into(dir));
    REQUIRE(beside_log.has_error());
    CHECK(beside_log.error().issue == Issue::conflict);
    CHECK(beside_log.error().where.ends_with("-wal"));
    CHECK(dir.read("var/ledger.db-wal") == "frames of another ledger");
    CHECK_FALSE(std::filesystem::exists(dir / "var/ledger.db"));

    dir.write("var/ledger.db-wal", "");
    CHECK(app::restore_ledger(backup, into(dir)).has_value());
    const auto again = app::restore_ledger(backup, into(dir));
    REQUIRE(again.has_error());
    CHECK(again.error().issue == Issue::conflict);
}

TEST_CASE("restore: what is no ledger, or is not there, leaves nothing") {
    const test::TempDir dir;
    const auto file = dir.write("letter.txt", "Dear colleague").string();
    CHECK(app::restore_ledger(file, into(dir)).has_error());
    CHECK(app::restore_ledger((dir / "nothing.db").string(), into(dir)).has_error());
    CHECK_FALSE(std::filesystem::exists(dir / "var/ledger.db"));
    CHECK_FALSE(std::filesystem::exists(dir / "var/ledger.db.restoring"));
}
