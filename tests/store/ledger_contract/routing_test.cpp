#include <doctest/doctest.h>

#include <algorithm>

#include "store/ledger_fixture.hpp"

using namespace causeway;
using test::Ledger;

namespace {

using Kinds = std::vector<std::string>;

Progress ends(Id obligation, State state, std::string kind = {}) {
    Progress progress;
    progress.obligation = obligation;
    progress.state = state;
    progress.event.kind = std::move(kind);
    return progress;
}

}  // namespace

TEST_CASE("routing: processing is replaced by one obligation a destination") {
    Ledger ledger;
    const Id message = ledger.message();
    Routing routing;
    routing.process = message;
    routing.obligations = {ledger.obligation("pas"), ledger.obligation("practice")};
    routing.events = {{0, {}, "route.matched", {}, message, {}, R"({"route":"letters"})"}};
    routing.keys = {{"document", "doc-1"}};

    REQUIRE(ledger.route(routing).has_value());

    CHECK(ledger.state(message) == State::delivered);
    const auto owed = ledger->obligations_of(message).value();
    REQUIRE(owed.size() == 3);
    const Obligation& pas = owed[1];
    CHECK(pas.id == routing.obligations[0].id);
    CHECK(pas.message == message);
    CHECK(pas.duty == Duty::deliver);
    CHECK(pas.state == State::queued);
    CHECK(pas.route == "letters");
    CHECK(pas.destination == "pas");
    CHECK(pas.organisation == "A81001");
    CHECK(pas.map == "mdm-to-document");
    CHECK(pas.lane == "pas/lane");
    CHECK(pas.priority == Priority::urgent);
    CHECK(pas.facts == R"({"practice":"A81001"})");
    CHECK(pas.created_at == ledger.clock.at);
    CHECK(ledger.event_kinds(message) ==
          Kinds{"message.accepted", "route.matched", "obligation.created", "obligation.created"});
    CHECK(ledger->find({"document", "doc-1"}, 5).value().at(0).id == message);
    CHECK(ledger->message(message).value().message.keys == routing.keys);
}

TEST_CASE("routing: what the caller says about an obligation is not said twice") {
    Ledger ledger;
    const Id message = ledger.message();
    Routing routing;
    routing.process = message;
    routing.obligations = {ledger.obligation("pas")};
    routing.events = {{0, {}, "obligation.created", {}, routing.obligations[0].id, {}, {}}};

    REQUIRE(ledger.route(routing).has_value());

    const auto kinds = ledger.event_kinds(message);
    CHECK(std::count(kinds.begin(), kinds.end(), "obligation.created") == 1);
}

TEST_CASE("routing: a filtered message names the rule, a held one the owner") {
    Ledger ledger;
    Routing filtered;
    filtered.process = ledger.message();
    filtered.end = State::filtered;
    filtered.rule = "no-route";
    Routing held;
    held.process = ledger.message();
    held.end = State::held;
    held.owner = "bookings";
    held.cause = "practice closed";

    REQUIRE(ledger.route(filtered).has_value());
    REQUIRE(ledger.route(held).has_value());

    CHECK(ledger->obligation(filtered.process).value().rule == "no-route");
    CHECK(ledger.last_event(filtered.process).kind == "obligation.filtered");
    CHECK(ledger->obligation(held.process).value().owner == "bookings");
    CHECK(ledger.last_event(held.process).kind == "obligation.held");
    CHECK(ledger.last_event(held.process).detail == R"({"owner":"bookings","cause":"practice closed"})");
}

TEST_CASE("routing: a message is routed once") {
    Ledger ledger;
    const Id message = ledger.message();
    ledger.routed(message, {"pas"});

    Routing again;
    again.process = message;
    const auto result = ledger.route(again);

    REQUIRE(result.has_error());
    CHECK(result.error().issue == Issue::conflict);
    Routing unknown;
    unknown.process = Id{42};
    CHECK(ledger.route(unknown).error().issue == Issue::not_found);
}

TEST_CASE("routing: an id that is in use spoils its own routing and leaves no trace") {
    Ledger ledger;
    const Id first = ledger.message();
    const Id second = ledger.message();
    Routing routing;
    routing.process = first;
    routing.obligations = {ledger.obligation("pas")};
    REQUIRE(ledger.route(routing).has_value());
    routing.process = second;

    const auto result = ledger.route(routing);

    REQUIRE(result.has_error());
    CHECK(result.error().issue == Issue::duplicate);
    CHECK(ledger.state(second) == State::queued);
    CHECK(ledger.event_kinds(second) == Kinds{"message.accepted"});
}

TEST_CASE("attempts: each one is counted, and a confirmed one ends the obligation with its answer") {
    Ledger ledger;
    const Id message = ledger.message();
    const Id pas = ledger.routed(message, {"pas"}).front();

    REQUIRE(ledger.start(pas).has_value());
    CHECK(ledger.state(pas) == State::in_flight);
    Progress retry = ends(pas, State::queued, "attempt.failed");
    retry.next_attempt_at = ledger.clock.at + std::chrono::seconds(30);
    retry.cause = "connection refused";
    REQUIRE(ledger.progress(retry).has_value());
    CHECK(ledger->obligation(pas).value().next_attempt_at == retry.next_attempt_at);
    CHECK(ledger->obligation(pas).value().cause == "connection refused");
    REQUIRE(ledger.start(pas).has_value());
    Progress confirmed = ends(pas, State::delivered, "attempt.confirmed");
    confirmed.answer = Payload("MSA|AA|1");
    REQUIRE(ledger.progress(confirmed).has_value());

    CHECK(ledger->obligation(pas).value().attempts == 2);
    CHECK(ledger.state(pas) == State::delivered);
    const auto answers = ledger->answers_of(message).value();
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].obligation == pas);
    CHECK(answers[0].answer.reveal() == "MSA|AA|1");
    CHECK(ledger.event_kinds(message) == Kinds{"message.accepted", "route.matched", "obligation.created",
                                               "attempt.started", "attempt.failed", "attempt.started",
                                               "attempt.confirmed"});
}

TEST_CASE("attempts: an obligation that has ended never moves again") {
    Ledger ledger;
    const Id pas = ledger.routed(ledger.message(), {"pas"}).front();
    REQUIRE(ledger.start(pas).has_value());
    REQUIRE(ledger.progress(ends(pas, State::delivered)).has_value());

    for (const State state : {State::queued, State::held, State::filtered, State::delivered}) {
        const auto result = ledger.progress(ends(pas, state));
        REQUIRE(result.has_error());
        CHECK(result.error().issue == Issue::conflict);
    }
    CHECK(ledger.start(pas).error().issue == Issue::conflict);
    CHECK(ledger.state(pas) == State::delivered);
}

TEST_CASE("attempts: only one is in flight, and a held obligation waits for its operator") {
    Ledger ledger;
    const Id pas = ledger.routed(ledger.message(), {"pas"}).front();
    REQUIRE(ledger.start(pas).has_value());
    CHECK(ledger.start(pas).error().issue == Issue::conflict);
    Progress held = ends(pas, State::held, "attempt.unknown");
    held.owner = "integration";
    held.cause = "no answer in time";
    REQUIRE(ledger.progress(held).has_value());

    CHECK(ledger.start(pas).error().issue == Issue::conflict);
    CHECK(ledger.progress(ends(pas, State::delivered)).error().issue == Issue::conflict);
    CHECK(ledger.start(Id{7}).error().issue == Issue::not_found);
    CHECK(ledger.progress(ends(Id{7}, State::delivered)).error().issue == Issue::not_found);
    CHECK(ledger->obligation(pas).value().owner == "integration");
}

TEST_CASE("attempts: a state that the caller's event does not tell gets an event of its own") {
    Ledger ledger;
    const Id message = ledger.message();
    const auto owed = ledger.routed(message, {"pas", "practice"});
    REQUIRE(ledger.start(owed[0]).has_value());
    Progress held = ends(owed[0], State::held, "attempt.refused");
    held.owner = "bookings";
    REQUIRE(ledger.progress(held).has_value());
    CHECK(ledger.last_event(message).kind == "obligation.held");
    CHECK(ledger.last_event(message).detail == R"({"owner":"bookings"})");

    Progress filtered = ends(owed[1], State::filtered);
    filtered.rule = "opt-out";
    REQUIRE(ledger.progress(filtered).has_value());
    CHECK(ledger.last_event(message).kind == "obligation.filtered");
}

TEST_CASE("attempts: a business answer that comes late still ends what was held for it") {
    Ledger ledger;
    Routing routing;
    routing.process = ledger.message();
    routing.obligations = {ledger.obligation("pas")};
    routing.obligations[0].duty = Duty::answer;
    REQUIRE(ledger.route(routing).has_value());
    const Id answer = routing.obligations[0].id;
    REQUIRE(ledger.progress(ends(answer, State::held)).has_value());

    CHECK(ledger.progress(ends(answer, State::delivered, "attempt.confirmed")).has_value());
    CHECK(ledger.state(answer) == State::delivered);
}

TEST_CASE("clocks: they go forward only, and each move is an event") {
    Ledger ledger;
    Routing routing;
    routing.process = ledger.message();
    PathwayClock clock;
    clock.id = ledger->ids().next(ledger.clock.at);
    clock.name = "first-contact";
    clock.owner = "referral team";
    clock.rule = "referral/3 contact-within-48h";
    clock.stop_when = "type = 'SIU'";
    clock.warn_at = ledger.clock.at + std::chrono::hours(40);
    clock.breach_at = ledger.clock.at + std::chrono::hours(48);
    routing.clocks = {clock};
    REQUIRE(ledger.route(routing).has_value());

    const auto running = ledger->running_clocks().value();
    REQUIRE(running.size() == 1);
    CHECK(running[0].id == clock.id);
    CHECK(running[0].message == routing.process);
    CHECK(running[0].name == clock.name);
    CHECK(running[0].owner == clock.owner);
    CHECK(running[0].rule == clock.rule);
    CHECK(running[0].stop_when == clock.stop_when);
    CHECK(running[0].started_at == ledger.clock.at);
    CHECK(running[0].warn_at == clock.warn_at);
    CHECK(running[0].breach_at == clock.breach_at);

    CHECK(ledger.move_clock(clock.id, PathwayClock::State::warned).has_value());
    CHECK(ledger.move_clock(clock.id, PathwayClock::State::breached).has_value());
    CHECK(ledger.move_clock(clock.id, PathwayClock::State::warned).error().issue == Issue::conflict);
    CHECK(ledger->running_clocks().value().size() == 1);
    CHECK(ledger.move_clock(clock.id, PathwayClock::State::stopped).has_value());
    CHECK(ledger.move_clock(clock.id, PathwayClock::State::stopped).error().issue == Issue::conflict);
    CHECK(ledger.move_clock(Id{7}, PathwayClock::State::stopped).error().issue == Issue::not_found);

    CHECK(ledger->running_clocks().value().empty());
    CHECK(ledger->clocks_of(routing.process).value().at(0).state == PathwayClock::State::stopped);
    CHECK(ledger.event_kinds(routing.process) == Kinds{"message.accepted", "route.matched", "clock.started",
                                                       "clock.warned", "clock.breached", "clock.stopped"});
}
