/// The event log of a stopped ledger, edited by somebody with a SQLite client.

#include <doctest/doctest.h>
#include <sqlite3.h>

#include <functional>

#include "assurance/work.hpp"
#include "core/json_object.hpp"
#include "store/ledger_fixture.hpp"
#include "store/verify_file.hpp"

using namespace causeway;
using namespace causeway::assurance;

namespace {

/// Twenty commits of one message each, then closed.
struct StoppedLedger {
    test::Ledger ledger;
    ChainHead head;

    StoppedLedger() {
        for (int i = 0; i < 20; ++i)
            REQUIRE(ledger.accept(test::intake("MSH|^~\\&|A|B|||||MDM^T02|" + std::to_string(i), std::to_string(i)))
                        .has_value());
        head = ledger->chain_head().value();
        ledger.close();
    }

    void sql(const std::string& text) {
        sqlite3* file = nullptr;
        REQUIRE(sqlite3_open(ledger.file().c_str(), &file) == SQLITE_OK);
        char* wrong = nullptr;
        sqlite3_exec(file, text.c_str(), nullptr, nullptr, &wrong);
        const std::string what = wrong ? wrong : "";
        sqlite3_close(file);
        REQUIRE(what.empty());
    }

    ChainReport verify(const std::optional<ChainHead>& anchor = std::nullopt) {
        LedgerOptions options;
        options.file = ledger.file();
        return verify_sqlite_file(options, anchor).value();
    }
};

/// The first event of the tenth of these commits.
constexpr std::int64_t kTenth = 10;

}  // namespace

TEST_CASE("an untouched log is whole, and contains its own head") {
    StoppedLedger stopped;
    const auto report = stopped.verify(stopped.head);
    CHECK(report.faults.empty());
    CHECK(report.events == 20);
    CHECK(report.head.hash == stopped.head.hash);
}

namespace {

void check_found_at_tenth(StoppedLedger& stopped) {
    const auto report = stopped.verify();
    REQUIRE_FALSE(report.faults.empty());
    CHECK(report.faults.front().sequence == kTenth);
}

}  // namespace

TEST_CASE("an edited event is found, and located") {
    StoppedLedger stopped;
    // One bit in the middle of the tenth commit's events.
    stopped.sql(
        "UPDATE block_events SET bytes = CAST(substr(bytes, 1, 20) || x'ff' || substr(bytes, 22) AS BLOB) "
        "WHERE id / 65536 = 10");
    check_found_at_tenth(stopped);
}

TEST_CASE("commits that changed their places are found, and located") {
    StoppedLedger stopped;
    stopped.sql(
        "UPDATE block_events SET id = 0 WHERE id / 65536 = 10;"
        "UPDATE block_events SET id = 10 * 65536 + id % 65536 WHERE id / 65536 = 11;"
        "UPDATE block_events SET id = 11 * 65536 WHERE id = 0");
    check_found_at_tenth(stopped);
}

TEST_CASE("a removed commit is found, and located") {
    StoppedLedger stopped;
    stopped.sql("DELETE FROM block WHERE number = 10; DELETE FROM block_events WHERE id / 65536 = 10");
    check_found_at_tenth(stopped);
}

TEST_CASE("a cut tail is found by an anchor that was kept elsewhere, even where the count beside it was mended") {
    StoppedLedger stopped;
    stopped.sql(
        "DELETE FROM block WHERE number > 15; DELETE FROM block_events WHERE id / 65536 > 15;"
        "UPDATE tally SET count = 15 WHERE count = 20 AND first = 0 AND second = 0 AND value = 0");
    const auto report = stopped.verify(stopped.head);
    REQUIRE_FALSE(report.faults.empty());
    CHECK(report.faults.back().sequence == stopped.head.sequence);
}

TEST_CASE("an audit says in words where the chain is broken") {
    StoppedLedger stopped;
    stopped.sql("DELETE FROM block WHERE number = 10; DELETE FROM block_events WHERE id / 65536 = 10");
    const auto page = audit_page(stopped.verify(stopped.head), true);
    CHECK(page.text.find("THE CHAIN IS BROKEN") != std::string::npos);
    CHECK(page.text.find("at event 10:") != std::string::npos);
    const JsonObject json(page.json);
    CHECK(json.document()["sound"].IsFalse());
}

TEST_CASE("a ledger that an engine has open is asked for through the engine, and one that is not there is told") {
    test::Ledger ledger;
    LedgerOptions options;
    options.file = ledger.file();
    CHECK(verify_sqlite_file(options, std::nullopt).error().issue == Issue::conflict);
    options.file += ".none";
    CHECK(verify_sqlite_file(options, std::nullopt).error().issue == Issue::not_found);
}
