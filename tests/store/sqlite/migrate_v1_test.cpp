#include <doctest/doctest.h>

#include <algorithm>

#include "store/ledger_fixture.hpp"
#include "store/sqlite/v1_ledger.hpp"

using namespace causeway;
using test::intake;

namespace {

struct Old {
    Old() { test::write_v1_ledger(file, Id{3000}.text()); }

    Result<std::unique_ptr<MessageStore>> open() {
        LedgerOptions options;
        options.file = file;
        options.min_free_bytes = 0;
        return open_sqlite_ledger(std::move(options), clock);
    }

    test::TempDir folder;
    std::string file = (folder / "ledger.db").string();
    test::StillClock clock;
};

std::vector<std::string> kinds(const std::vector<Event>& events) {
    std::vector<std::string> found;
    for (const Event& event : events) found.push_back(event.kind);
    return found;
}

}  // namespace

TEST_CASE("migration: what a ledger of version 1 holds is found in the new one, and the old one is kept") {
    Old old;
    const auto store = std::move(old.open().value());

    CHECK(old.folder.names().contains("ledger.db.v1"));
    CHECK_FALSE(old.folder.names().contains("ledger.db.migrating"));
    CHECK(store->verify_file().has_value());
    CHECK(store->verify_chain(std::nullopt)->faults.empty());
    CHECK(store->verify_obligations()->differences.empty());

    const StoredMessage first = store->message(Id{1000}).value();
    CHECK(first.message.body.reveal() == "MSH|first");
    CHECK(first.message.keys == std::vector<Key>{{"nhs-number", "9990000018"}, {"ubrn", "4711"}});
    CHECK(first.message.priority == Priority::urgent);
    CHECK(first.message.config_hash == "c0ffee");
    CHECK(store->message(Id{1001})->disposition == Disposition::refused);
    CHECK(store->message(Id{1001})->http_status == 422);
    CHECK(store->find({"nhs-number", "9990000018"}, 10)->size() == 2);
    CHECK(store->find({"ubrn", "4711"}, 10)->at(0).id == Id{1000});
    CHECK(store->config("c0ffee")->files == R"({"a":"b"})");
    CHECK(store->patient({"nhs-number", "9990000018"}).value() == R"({"resourceType":"Patient"})");
    CHECK(store->answers_of(Id{1000})->at(0).answer.reveal() == "MSA|AA");
}

TEST_CASE("migration: every obligation is in the state that it had, for its reason") {
    Old old;
    const auto store = std::move(old.open().value());

    CHECK(store->obligation(Id{1000})->state == State::delivered);
    const Obligation delivered = store->obligation(Id{2000}).value();
    CHECK(delivered.state == State::delivered);
    CHECK(delivered.attempts == 2);
    CHECK(delivered.facts == R"({"x":1})");
    const Obligation held = store->obligation(Id{2001}).value();
    CHECK(held.state == State::held);
    CHECK(held.owner == "office");
    CHECK(held.cause == "AE: wrong");
    CHECK(held.organisation == "A81001");
    CHECK(held.attempts == 1);
    const auto open = store->open_obligations({}, 10).value();
    REQUIRE(open.size() == 2);
    CHECK(open[0].id == Id{1002});
    CHECK(open[0].duty == Duty::process);
    CHECK(open[1].id == Id{2001});
    CHECK(store->balance()->intake.at("pas-in").at(Disposition::accepted) == 2);
    CHECK(store->balance()->intake.at("pas-in").at(Disposition::duplicate) == 1);
    CHECK(store->balance()->intake.at("pas-in").at(Disposition::refused) == 1);
    const auto clocks = store->running_clocks().value();
    REQUIRE(clocks.size() == 1);
    CHECK(clocks[0].id == Id{3000});
    CHECK(clocks[0].state == PathwayClock::State::warned);
}

TEST_CASE("migration: events keep their order, time and actor") {
    Old old;
    const auto store = std::move(old.open().value());

    const auto events = store->events_of(Id{1000}).value();
    CHECK(kinds(events) == std::vector<std::string>{"message.accepted", "route.matched", "obligation.created",
                                                    "obligation.created", "clock.started", "patient.known",
                                                    "attempt.started", "attempt.failed", "attempt.started",
                                                    "attempt.confirmed", "attempt.started", "attempt.refused",
                                                    "message.duplicate", "clock.warned"});
    CHECK(events.back().sequence == 17);
    CHECK(events.back().actor == "op.one");
    CHECK(events.front().at == Instant(Duration(1'800'000'001'000'000)));
    CHECK(store->chain_head()->at == Instant(Duration(1'800'000'004'000'000)));
}

TEST_CASE("migration: the new ledger goes on, and knows the duplicates of the old") {
    Old old;
    {
        const auto store = std::move(old.open().value());
        const auto again =
            test::wait_for<Verdict>([&](auto done) { store->accept(intake("MSH|first", "key-1"), done); });
        CHECK(again->disposition == Disposition::duplicate);
        CHECK(again->message == Id{1000});
        const auto fresh = test::wait_for<Verdict>([&](auto done) { store->accept(intake("MSH|new", "key-2"), done); });
        CHECK(fresh->disposition == Disposition::accepted);
        CHECK(fresh->message > Id{3000});
    }
    const auto store = std::move(old.open().value());
    CHECK(store->message(Id{1000}).has_value());
    CHECK(store->verify_chain(std::nullopt)->faults.empty());
}

TEST_CASE("migration: an earlier attempt that broke off is begun again; a foreign FILE.v1 is not overwritten") {
    Old old;
    old.folder.write("ledger.db.migrating", "half of something");
    CHECK(old.open().has_value());

    Old other;
    other.folder.write("ledger.db.v1", "an older one");
    const auto refused = other.open();
    REQUIRE(refused.has_error());
    CHECK(refused.error().issue == Issue::conflict);
    CHECK(other.folder.read("ledger.db.v1") == "an older one");
}

TEST_CASE("migration: a ledger of a version that nobody knows is refused") {
    Old old;
    sqlite3* db = nullptr;
    sqlite3_open(old.file.c_str(), &db);
    sqlite3_exec(db, "PRAGMA user_version = 99", nullptr, nullptr, nullptr);
    sqlite3_close(db);
    CHECK(old.open().error().issue == Issue::not_supported);
    CHECK_FALSE(old.folder.names().contains("ledger.db.v1"));
}
