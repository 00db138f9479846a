#include "assurance/care.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <future>

#include "assurance/caretaker.hpp"
#include "assurance/settled.hpp"
#include "store/ledger_fixture.hpp"

using namespace causeway;
using namespace causeway::assurance;
using test::intake;
using test::Ledger;

namespace {

constexpr Duration kDay = std::chrono::hours(24);

Care care_of(Ledger& ledger) {
    return {*ledger.operator->(), ledger.clock, "ops.on.call"};
}

/// Refused messages owe nothing, so that only their age keeps them.
Id refused(Ledger& ledger) {
    return ledger.refuse(intake("MSH|old")).value().message;
}

bool has_body(Ledger& ledger, Id message) {
    return !ledger->message(message)->message.body.empty();
}

}  // namespace

TEST_CASE("backup: the work says what the copy holds, and the ledger who made it") {
    Ledger ledger;
    ledger.message();
    ledger.message();
    const auto file = (ledger.folder() / "copy.db").string();
    assurance::Progress progress;
    const auto work = make_backup(care_of(ledger), file, {});

    REQUIRE(work->run(progress).has_value());

    CHECK(work->page(0).text.find("whole. 2 events, 2 messages accepted, 2 obligations open") != std::string::npos);
    CHECK(work->page(0).json.find("\"sound\":true") != std::string::npos);
    CHECK(ledger.folder().names().contains("copy.db"));
    CHECK_FALSE(ledger.folder().names().contains("copy.db.lock"));
    const Event last = ledger->events_after(0, 10)->back();
    CHECK(last.kind == "ledger.backed-up");
    CHECK(last.actor == "ops.on.call");
    CHECK(make_backup(care_of(ledger), file, {})->run(progress).error().issue == Issue::conflict);
}

TEST_CASE("backup: a copy that was changed is not called whole") {
    Ledger ledger;
    ledger.message("MSH|first");
    ledger.message("MSH|second");
    LedgerOptions copy;
    copy.file = (ledger.folder() / "copy.db").string();
    copy.min_free_bytes = 0;
    REQUIRE(ledger->backup(copy.file).has_value());
    REQUIRE(check_ledger(copy, ledger.clock)->sound());
    sqlite3* db = nullptr;
    sqlite3_open(copy.file.c_str(), &db);
    REQUIRE(sqlite3_exec(db, "UPDATE block SET committed_at = committed_at + 1 WHERE number = 1", nullptr, nullptr,
                         nullptr) == SQLITE_OK);
    sqlite3_close(db);

    const auto check = check_ledger(copy, ledger.clock).value();

    CHECK_FALSE(check.sound());
    CHECK(render(check, copy.file).text.find("NOT whole") != std::string::npos);
    CHECK(render(check, copy.file).json.find("\"sound\":false") != std::string::npos);
}

TEST_CASE("purge: counting says so and leaves no event; removing is an event") {
    Ledger ledger;
    const Id old = refused(ledger);
    ledger.clock.at += 2 * kDay;
    assurance::Progress progress;
    const std::vector<Retention> retention{{"pas-in", kDay, {}}};

    const auto count = make_purge(care_of(ledger), retention, true);
    REQUIRE(count->run(progress).has_value());
    CHECK(count->page(0).text.starts_with("Would remove 1 bodies"));
    CHECK(has_body(ledger, old));
    CHECK(ledger->last_sequence() == 1);

    const auto purge = make_purge(care_of(ledger), retention, false);
    REQUIRE(purge->run(progress).has_value());
    CHECK(purge->page(0).text.starts_with("Removed 1 bodies"));
    CHECK_FALSE(has_body(ledger, old));
    CHECK(ledger->events_after(1, 10)->back().kind == "ledger.purged");
}

TEST_CASE("notes: who settled an absence is forgotten with the message, and not before") {
    Ledger ledger;
    const Id old = refused(ledger);
    const auto due = day_of(ledger.clock.at, Zone::london);
    const auto name = settled_note(due, "discharge-summary", old);
    std::promise<Result<void>> noted;
    ledger->note({name, "ward.clerk"}, {}, [&](Result<void> done) { noted.set_value(std::move(done)); });
    REQUIRE(noted.get_future().get().has_value());
    assurance::Progress progress;

    REQUIRE(make_note_purge(care_of(ledger))->run(progress).has_value());
    CHECK(ledger->notes(name)->size() == 1);

    ledger.clock.at += 40 * kDay;
    const std::vector<Retention> retention{{"pas-in", kDay, 30 * kDay}};
    REQUIRE(make_purge(care_of(ledger), retention, false)->run(progress).has_value());
    REQUIRE(ledger->message(old).has_error());
    REQUIRE(make_note_purge(care_of(ledger))->run(progress).has_value());
    CHECK(ledger->notes(name)->empty());
    CHECK(ledger->events_after(0, 100)->back().kind == "absence.forgotten");
}

TEST_CASE("caretaker: it purges and seals at start, and again when the configuration has changed") {
    Ledger ledger;
    const Id old = refused(ledger);
    ledger.clock.at += 2 * kDay;
    REQUIRE(ledger->use_keys(seal::KeyRing()).has_value());
    const auto first = std::make_shared<pipeline::Configuration>();
    first->hash = "one";
    const auto second = std::make_shared<pipeline::Configuration>();
    second->hash = "two";
    second->channels["pas-in"].keep.bodies = kDay;
    std::mutex mutex;
    pipeline::ConfigurationPtr now = first;
    Caretaker caretaker(*ledger.operator->(), ledger.clock,
                        [&] {
                            const std::lock_guard lock(mutex);
                            return now;
                        },
                        {std::chrono::milliseconds(1), std::chrono::hours(24)});
    caretaker.start();
    CHECK(has_body(ledger, old));
    {
        const std::lock_guard lock(mutex);
        second->channels["pas-in"].name = "pas-in";
        now = second;
    }
    for (int i = 0; i < 5'000 && has_body(ledger, old); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    CHECK_FALSE(has_body(ledger, old));
    caretaker.stop();
    caretaker.stop();
}
