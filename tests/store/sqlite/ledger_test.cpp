#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "store/ledger_fixture.hpp"

using namespace causeway;
using test::intake;
using test::Ledger;

TEST_CASE("ledger: everything is there after closing and opening again") {
    Ledger ledger;
    const Id one = ledger.accept(intake("MSH|one", "key")).value().message;
    const auto owed = ledger.routed(one, {"pas"});
    ledger.start(owed[0]).value();

    ledger.reopen();

    CHECK(ledger->message(one).value().message.body.reveal() == "MSH|one");
    CHECK(ledger.state(owed[0]) == State::in_flight);
    CHECK(ledger->open_obligations({}, 10).value().size() == 1);
    CHECK(ledger.accept(intake("MSH|one", "key")).value().disposition == Disposition::duplicate);
    CHECK(ledger.accept(intake("MSH|two", "key")).value().disposition == Disposition::conflict);
    CHECK(ledger->verify_events().value() == 6);
}

TEST_CASE("ledger: ids go on rising after it was opened again, also when the clock went back") {
    Ledger ledger;
    const Id pas = ledger.routed(ledger.message(), {"pas"}).front();
    ledger.clock.at -= std::chrono::hours(24);

    ledger.reopen();

    CHECK(ledger->last_id() == pas);
    CHECK(ledger->ids().next(ledger.clock.at) > pas);
    CHECK(ledger.message() > pas);
}

TEST_CASE("ledger: what is queued when it closes is committed and answered first") {
    Ledger ledger;
    std::atomic<int> answered{0};
    for (int i = 0; i < 500; ++i)
        ledger->accept(intake("MSH|" + std::to_string(i)), [&](Result<Verdict> v) { answered += v.has_value(); });

    ledger.close();

    CHECK(answered == 500);
    ledger.open();
    CHECK(ledger.stored() == 500);
}

TEST_CASE("ledger: messages that come one at a time are committed by the thread that brings them") {
    LedgerOptions options;
    options.caller_commits = true;
    Ledger ledger(options);
    std::thread::id committed_by;
    for (int i = 0; i < 20; ++i)
        CHECK(test::wait_for<Verdict>([&](auto done) {
                  ledger->accept(intake("MSH|" + std::to_string(i)), [&, done](Result<Verdict> verdict) {
                      committed_by = std::this_thread::get_id();
                      done(std::move(verdict));
                  });
              }).has_value());
    CHECK(committed_by == std::this_thread::get_id());

    // What comes together goes to the writer, also while a caller commits.
    std::atomic<int> answered{0};
    const auto bring = [&](Result<Verdict> verdict) { answered += verdict.has_value(); };
    std::vector<std::jthread> senders;
    for (int t = 0; t < 4; ++t)
        senders.emplace_back([&] {
            for (int i = 0; i < 50; ++i) {
                ledger->accept(intake("MSH|many"), bring);
                ledger->append({0, {}, "decision.made", {}, {}, {}, {}}, [](const Result<void>&) {});
            }
        });
    senders.clear();
    ledger.close();

    CHECK(answered == 200);
    ledger.open();
    CHECK(ledger.stored() == 220);
}

TEST_CASE("ledger: a second engine on the same file hears that it must not") {
    Ledger ledger;
    LedgerOptions options;
    options.file = ledger.file();

    const auto second = open_sqlite_ledger(options, ledger.clock);

    REQUIRE(second.has_error());
    CHECK(second.error().issue == Issue::conflict);
    CHECK(second.error().what.find("Another engine") != std::string::npos);
    ledger.close();
    CHECK(open_sqlite_ledger(options, ledger.clock).has_value());
}

TEST_CASE("ledger: a newer schema is refused in words") {
    Ledger ledger;
    ledger.close();
    ledger.change_file("PRAGMA user_version = 3");
    LedgerOptions options;
    options.file = ledger.file();

    const auto opened = open_sqlite_ledger(options, ledger.clock);

    REQUIRE(opened.has_error());
    CHECK(opened.error().issue == Issue::not_supported);
    CHECK(opened.error().what.find("version 3") != std::string::npos);
}

TEST_CASE("ledger: the file of another program is refused and left as it is") {
    const test::TempDir folder;
    const test::StillClock clock;
    LedgerOptions options;
    options.file = folder.write("notes.txt", std::string(8192, 'n')).string();

    const auto text = open_sqlite_ledger(options, clock);
    REQUIRE(text.has_error());
    CHECK(text.error().issue == Issue::invalid);
    CHECK(folder.read("notes.txt") == std::string(8192, 'n'));

    options.file = (folder / "other.db").string();
    sqlite3* db = nullptr;
    sqlite3_open(options.file.c_str(), &db);
    sqlite3_exec(db, "CREATE TABLE t (x)", nullptr, nullptr, nullptr);
    sqlite3_close(db);
    const std::string before = folder.read("other.db");
    const auto database = open_sqlite_ledger(options, clock);
    REQUIRE(database.has_error());
    CHECK(database.error().issue == Issue::invalid);
    CHECK(folder.read("other.db") == before);
}

TEST_CASE("ledger: a folder that is not there is an error, not a crash") {
    const test::StillClock clock;
    LedgerOptions options;
    options.file = "/nowhere/at/all/ledger.db";

    CHECK(open_sqlite_ledger(options, clock).error().issue == Issue::no_store);
}

TEST_CASE("ledger: its files can be read by their owner alone") {
    Ledger ledger;
    ledger.message();

    for (const auto& entry : std::filesystem::directory_iterator(ledger.folder().path())) {
        const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
        CAPTURE(entry.path().filename());
        CHECK((entry.status().permissions() & others) == std::filesystem::perms::none);
    }
}

TEST_CASE("ledger: the log stays bounded under steady writing and reading") {
    Ledger ledger;
    const std::string body(64 * 1024, 'x');
    for (int i = 0; i < 1'200; ++i) {
        ledger.message(body);
        if (i % 100 == 0) CHECK(ledger->balance().has_value());
    }

    CHECK(std::filesystem::file_size(ledger.file() + "-wal") < (40u << 20));
}

TEST_CASE("ledger: one write that the tables refuse does not spoil the others of its group") {
    Ledger ledger;
    ledger.close();
    ledger.change_file(
        "CREATE TRIGGER t BEFORE INSERT ON name WHEN new.text = 'bad'"
        " BEGIN SELECT raise(ABORT, 'no'); END");
    ledger.open();
    std::atomic<int> stored{0};
    std::atomic<int> failed{0};
    for (int i = 0; i < 100; ++i) {
        IntakeRecord record = intake("MSH|one", std::to_string(i));
        if (i == 50) record.message.channel = "bad";
        ledger->accept(std::move(record), [&](Result<Verdict> v) { ++(v ? stored : failed); });
    }
    ledger.message("MSH|last");

    CHECK(stored == 99);
    CHECK(failed == 1);
    CHECK(ledger.stored() == 100);
    CHECK(ledger->verify_events().value() == 100);
    CHECK(ledger->balance().value().intake.at("pas-in").at(Disposition::accepted) == 100);
}
