#include <doctest/doctest.h>

#include "store/ledger_fixture.hpp"

using namespace causeway;
using test::intake;
using test::Ledger;
using Kind = OperatorAct::Kind;

namespace {

Progress ended(Id obligation, State state) {
    Progress progress;
    progress.obligation = obligation;
    progress.state = state;
    progress.event.kind = state == State::held ? "attempt.refused" : "attempt.confirmed";
    return progress;
}

}  // namespace

TEST_CASE("operator: hold takes all that a message still owes, release gives it back at once") {
    Ledger ledger;
    const Id message = ledger.message();
    const auto owed = ledger.routed(message, {"pas", "practice"});

    const auto held = ledger.act(Kind::hold, message, "bookings").value();

    CHECK(held.size() == 2);
    CHECK(ledger->obligation(owed[0]).value().owner == "bookings");
    CHECK(ledger->obligation(owed[1]).value().state == State::held);
    const Event event = ledger.last_event(message);
    CHECK(event.kind == "obligation.held");
    CHECK(event.actor == "nurse.on.call");
    CHECK(event.detail == R"({"reason":"asked by the practice","owner":"bookings"})");

    ledger.clock.at += std::chrono::hours(2);
    const auto released = ledger.act(Kind::release, message).value();
    CHECK(released.size() == 2);
    CHECK(released[0].state == State::queued);
    CHECK(released[0].next_attempt_at == ledger.clock.at);
    CHECK(released[0].owner.empty());
    CHECK(ledger.last_event(message).kind == "obligation.released");
}

TEST_CASE("operator: one obligation can be held by itself, by default for who holds it") {
    Ledger ledger;
    const auto owed = ledger.routed(ledger.message(), {"pas", "practice"});

    CHECK(ledger.act(Kind::hold, owed[0]).value().at(0).owner == "nurse.on.call");

    CHECK(ledger.state(owed[0]) == State::held);
    CHECK(ledger.state(owed[1]) == State::queued);
}

TEST_CASE("operator: a cancelled obligation is filtered by the rule operator and stays so") {
    Ledger ledger;
    const Id message = ledger.message();
    const Id pas = ledger.routed(message, {"pas"}).front();

    REQUIRE(ledger.act(Kind::cancel, pas).has_value());

    CHECK(ledger->obligation(pas).value().state == State::filtered);
    CHECK(ledger->obligation(pas).value().rule == "operator");
    CHECK(ledger.last_event(message).kind == "obligation.cancelled");
    for (const Kind kind : {Kind::hold, Kind::release, Kind::cancel})
        CHECK(ledger.act(kind, pas).error().issue == Issue::conflict);
}

TEST_CASE("operator: what is in flight cannot be held or cancelled, nor anything beside it") {
    Ledger ledger;
    const Id message = ledger.message();
    const auto owed = ledger.routed(message, {"pas", "practice"});
    REQUIRE(ledger.start(owed[1]).has_value());

    for (const Kind kind : {Kind::hold, Kind::cancel})
        for (const Id target : {message, owed[1]}) {
            const auto result = ledger.act(kind, target);
            REQUIRE(result.has_error());
            CHECK(result.error().issue == Issue::conflict);
            CHECK(result.error().retry == Retry::later);
        }
    CHECK(ledger.state(owed[0]) == State::queued);
    CHECK(ledger.state(owed[1]) == State::in_flight);
}

TEST_CASE("operator: a replay owes the processing once more, under a new id and in the same lane") {
    Ledger ledger;
    const Id message = ledger.message();
    CHECK(ledger.act(Kind::replay, message).error().issue == Issue::conflict);
    ledger.progress(ended(ledger.routed(message, {"pas"})[0], State::delivered)).value();

    const auto replayed = ledger.act(Kind::replay, message).value();

    REQUIRE(replayed.size() == 1);
    CHECK(replayed[0].id > message);
    CHECK(replayed[0].duty == Duty::process);
    CHECK(replayed[0].lane == "pas-in/lane");
    CHECK(replayed[0].message == message);
    const Event event = ledger.last_event(message);
    CHECK(event.kind == "message.replayed");
    CHECK(event.actor == "nurse.on.call");
    CHECK(event.obligation == replayed[0].id);

    Routing routing;
    routing.process = replayed[0].id;
    routing.obligations = {ledger.obligation("pas")};
    CHECK(ledger.route(routing).has_value());
    CHECK(ledger->obligations_of(message).value().size() == 4);
}

TEST_CASE("operator: a replay ends what the message still owes, so that nothing is owed twice") {
    Ledger ledger;
    const Id message = ledger.message();
    Routing routing;
    routing.process = message;
    routing.obligations = {ledger.obligation("pas"), ledger.obligation("practice"), ledger.obligation("theatre"),
                           ledger.obligation("pas"), ledger.obligation("acks")};
    routing.obligations[3].duty = Duty::answer;
    routing.obligations[4].map = kAcknowledgementMap;
    REQUIRE(ledger.route(routing).has_value());
    std::vector<Id> owed;
    for (const Obligation& one : routing.obligations) owed.push_back(one.id);
    REQUIRE(ledger.start(owed[0]).has_value());
    ledger.progress(ended(owed[1], State::held)).value();
    ledger.progress(ended(owed[2], State::delivered)).value();

    const auto too_early = ledger.act(Kind::replay, message);
    REQUIRE(too_early.has_error());
    CHECK(too_early.error().retry == Retry::later);
    CHECK(ledger.state(owed[1]) == State::held);

    ledger.progress(ended(owed[0], State::held)).value();
    const auto changed = ledger.act(Kind::replay, message).value();

    REQUIRE(changed.size() == 4);
    for (const Id ended : {owed[0], owed[1], owed[3]}) {
        CHECK(ledger.state(ended) == State::filtered);
        CHECK(ledger->obligation(ended)->rule == "replayed");
    }
    CHECK(ledger.state(owed[2]) == State::delivered);
    CHECK(ledger.state(owed[4]) == State::queued);  // Its sender is told once.
    CHECK(changed.back().duty == Duty::process);
}

TEST_CASE("operator: only an accepted message can be replayed") {
    Ledger ledger;
    ledger.accept(intake("MSH|one", "key")).value();
    const Id conflict = ledger.accept(intake("MSH|two", "key")).value().message;
    const Id refused = ledger.refuse(intake("MSH|three")).value().message;

    CHECK(ledger.act(Kind::replay, conflict).error().issue == Issue::conflict);
    CHECK(ledger.act(Kind::replay, refused).error().issue == Issue::conflict);
}

TEST_CASE("operator: unknown ids and empty targets are said to be so") {
    Ledger ledger;
    const Id message = ledger.message();
    ledger.routed(message, {"pas"});

    for (const Kind kind : {Kind::hold, Kind::release, Kind::cancel, Kind::replay})
        CHECK(ledger.act(kind, Id{42}).error().issue == Issue::not_found);
    CHECK(ledger.act(Kind::release, message).error().issue == Issue::conflict);
}

TEST_CASE("operator: a message that is still to be processed can be held under its own id") {
    Ledger ledger;
    const Id message = ledger.message();

    REQUIRE(ledger.act(Kind::hold, message).has_value());

    CHECK(ledger.state(message) == State::held);
    Routing routing;
    routing.process = message;
    CHECK(ledger.route(routing).error().issue == Issue::conflict);
}
