#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "store/ledger_fixture.hpp"

using namespace causeway;
using test::intake;
using test::Ledger;

TEST_CASE("reads: what is unknown is not found") {
    Ledger ledger;

    CHECK(ledger->message(Id{1}).error().issue == Issue::not_found);
    CHECK(ledger->obligation(Id{1}).error().issue == Issue::not_found);
    CHECK(ledger->config("none").error().issue == Issue::not_found);
    CHECK(ledger->obligations_of(Id{1}).value().empty());
    CHECK(ledger->events_of(Id{1}).value().empty());
    CHECK(ledger->find({"ubrn", "none"}, 10).value().empty());
    CHECK(ledger->last_id() == Id{});
    CHECK(ledger->last_sequence() == 0);
}

TEST_CASE("find: newest first, by one kind of key or by all, with what is owed") {
    Ledger ledger;
    std::vector<Id> ids;
    for (int i = 0; i < 5; ++i) {
        IntakeRecord record = intake("MSH|" + std::to_string(i));
        record.message.keys = {{i % 2 == 0 ? "nhs-number" : "ubrn", "9990000018"}, {"sender", "PAS"}};
        ids.push_back(ledger.accept(record).value().message);
    }
    ledger.routed(ids[4], {"pas", "practice"});

    const auto all = ledger->find({"", "9990000018"}, 10).value();
    REQUIRE(all.size() == 5);
    CHECK(all[0].id == ids[4]);
    CHECK(all[4].id == ids[0]);
    CHECK(all[0].channel == "pas-in");
    CHECK(all[0].message_type == "MDM^T02");
    CHECK(all[0].obligations == std::map<State, int>{{State::queued, 2}});

    const auto ubrn = ledger->find({"ubrn", "9990000018"}, 10).value();
    REQUIRE(ubrn.size() == 2);
    CHECK(ubrn[0].id == ids[3]);
    const auto limited = ledger->find({"", "9990000018"}, 2).value();
    REQUIRE(limited.size() == 2);
    CHECK(limited[1].id == ids[3]);
}

TEST_CASE("events: their sequence rises without gaps and can be read on from anywhere") {
    Ledger ledger;
    for (int i = 0; i < 5; ++i) ledger.message();

    const auto after = ledger->events_after(2, 2).value();

    REQUIRE(after.size() == 2);
    CHECK(after[0].sequence == 3);
    CHECK(after[1].sequence == 4);
    CHECK(ledger->events_after(5, 10).value().empty());
    CHECK(ledger->events_after(0, 100).value().size() == 5);
    CHECK(ledger->last_sequence() == 5);
}

TEST_CASE("events: an event of the caller is kept as it is") {
    Ledger ledger;
    const Id message = ledger.message();
    REQUIRE(ledger.append({0, Instant(std::chrono::seconds(5)), "decision.made", message, {}, "engine", R"({"a":1})"})
                .has_value());

    const Event event = ledger.last_event(message);
    CHECK(event.at == Instant(std::chrono::seconds(5)));
    CHECK(event.kind == "decision.made");
    CHECK(event.detail == R"({"a":1})");
    CHECK(ledger.append({}).error().issue == Issue::required);
}

TEST_CASE("open obligations: by id, page by page, until they end") {
    Ledger ledger;
    std::vector<Id> ids;
    for (int i = 0; i < 5; ++i) ids.push_back(ledger.message());
    ledger.act(OperatorAct::Kind::cancel, ids[1]).value();
    ledger.act(OperatorAct::Kind::hold, ids[2]).value();

    const auto first = ledger->open_obligations({}, 2).value();
    REQUIRE(first.size() == 2);
    CHECK(first[1].id == ids[2]);
    const auto rest = ledger->open_obligations(first[1].id, 100).value();
    REQUIRE(rest.size() == 2);
    CHECK(rest[0].id == ids[3]);

    WaitingFilter three;
    three.limit = 3;
    const auto waiting = ledger->waiting(three).value();
    REQUIRE(waiting.size() == 3);
    CHECK(waiting[1].obligation.state == State::held);
    CHECK(waiting[1].channel == "pas-in");
    CHECK(waiting[1].message_type == "MDM^T02");
    CHECK(waiting[1].received_at == intake("").message.received_at);
}

TEST_CASE("balance: every message and every obligation is in it, to the message") {
    Ledger ledger;
    const Id one = ledger.accept(intake("MSH|one", "key")).value().message;
    ledger.accept(intake("MSH|one", "key")).value();
    ledger.accept(intake("MSH|two", "key")).value();
    ledger.refuse(intake("MSH|three")).value();
    ledger.message();
    const auto owed = ledger.routed(one, {"pas", "practice", "pas"});
    ledger.start(owed[0]).value();
    ledger.act(OperatorAct::Kind::hold, owed[1]).value();

    const Balance balance = ledger->balance().value();

    CHECK(balance.intake.at("pas-in") == std::map<Disposition, std::int64_t>{{Disposition::accepted, 2},
                                                                             {Disposition::duplicate, 1},
                                                                             {Disposition::conflict, 1},
                                                                             {Disposition::refused, 1}});
    REQUIRE(balance.rows.size() == 3);
    std::map<std::string, std::map<State, std::int64_t>> rows;
    for (const auto& row : balance.rows) rows[row.destination] = row.by_state;
    CHECK(rows[""] == std::map<State, std::int64_t>{{State::queued, 1}, {State::delivered, 1}});
    CHECK(rows["pas"] == std::map<State, std::int64_t>{{State::queued, 1}, {State::in_flight, 1}});
    CHECK(rows["practice"] == std::map<State, std::int64_t>{{State::held, 1}});
    CHECK(ledger->verify_obligations().value().differences.empty());
}

TEST_CASE("configuration: each one activated is kept under its hash") {
    Ledger ledger;
    REQUIRE(ledger.activate({"aa", Instant(std::chrono::seconds(1)), R"({"a.yaml":"x: 1"})"}).has_value());
    REQUIRE(ledger.activate({"bb", {}, "{}"}).has_value());
    REQUIRE(ledger.activate({"aa", Instant(std::chrono::seconds(9)), R"({"a.yaml":"x: 1"})"}).has_value());

    CHECK(ledger->config("aa").value().files == R"({"a.yaml":"x: 1"})");
    CHECK(ledger->config("aa").value().activated_at == Instant(std::chrono::seconds(9)));
    CHECK(ledger->config("bb").value().activated_at == ledger.clock.at);
    CHECK(ledger->events_after(0, 10).value().size() == 3);
}

TEST_CASE("reads: many threads read while others write") {
    Ledger ledger;
    std::atomic<bool> stop{false};
    std::atomic<int> wrong{0};
    std::vector<std::thread> readers;
    for (int t = 0; t < 4; ++t)
        readers.emplace_back([&] {
            while (!stop) {
                const Id last = ledger->last_id();
                // Each accept is one transaction: message and obligation are seen together.
                if (last && (!ledger->message(last).has_value() || !ledger->obligation(last).has_value())) ++wrong;
                if (!ledger->balance().has_value() || !ledger->open_obligations({}, 10).has_value()) ++wrong;
            }
        });
    for (int i = 0; i < 300; ++i) ledger.message();
    stop = true;
    for (auto& reader : readers) reader.join();

    CHECK(wrong == 0);
}
