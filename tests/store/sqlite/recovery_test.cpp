/// What a start finds after the process was killed: a copy of its files, taken while it runs, is what it leaves.
#include <doctest/doctest.h>

#include <filesystem>

#include "core/log.hpp"
#include "store/ledger_fixture.hpp"

using namespace causeway;
using test::intake;
using test::Ledger;

namespace {

/// The ledger as a kill would leave it, opened in another folder.
class Killed {
public:
    explicit Killed(Ledger& ledger) {
        options_.file = (folder_ / "ledger.db").string();
        options_.min_free_bytes = 0;
        for (const auto* part : {"", "-wal"}) std::filesystem::copy_file(ledger.file() + part, options_.file + part);
        store_ = std::move(open_sqlite_ledger(options_, clock_).value());
    }
    MessageStore* operator->() { return store_.get(); }

private:
    test::TempDir folder_;
    test::StillClock clock_;
    LedgerOptions options_;
    std::unique_ptr<MessageStore> store_;
};

}  // namespace

TEST_CASE("recovery: what was owed, known and found before a kill is so after it") {
    Ledger ledger;
    IntakeRecord record = intake("MSH|one", "key");
    record.message.keys = {{"nhs-number", "9990000018"}};
    const Id one = ledger.accept(record).value().message;
    const auto owed = ledger.routed(one, {"pas", "practice"});
    ledger.start(owed[0]).value();
    const Id two = ledger.message("MSH|two");

    Killed after(ledger);

    CHECK(after->obligation(owed[0]).value().state == State::in_flight);
    CHECK(after->obligation(owed[0]).value().attempts == 1);
    CHECK(after->obligation(one).value().state == State::delivered);
    CHECK(after->open_obligations({}, 10).value().size() == 3);
    CHECK(after->find({"nhs-number", "9990000018"}, 5).value().at(0).id == one);
    CHECK(after->message(two).value().message.body.reveal() == "MSH|two");
    CHECK(after->verify_obligations().value().differences.empty());
    CHECK(after->verify_events().has_value());
    CHECK(after->last_id() == two);
    const auto again =
        test::wait_for<Verdict>([&](auto done) { after->accept(intake("MSH|one", "key"), done); }).value();
    CHECK(again.disposition == Disposition::duplicate);
    CHECK(again.message == one);
}

TEST_CASE("recovery: a backlog that is longer than what memory keeps is whole, before and after a kill") {
    Ledger ledger;
    constexpr int kMessages = 9'500;
    std::atomic<int> left{kMessages};
    std::vector<Id> ids(kMessages);
    for (int i = 0; i < kMessages; ++i)
        ledger->accept(intake("MSH|" + std::to_string(i)), [&, i](Result<Verdict> verdict) {
            ids[static_cast<std::size_t>(i)] = verdict.value().message;
            --left;
        });
    ledger.message();
    REQUIRE(left == 0);
    REQUIRE(std::stoi(ledger.rows("SELECT count(*) FROM obligation").at(0)) > 0);
    // Some from the table and some from memory move on.
    for (const std::size_t i : {0u, 1u, 5'000u, 9'499u}) ledger.act(OperatorAct::Kind::cancel, ids[i]).value();
    ledger.act(OperatorAct::Kind::hold, ids[2]).value();

    const auto check = [&](MessageStore& store) {
        CHECK(store.open_obligations({}, 20'000).value().size() == kMessages + 1 - 4);
        CHECK(store.open_obligations(ids[4'999], 1).value().at(0).id == ids[5'001]);
        CHECK(store.obligation(ids[0]).value().state == State::filtered);
        CHECK(store.obligation(ids[2]).value().state == State::held);
        CHECK(store.verify_obligations().value().differences.empty());
        std::int64_t count = 0;
        for (const auto& group : store.waiting_groups().value()) count += group.count;
        CHECK(count == kMessages + 1 - 4);
    };
    check(*ledger.operator->());
    check(*Killed(ledger).operator->());
    ledger.reopen();
    check(*ledger.operator->());
    CHECK(ledger.rows("SELECT count(*) FROM obligation").at(0) == std::to_string(kMessages + 1 - 4));
}

namespace {

/// A run of the family of search keys that should have an entry, and has no page; with a fence it can be loaded.
std::string empty_run(bool fence) {
    std::string sql = "INSERT INTO run VALUES (7, 1, 0, 1, 0, -1, 0, 9223372036854775807);";
    if (fence) sql += "INSERT INTO run_part VALUES ((7 << 30) | (1 << 28), zeroblob(8));";
    return sql;
}

Id with_key(Ledger& ledger) {
    IntakeRecord record = intake("MSH|one", "key");
    record.message.keys = {{"nhs-number", "9990000018"}};
    return ledger.accept(record).value().message;
}

/// A message with a key whose index has lost it, in a ledger that is closed.
Id with_broken_index(Ledger& ledger, bool fence) {
    const Id id = with_key(ledger);
    ledger.close();
    ledger.change_file(empty_run(fence) + "UPDATE index_state SET indexed_through = 1");
    return id;
}

struct QuietLog {
    QuietLog() {
        log::set_sink([](std::string_view) {});
    }
    ~QuietLog() { log::set_sink({}); }
};

}  // namespace

TEST_CASE("recovery: a key index that cannot be loaded is built anew") {
    const QuietLog quiet;
    Ledger ledger;
    const Id one = with_broken_index(ledger, false);

    ledger.open();

    CHECK(ledger->find({"nhs-number", "9990000018"}, 5).value().at(0).id == one);
    CHECK(ledger.accept(intake("MSH|one", "key"))->disposition == Disposition::duplicate);
    CHECK(ledger.rows("SELECT count(*) FROM run").at(0) == "0");
}

TEST_CASE("recovery: a page of the key index that a look-up does not find has it built anew by the next start") {
    const QuietLog quiet;
    Ledger ledger;
    const Id one = with_broken_index(ledger, true);
    ledger.open();
    CHECK(ledger->find({"nhs-number", "9990000018"}, 5).error().issue == Issue::not_found);
    ledger.message();

    ledger.reopen();

    CHECK(ledger->find({"nhs-number", "9990000018"}, 5).value().at(0).id == one);
    CHECK(ledger.rows("SELECT value FROM ledger WHERE name = 'index-damaged'").at(0) == "0");
    CHECK(ledger.rows("SELECT count(*) FROM run").at(0) == "0");
}

TEST_CASE("recovery: an event that cannot be read leaves what is known of patients as it was") {
    const QuietLog quiet;
    Ledger ledger;
    const Key nhs{"https://fhir.nhs.uk/Id/nhs-number", "9990000018"};
    Routing routing;
    routing.process = ledger.message();
    routing.patients = {
        {PatientChange::Kind::known, {nhs}, {}, R"({"resourceType":"Patient"})", Instant(std::chrono::hours(1))}};
    REQUIRE(ledger.route(routing).has_value());
    ledger.message("MSH|damaged");
    ledger.close();
    ledger.change_file(
        "UPDATE block_events SET bytes = x'1000000000000000000000' WHERE id = (SELECT max(id) FROM block_events)");
    ledger.open();

    CHECK(ledger->rebuild_patients().has_error());
    CHECK(ledger->patient(nhs).has_value());
}
