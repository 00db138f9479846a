#include <doctest/doctest.h>

#include <random>

#include "store/ledger_fixture.hpp"

using namespace causeway;
using test::intake;
using test::Ledger;
using Kind = OperatorAct::Kind;

namespace {

Progress held(Id obligation, std::string cause) {
    Progress progress;
    progress.obligation = obligation;
    progress.state = State::held;
    progress.owner = "team";
    progress.cause = std::move(cause);
    return progress;
}

Result<std::vector<Obligation>> redirect(Ledger& ledger, Id target, std::string to) {
    OperatorAct act{Kind::redirect, target, "nurse", "practice moved", {}, std::move(to), "Y90002", {}};
    return test::wait_for<std::vector<Obligation>>([&](auto done) { ledger->act(std::move(act), done); });
}

}  // namespace

TEST_CASE("waiting: what looks alike is one group, with its count, the urgent ones and the oldest") {
    Ledger ledger;
    const Instant first = ledger.clock.at;
    const auto one = ledger.routed(ledger.message(), {"pas", "practice"});
    ledger.clock.at += std::chrono::hours(1);
    const auto two = ledger.routed(ledger.message(), {"pas"});
    ledger.message();
    ledger.progress(held(one[1], "unknown ODS code Y12345")).value();

    std::map<std::string, WaitingGroup> groups;
    for (auto& group : ledger->waiting_groups().value()) groups[group.destination] = group;

    REQUIRE(groups.size() == 3);
    CHECK(groups[""].count == 1);
    CHECK(groups[""].urgent == 0);
    CHECK(groups[""].duty == Duty::process);
    CHECK(groups["pas"].count == 2);
    CHECK(groups["pas"].urgent == 2);
    CHECK(groups["pas"].oldest == first);
    CHECK(groups["pas"].oldest_urgent == first);
    CHECK(groups["practice"].state == State::held);
    CHECK(groups["practice"].owner == "team");
    CHECK(groups["practice"].cause == "unknown ODS code Y12345");
}

TEST_CASE("waiting: a filter shows its part only, page by page") {
    Ledger ledger;
    std::vector<Id> pas;
    for (int i = 0; i < 5; ++i) pas.push_back(ledger.routed(ledger.message(), {"pas", "practice"}).front());
    ledger.progress(held(pas[3], "closed")).value();

    WaitingFilter filter;
    filter.any_destination = false;
    filter.destination = "pas";
    filter.state = State::queued;
    filter.limit = 2;
    const auto page = ledger->waiting(filter).value();
    REQUIRE(page.size() == 2);
    CHECK(page[1].obligation.id == pas[1]);
    filter.after = page[1].obligation.id;
    const auto next = ledger->waiting(filter).value();
    REQUIRE(next.size() == 2);
    CHECK(next[1].obligation.id == pas[4]);

    WaitingFilter closed;
    closed.cause = "closed";
    CHECK(ledger->waiting(closed).value().at(0).obligation.id == pas[3]);
}

TEST_CASE("scan: every event with what it changed, from where one likes; the fold is what the ledger says") {
    Ledger ledger;
    const Id message = ledger.message();
    const auto owed = ledger.routed(message, {"pas"});
    ledger.start(owed[0]).value();
    Progress done;
    done.obligation = owed[0];
    done.state = State::delivered;
    done.answer = Payload("MSA|AA");
    ledger.progress(done).value();

    std::map<Id, Obligation> fold;
    int answers = 0;
    ledger
        ->scan({},
               [&](const LedgerRecord& record) {
                   if (record.created) fold[record.event.obligation] = *record.created;
                   if (record.change) apply(*record.change, fold.at(record.event.obligation));
                   answers += record.has_answer ? 1 : 0;
                   return true;
               })
        .value();

    REQUIRE(fold.size() == 2);
    for (const auto& [id, obligation] : fold) {
        CHECK(obligation.state == ledger.state(id));
        CHECK(obligation.attempts == ledger->obligation(id)->attempts);
    }
    CHECK(answers == 1);
    std::vector<std::int64_t> rest;
    ScanRange range;
    range.after = 3;
    ledger->scan(range, [&](const LedgerRecord& record) { return rest.push_back(record.event.sequence), true; })
        .value();
    CHECK(rest == std::vector<std::int64_t>{4, 5});
}

TEST_CASE("scan: by time, events and bodies") {
    Ledger ledger;
    const Instant start = ledger.clock.at;
    for (int day = 0; day < 4; ++day) {
        ledger.message("MSH|" + std::to_string(day));
        ledger.clock.at += std::chrono::hours(48);
    }
    const Instant from = start + std::chrono::hours(48);
    const Instant until = start + std::chrono::hours(3 * 48);

    int events = 0;
    ledger->scan({0, from, until}, [&](const LedgerRecord&) { return ++events, true; }).value();
    std::string bodies;
    ledger
        ->scan_bodies(from, until,
                      [&](const StoredMessage& stored) { return bodies += stored.message.body.reveal(), true; })
        .value();

    CHECK(events == 2);
    CHECK(bodies == "MSH|1MSH|2");
}

TEST_CASE("hours: what each channel took in") {
    Ledger ledger;
    ledger.message();
    ledger.refuse(intake("MSH|no")).value();
    ledger.clock.at += std::chrono::hours(1);
    ledger.message();
    ledger.message();

    const auto hours = ledger->intake_by_hour(Instant(), Instant::max()).value();

    REQUIRE(hours.size() == 2);
    CHECK(hours[0].accepted == 1);
    CHECK(hours[0].refused == 1);
    CHECK(hours[1].accepted == 2);
    CHECK(hours[1].channel == "pas-in");
    CHECK(ledger->intake_by_hour(ledger.clock.at, Instant::max()).value().size() == 1);
}

TEST_CASE("hours: what came on a feed is counted beside the channel") {
    Ledger ledger;
    for (const auto* feed : {"PAS|RXX", "LAB|RXX", "LAB|RXX", ""}) {
        auto record = test::intake("MSH|one");
        record.feed = feed;
        ledger.accept(std::move(record)).value();
    }
    auto refused = test::intake("MSH|bad");
    refused.feed = "PAS|RXX";
    ledger.refuse(std::move(refused)).value();
    ledger.reopen();

    const auto hours = ledger->intake_by_hour(Instant(), Instant::max()).value();

    REQUIRE(hours.size() == 3);
    CHECK((hours[0].feed.empty() && hours[0].accepted == 4 && hours[0].refused == 1));
    CHECK((hours[1].feed == "PAS|RXX" && hours[1].accepted == 1 && hours[1].refused == 1));
    CHECK((hours[2].feed == "LAB|RXX" && hours[2].accepted == 2 && hours[2].channel == "pas-in"));
}

TEST_CASE("notes: kept with their event until they are emptied") {
    Ledger ledger;
    const auto note = [&](std::string name, std::string value) {
        test::wait_for<void>([&](auto done) {
            ledger->note({name, value}, {0, {}, "incident.started", {}, {}, {}, {}}, done);
        }).value();
    };
    note("incident/queue/pas", "since noon");
    note("incident/silence", "x");
    note("rate/pas", "5");
    note("incident/silence", "");
    ledger.reopen();

    const auto notes = ledger->notes("incident/").value();

    REQUIRE(notes.size() == 1);
    CHECK(notes[0].name == "incident/queue/pas");
    CHECK(notes[0].value == "since noon");
    CHECK(ledger->events_after(0, 10).value().size() == 4);
}

TEST_CASE("operator: a delivery is redirected; both the old and the new one stay visible") {
    Ledger ledger;
    const Id message = ledger.message();
    const Id old = ledger.routed(message, {"practice"}).front();

    const auto changed = redirect(ledger, old, "other").value();

    REQUIRE(changed.size() == 2);
    CHECK(changed[0].state == State::filtered);
    CHECK(changed[0].rule == "redirected");
    CHECK(changed[1].destination == "other");
    CHECK(changed[1].organisation == "Y90002");
    CHECK(changed[1].lane == "other/lane");
    CHECK(ledger.state(changed[1].id) == State::queued);
    CHECK(ledger->obligations_of(message).value().size() == 3);
    CHECK(redirect(ledger, message, "other").error().issue == Issue::not_supported);
    CHECK(redirect(ledger, old, "other").error().issue == Issue::conflict);
}

TEST_CASE("operator: a held delivery is replayed for its destination alone, a held message as a whole") {
    Ledger ledger;
    const Id message = ledger.message();
    const auto owed = ledger.routed(message, {"pas", "practice"});
    ledger.progress(held(owed[1], "closed")).value();

    const auto changed = ledger.act(Kind::replay, owed[1]).value();

    REQUIRE(changed.size() == 2);
    CHECK(changed[0].rule == "replayed");
    CHECK(changed[1].duty == Duty::process);
    CHECK(changed[1].facts == R"({"only":"practice"})");
    CHECK(ledger.state(owed[0]) == State::queued);
    Routing again;
    again.process = changed[1].id;
    again.obligations = {ledger.obligation("practice"), ledger.obligation("practice")};
    again.obligations[1].duty = Duty::answer;
    ledger.route(again).value();
    CHECK(ledger.act(Kind::replay, again.obligations[0].id).value().size() == 3);
    CHECK(ledger.state(again.obligations[1].id) == State::filtered);  // Else two would wait for one answer.

    const Id second = ledger.message();
    CHECK(ledger.act(Kind::replay, second).error().issue == Issue::conflict);
    ledger.act(Kind::hold, second).value();
    CHECK(ledger.act(Kind::replay, second).value().size() == 2);
    CHECK(ledger.state(second) == State::filtered);
}

TEST_CASE("operator: a processing for one destination that is held is replayed for that alone") {
    Ledger ledger;
    const Id message = ledger.message();
    const auto owed = ledger.routed(message, {"pas", "practice"});
    const Id only = ledger.act(Kind::replay, owed[1]).value().back().id;
    ledger.act(Kind::hold, only).value();

    const auto again = ledger.act(Kind::replay, only).value();

    REQUIRE(again.size() == 2);
    CHECK(again[0].rule == "replayed");
    CHECK(again[1].facts == R"({"only":"practice"})");
    CHECK(ledger.state(owed[0]) == State::queued);
}

TEST_CASE("operator: a message has one new version, however often and by whomever it is amended") {
    Ledger ledger;
    const Id old = ledger.message("MSH|old");
    const auto amended = [&](Id message, const char* bytes) {
        IntakeRecord record = intake(bytes);
        record.amends = message;
        record.who = "nurse";
        record.reason = "wrong ward";
        return record;
    };
    // Two at once: whether or not one commit has them.
    std::promise<Result<Verdict>> one, other;
    ledger->accept(amended(old, "MSH|new"), [&](Result<Verdict> verdict) { one.set_value(std::move(verdict)); });
    ledger->accept(amended(old, "MSH|new"), [&](Result<Verdict> verdict) { other.set_value(std::move(verdict)); });
    const auto first = one.get_future().get().value(), second = other.get_future().get().value();

    CHECK(first.disposition == Disposition::accepted);
    CHECK(second.disposition == Disposition::duplicate);
    CHECK(second.message == first.message);
    CHECK(ledger->find({"amends", old.text()}, 5).value().size() == 1);
    CHECK(ledger->open_obligations({}, 10).value().size() == 1);
    const Id newest = ledger.accept(amended(first.message, "MSH|newest")).value().message;
    const auto events = ledger->last_sequence();
    CHECK(ledger.accept(amended(old, "MSH|new")).value().message == first.message);
    const auto third = ledger.accept(amended(old, "MSH|third"));
    REQUIRE(third.has_error());
    CHECK(third.error().issue == Issue::conflict);
    CHECK(third.error().what.find(newest.text()) != std::string::npos);
    CHECK(ledger.act(Kind::replay, old).error().issue == Issue::conflict);
    CHECK(ledger->last_sequence() == events);
}

TEST_CASE("operator: an amended message owes no more; both versions stay and name each other") {
    Ledger ledger;
    const Id old = ledger.message("MSH|old");
    const auto owed = ledger.routed(old, {"pas", "practice"});
    ledger.start(owed[0]).value();
    IntakeRecord amended = intake("MSH|new");
    amended.amends = old;
    amended.who = "nurse";
    amended.reason = "wrong ward";
    CHECK(ledger.accept(amended).error().issue == Issue::conflict);
    Progress done;
    done.obligation = owed[0];
    done.state = State::delivered;
    ledger.progress(done).value();

    const Id fresh = ledger.accept(amended).value().message;

    CHECK(ledger.state(owed[0]) == State::delivered);
    CHECK(ledger.state(owed[1]) == State::filtered);
    CHECK(ledger->obligation(owed[1]).value().rule == "amended");
    CHECK(ledger->message(old).value().message.body.reveal() == "MSH|old");
    CHECK(ledger->find({"amends", old.text()}, 5).value().at(0).id == fresh);
    CHECK(ledger->find({"amended-by", fresh.text()}, 5).value().at(0).id == old);
    CHECK(ledger.state(fresh) == State::queued);
    CHECK(ledger->verify_obligations().value().differences.empty());
}

TEST_CASE("bounded: with too much waiting, messages are refused for later and nothing is lost") {
    std::function<bool()> turn;
    LedgerOptions options;
    options.most_waiting = 3;
    options.drive = [&](std::function<bool()> given) { turn = std::move(given); };
    Ledger ledger(options);
    int stored = 0;
    std::vector<Error> refused;
    for (int i = 0; i < 5; ++i)
        ledger->accept(intake("MSH|" + std::to_string(i)), [&](Result<Verdict> verdict) {
            if (verdict)
                ++stored;
            else
                refused.push_back(verdict.error());
        });

    REQUIRE(refused.size() == 2);
    CHECK(refused[0].issue == Issue::throttled);
    CHECK(refused[0].hl7_code == 207);
    CHECK(refused[0].retry == Retry::later);
    while (turn()) {
    }
    CHECK(stored == 3);
    ledger->accept(intake("MSH|again"), [&](Result<Verdict> verdict) { stored += verdict ? 1 : 0; });
    ledger.close();
    CHECK(stored == 4);
}

TEST_CASE("bounded: a letter has room of its own, and small messages are taken while it waits") {
    std::function<bool()> turn;
    LedgerOptions options;
    options.most_waiting_bytes = 1u << 20;
    options.drive = [&](std::function<bool()> given) { turn = std::move(given); };
    Ledger ledger(options);
    std::mt19937 random(1);
    std::string letter(5u << 20, ' ');
    for (auto& byte : letter) byte = static_cast<char>(random());
    std::string stored, refused;
    const auto send = [&](const std::string& name, const std::string& body) {
        ledger->accept(intake("MSH|" + name + body),
                       [&, name](Result<Verdict> verdict) { (verdict ? stored : refused) += name; });
    };

    send("A", letter);
    send("b", "");
    send("C", letter);
    send("D", letter);
    send("e", "");

    CHECK(refused == "D");
    while (turn()) {
    }
    CHECK(stored == "AbCe");
}
