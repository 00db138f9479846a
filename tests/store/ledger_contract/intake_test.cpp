#include <doctest/doctest.h>

#include <thread>

#include "store/ledger_fixture.hpp"

using namespace causeway;
using test::intake;
using test::Ledger;

TEST_CASE("intake: an accepted message is stored whole, with its obligation to be processed") {
    Ledger ledger;
    IntakeRecord record = intake("MSH|\x01 bytes as received\r", "key-1");
    record.message.keys = {{"nhs-number", "9990000018"}, {"control-id", "key-1"}};
    record.message.priority = Priority::urgent;
    record.outcome.add(test::finding(Severity::warning, "PID-7 is missing."));

    const Verdict verdict = ledger.accept(record).value();

    CHECK(verdict.disposition == Disposition::accepted);
    CHECK(verdict.at == record.message.received_at);
    CHECK(verdict.config_hash == "c0ffee");
    CHECK(verdict.outcome.issues.at(0).text == "PID-7 is missing.");

    const StoredMessage stored = ledger->message(verdict.message).value();
    CHECK(stored.disposition == Disposition::accepted);
    CHECK(stored.message.body.reveal() == record.message.body.reveal());
    CHECK(stored.message.body_sha256 == sha256(record.message.body.reveal()));
    CHECK(stored.message.channel == "pas-in");
    CHECK(stored.message.sender == "PAS|RXX");
    CHECK(stored.message.message_control_id == "key-1");
    CHECK(stored.message.message_type == "MDM^T02");
    CHECK(stored.message.media_type == kHl7v2);
    CHECK(stored.message.config_hash == "c0ffee");
    CHECK(stored.message.priority == Priority::urgent);
    CHECK(stored.message.keys == record.message.keys);
    CHECK(stored.outcome.issues.at(0).text == "PID-7 is missing.");

    const Obligation process = ledger->obligation(verdict.message).value();
    CHECK(process.message == verdict.message);
    CHECK(process.duty == Duty::process);
    CHECK(process.state == State::queued);
    CHECK(process.lane == "pas-in/lane");
    CHECK(process.priority == Priority::urgent);
    CHECK(ledger.event_kinds(verdict.message) == std::vector<std::string>{"message.accepted"});
}

TEST_CASE("intake: a refused message is stored, owes nothing and leaves its key free") {
    Ledger ledger;
    IntakeRecord wrong = intake("MSH|wrong", "key-1");
    wrong.outcome.add(test::finding(Severity::error, "Send PID."));
    wrong.http_status = 422;
    wrong.message.keys = {{"control-id", "key-1"}};

    const Verdict refused = ledger.refuse(wrong).value();

    CHECK(refused.disposition == Disposition::refused);
    CHECK(refused.http_status == 422);
    CHECK(ledger->message(refused.message).value().disposition == Disposition::refused);
    CHECK(ledger->message(refused.message).value().http_status == 422);
    CHECK(ledger->obligations_of(refused.message).value().empty());
    CHECK(ledger.event_kinds(refused.message) == std::vector<std::string>{"message.refused"});
    CHECK(ledger->find({"control-id", "key-1"}, 10).value().size() == 1);

    CHECK(ledger.accept(intake("MSH|mended", "key-1")).value().disposition == Disposition::accepted);
}

TEST_CASE("intake: the same bytes under the same key get the stored answer again") {
    Ledger ledger;
    IntakeRecord record = intake("MSH|one", "key-1");
    record.outcome.add(test::finding(Severity::warning, "PID-7 is missing."));
    record.http_status = 201;
    const Verdict first = ledger.accept(record).value();

    IntakeRecord again = intake("MSH|one", "key-1");
    again.message.received_at += std::chrono::hours(1);
    again.message.config_hash = "newer";
    const Verdict second = ledger.accept(again).value();

    CHECK(second.disposition == Disposition::duplicate);
    CHECK(second.message == first.message);
    CHECK(second.at == first.at);
    CHECK(second.http_status == first.http_status);
    CHECK(second.config_hash == first.config_hash);
    CHECK(to_json(second.outcome) == to_json(first.outcome));
    CHECK(ledger.stored() == 1);
    CHECK(ledger.event_kinds(first.message) == std::vector<std::string>{"message.accepted", "message.duplicate"});
}

TEST_CASE("intake: other bytes under the same key go to quarantine and the sender hears what to do") {
    Ledger ledger;
    const Verdict first = ledger.accept(intake("MSH|one", "key-1")).value();

    const Verdict conflict = ledger.accept(intake("MSH|two", "key-1")).value();

    CHECK(conflict.disposition == Disposition::conflict);
    CHECK(conflict.message > first.message);
    REQUIRE(conflict.outcome.issues.size() == 1);
    CHECK(conflict.outcome.issues[0].issue == Issue::duplicate);
    CHECK(conflict.outcome.issues[0].hl7_code == 205);
    CHECK(conflict.outcome.issues[0].severity == Severity::error);
    CHECK(conflict.http_status == 409);
    CHECK(ledger->message(conflict.message).value().disposition == Disposition::conflict);
    CHECK(ledger->message(conflict.message).value().message.body.reveal() == "MSH|two");
    CHECK(ledger->obligations_of(conflict.message).value().empty());
    CHECK(ledger.last_event(conflict.message).kind == "message.conflict");
    CHECK(ledger.last_event(conflict.message).detail == R"({"earlier":")" + first.message.text() + "\"}");

    CHECK(ledger.accept(intake("MSH|one", "key-1")).value().message == first.message);
    CHECK(ledger.accept(intake("MSH|two", "key-1")).value().disposition == Disposition::conflict);
}

TEST_CASE("intake: a channel may accept a reused key, with a warning; both bytes are then duplicates of their own") {
    Ledger ledger;
    const Id first = ledger.accept(intake("MSH|one", "key-1")).value().message;
    IntakeRecord other = intake("MSH|two", "key-1");
    other.accept_conflict = true;

    const Verdict second = ledger.accept(other).value();

    CHECK(second.disposition == Disposition::accepted);
    REQUIRE(second.outcome.issues.size() == 1);
    CHECK(second.outcome.issues[0].severity == Severity::warning);
    CHECK(ledger->obligation(second.message).value().state == State::queued);
    CHECK(ledger.accept(intake("MSH|one", "key-1")).value().message == first);
    const Verdict again = ledger.accept(intake("MSH|two", "key-1")).value();
    CHECK(again.disposition == Disposition::duplicate);
    CHECK(again.message == second.message);
    CHECK(to_json(again.outcome) == to_json(second.outcome));
}

TEST_CASE("intake: without a key nothing is a duplicate") {
    Ledger ledger;

    CHECK(ledger.accept(intake("MSH|one")).value().disposition == Disposition::accepted);
    CHECK(ledger.accept(intake("MSH|one")).value().disposition == Disposition::accepted);
}

TEST_CASE("intake: copies of one message in one commit group are recognised") {
    Ledger ledger;
    std::vector<std::future<Result<Verdict>>> answers;
    for (int i = 0; i < 200; ++i) {
        const auto promise = std::make_shared<std::promise<Result<Verdict>>>();
        answers.push_back(promise->get_future());
        ledger->accept(intake("MSH|one", "key-1"), [promise](Result<Verdict> v) { promise->set_value(std::move(v)); });
    }

    int accepted = 0;
    Id first;
    for (auto& answer : answers) {
        const Verdict verdict = answer.get().value();
        if (verdict.disposition == Disposition::accepted) ++accepted;
        if (!first) first = verdict.message;
        CHECK(verdict.message == first);
    }

    CHECK(accepted == 1);
}

TEST_CASE("intake: many threads, everything stored once, ids rise in each") {
    Ledger ledger;
    constexpr int kThreads = 8;
    constexpr int kEach = 200;
    std::vector<std::thread> threads;
    std::vector<std::vector<Id>> ids(kThreads);
    for (int t = 0; t < kThreads; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < kEach; ++i) {
                const std::string key = std::to_string(t) + "-" + std::to_string(i);
                IntakeRecord record = intake("MSH|" + key, key);
                record.message.keys = {{"control-id", key}};
                ids[static_cast<std::size_t>(t)].push_back(ledger.accept(std::move(record)).value().message);
            }
        });
    for (auto& thread : threads) thread.join();

    std::set<Id> distinct;
    for (const auto& mine : ids) {
        CHECK(std::is_sorted(mine.begin(), mine.end()));
        distinct.insert(mine.begin(), mine.end());
    }
    CHECK(distinct.size() == kThreads * kEach);
    CHECK(ledger.stored() == kThreads * kEach);
    CHECK(ledger->find({"control-id", "7-199"}, 10).value().size() == 1);
    CHECK(ledger->verify_events().value() == kThreads * kEach);
    CHECK(ledger->last_id() == *distinct.rbegin());
}

TEST_CASE("intake: a letter of several megabytes comes back whole") {
    Ledger ledger;
    std::string letter(6u << 20, 'x');
    for (std::size_t i = 0; i < letter.size(); i += 251) letter[i] = static_cast<char>(i);

    const Id id = ledger.message(letter);

    CHECK((ledger->message(id).value().message.body.reveal() == letter));
}

TEST_CASE("intake: a full disk refuses new messages, for later; what is owed goes on") {
    LedgerOptions options;
    options.min_free_bytes = 1ull << 62;
    Ledger ledger(options);

    const auto accepted = ledger.accept(intake("MSH|one"));
    const auto refused = ledger.refuse(intake("MSH|one"));

    REQUIRE(accepted.has_error());
    CHECK(accepted.error().issue == Issue::no_store);
    CHECK(accepted.error().retry == Retry::later);
    CHECK(accepted.error().hl7_code == 207);
    CHECK(refused.has_error());
    CHECK(ledger.append({0, {}, "decision.made", {}, {}, {}, {}}).has_value());
}

TEST_CASE("intake: numbered messages of a link are taken in order, in one transaction with their count") {
    Ledger ledger;
    const auto numbered = [](const std::string& key, std::int64_t number) {
        IntakeRecord record = intake("MSH|" + key, key);
        record.numbered = Numbered{"sequence/pas-in/PAS", number};
        return record;
    };
    const Verdict first = ledger.accept(numbered("a", 7)).value();
    CHECK(first.disposition == Disposition::accepted);
    CHECK(first.sequence == 7);
    CHECK(ledger.event_kinds(first.message) == std::vector<std::string>{"message.accepted", "sequence.counted"});

    const Verdict early = ledger.accept(numbered("b", 9)).value();
    CHECK(early.disposition == Disposition::refused);
    CHECK(early.sequence == 8);
    CHECK(early.outcome.issues.at(0).hl7_code == 207);
    CHECK(ledger->message(early.message)->disposition == Disposition::refused);

    const Verdict again = ledger.accept(numbered("a", 7)).value();
    CHECK(again.disposition == Disposition::duplicate);
    CHECK(again.sequence == 7);

    ledger.reopen();
    CHECK(ledger.accept(numbered("b", 7)).value().sequence == 8);
    CHECK(ledger.accept(numbered("b", 8)).value().disposition == Disposition::accepted);
    CHECK_FALSE(ledger.accept(intake("MSH|c", "c")).value().sequence);
    CHECK(ledger->verify_chain(std::nullopt)->faults.empty());
    CHECK(ledger->notes("sequence/")->at(0).value == "9");
}
