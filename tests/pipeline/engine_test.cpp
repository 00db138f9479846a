#include "pipeline/engine.hpp"

#include <doctest/doctest.h>

#include <set>

#include "pipeline/adt_engine.hpp"

namespace causeway::pipeline {
namespace {

std::string rri(const std::string& control_id, const std::string& answers, const std::string& code = "AA") {
    return test::v2("RRI^I12", control_id, "MSA|" + code + "|" + answers + "\rRF1|A|R|||O|X1\r");
}

/// Of three patients.
std::vector<std::string> three_large() {
    std::vector<std::string> bodies;
    for (const auto& patient : {kOne, kOther, std::string("9990000034")})
        bodies.push_back(adt("C" + patient, patient) + "ZZZ|" + std::string(900'000, 'x') + "\r");
    return bodies;
}

/// Three deliveries at once could go to pas, which hangs; there is memory for two large ones.
void start_with_room_for_two(AdtEngine& engine, const std::string& stop_within) {
    engine.file("causeway.yaml", "state: ../var\nmappings: ../mappings\nops: off\nstop_within: " + stop_within +
                                     "\nmin_free_disk: 1MB\nbody_memory: 8MB\n");
    engine.destination("pas", "concurrency: 3\n");
    engine.peers.always("pas", Does::hang);
    engine.start();
}

TEST_CASE("engine: an accepted message is routed and delivered, and its story is told in order") {
    AdtEngine engine;
    engine.start();
    const auto verdict = engine.send("adt", adt("C1", kOne));
    CHECK(verdict.disposition == Disposition::accepted);
    CHECK(engine.becomes(verdict.message, "pas", State::delivered));
    CHECK(engine.becomes(verdict.message, "theatre", State::delivered));
    CHECK(engine.state(verdict.message, "") == State::delivered);
    const auto kinds = engine.kinds(verdict.message);
    REQUIRE(kinds.size() >= 8);
    CHECK(kinds[0] == "message.accepted");
    CHECK(engine.count(verdict.message, "route.matched") == 1);
    CHECK(engine.count(verdict.message, "obligation.created") == 2);
    CHECK(engine.count(verdict.message, "attempt.started") == 2);
    CHECK(engine.count(verdict.message, "attempt.confirmed") == 2);
    CHECK(engine.balances({verdict.message}));
}

TEST_CASE("engine: the receiver gets the bytes as received, under the id of the obligation") {
    AdtEngine engine;
    engine.start();
    const auto body = adt("C1", kOne);
    const auto message = engine.send("adt", body).message;
    REQUIRE(engine.becomes(message, "pas", State::delivered));
    const auto seen = engine.peers.seen("pas");
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].payload == body);
    CHECK(seen[0].obligation == engine.owed_to(message, "pas")->id.text());
    CHECK(seen[0].message == message.text());
    CHECK_FALSE(seen[0].repeated);
}

TEST_CASE("engine: a destination that is dead harms no other") {
    AdtEngine engine;
    engine.peers.always("pas", Does::fail_for_now);
    engine.start();
    const auto one = engine.send("adt", adt("C1", kOne)).message, two = engine.send("adt", adt("C2", kOne)).message;
    CHECK(engine.becomes(one, "theatre", State::delivered));
    CHECK(engine.becomes(two, "theatre", State::delivered));
    CHECK(engine.state(one, "pas") != State::delivered);
    CHECK(soon([&] { return engine.owed_to(one, "pas")->attempts >= 3; }));
    CHECK(engine.owed_to(two, "pas")->attempts == 0);
    CHECK(soon([&] { return engine.balances({one, two}); }));  // Attempts go on while it counts.
}

TEST_CASE("engine: what fails for now is sent again under the same id, and every attempt is counted") {
    AdtEngine engine;
    engine.peers.script("pas", {Does::fail_for_now, Does::refuse_for_now});
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    CHECK(engine.becomes(message, "pas", State::delivered));
    CHECK(engine.owed_to(message, "pas")->attempts == 3);
    const auto seen = engine.peers.seen("pas");
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].obligation == seen[2].obligation);
    CHECK(seen[0].payload == seen[2].payload);
    CHECK(seen[2].repeated);
    CHECK(engine.count(message, "attempt.failed") == 1);
    CHECK(engine.count(message, "attempt.refused") == 1);
    CHECK(engine.count(message, "attempt.started") == 4);  // Three to the PAS, one to the theatre.
}

TEST_CASE("engine: what is tried for too long is held for the destination's owner") {
    AdtEngine engine;
    engine.destination("pas", "", "100ms");
    engine.peers.always("pas", Does::fail_for_now);
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    CHECK(engine.becomes(message, "pas", State::held));
    CHECK(engine.owed_to(message, "pas")->owner == "pas-team");
    CHECK(engine.owed_to(message, "pas")->cause.find("Given up") != std::string::npos);
}

TEST_CASE("engine: what a receiver refuses is held for its owner and blocks its lane, until it is released") {
    AdtEngine engine;
    engine.peers.script("pas", {Does::refuse});
    engine.start();
    const auto one = engine.send("adt", adt("C1", kOne)).message;
    CHECK(engine.becomes(one, "pas", State::held));
    CHECK(engine.owed_to(one, "pas")->owner == "pas-team");
    CHECK(engine.owed_to(one, "pas")->cause == "Refused by pas: AE 102 at PID-3");
    const auto same = engine.send("adt", adt("C2", kOne)).message;
    const auto other = engine.send("adt", adt("C3", kOther)).message;
    CHECK(engine.becomes(other, "pas", State::delivered));
    CHECK(engine.state(same, "pas") == State::queued);
    CHECK(engine.balances({one, same, other}));

    REQUIRE(engine.act(OperatorAct::Kind::release, engine.owed_to(one, "pas")->id).has_value());
    CHECK(engine.becomes(one, "pas", State::delivered));
    CHECK(engine.becomes(same, "pas", State::delivered));
    const auto seen = engine.peers.seen("pas");
    CHECK(seen[seen.size() - 2].message == one.text());
    CHECK(seen.back().message == same.text());
}

TEST_CASE("engine: cancelling what is held lets its lane go on") {
    AdtEngine engine;
    engine.peers.script("pas", {Does::refuse});
    engine.start();
    const auto one = engine.send("adt", adt("C1", kOne)).message;
    REQUIRE(engine.becomes(one, "pas", State::held));
    const auto same = engine.send("adt", adt("C2", kOne)).message;
    REQUIRE(engine.act(OperatorAct::Kind::cancel, engine.owed_to(one, "pas")->id).has_value());
    CHECK(engine.becomes(same, "pas", State::delivered));
    CHECK(engine.state(one, "pas") == State::filtered);
    CHECK(engine.owed_to(one, "pas")->rule == "operator");
    CHECK(engine.balances({one, same}));
}

TEST_CASE("engine: an operator holds what waits, and it does not run until it is released") {
    AdtEngine engine;
    engine.peers.always("pas", Does::fail_for_now);
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    REQUIRE(engine.becomes(message, "theatre", State::delivered));
    CHECK(soon([&] { return engine.act(OperatorAct::Kind::hold, engine.owed_to(message, "pas")->id).has_value(); }));
    const auto attempts = engine.peers.seen("pas").size();
    std::this_thread::sleep_for(200ms);
    CHECK(engine.peers.seen("pas").size() == attempts);
    CHECK(engine.owed_to(message, "pas")->owner == "operator");
    engine.peers.always("pas", Does::confirm);
    REQUIRE(engine.act(OperatorAct::Kind::release, message).has_value());
    CHECK(engine.becomes(message, "pas", State::delivered));
}

TEST_CASE("engine: an unknown outcome is held where the destination says hold") {
    AdtEngine engine;
    engine.peers.script("pas", {Does::lose});
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    CHECK(engine.becomes(message, "pas", State::held));
    CHECK(engine.peers.seen("pas").size() == 1);
    CHECK(engine.count(message, "attempt.unknown") == 1);
}

TEST_CASE("engine: an unknown outcome is sent again under the same id where it says resend") {
    AdtEngine engine;
    engine.destination("pas", "unknown: resend\n");
    engine.peers.script("pas", {Does::lose});
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    CHECK(engine.becomes(message, "pas", State::delivered));
    const auto seen = engine.peers.seen("pas");
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].obligation == seen[1].obligation);
    CHECK(seen[1].repeated);
}

TEST_CASE("engine: order holds within a patient, and patients run side by side up to the concurrency") {
    AdtEngine engine;
    engine.destination("pas", "concurrency: 2\n");
    engine.peers.always("pas", Does::hang);
    engine.start();
    std::vector<Id> sent;
    for (int i = 0; i < 12; ++i) {
        const auto patient = i % 3 == 0 ? kOne : i % 3 == 1 ? kOther : std::string("9990000034");
        sent.push_back(engine.send("adt", adt("C" + std::to_string(i), patient)).message);
    }
    CHECK(soon([&] { return engine.peers.seen("pas").size() == 2; }));
    engine.peers.let_go();
    CHECK(engine.settles());
    CHECK(engine.peers.most_at_once("pas") == 2);
    std::map<std::string, std::string> last;
    for (const auto& seen : engine.peers.seen("pas")) {
        const auto patient = seen.payload.substr(seen.payload.find("PID|1||") + 7, 10);
        CHECK(last[patient] < seen.message);
        last[patient] = seen.message;
    }
    CHECK(engine.balances(sent));
}

TEST_CASE(
    "engine: few large messages are in memory at once, every one is delivered, and no destination waits for another") {
    AdtEngine engine;
    start_with_room_for_two(engine, "1s");
    std::vector<Id> sent;
    const auto bodies = three_large();
    for (const auto& body : bodies) sent.push_back(engine.send("adt", body).message);
    for (const auto message : sent) CHECK(engine.becomes(message, "theatre", State::delivered));
    CHECK(engine.peers.most_at_once("pas") == 2);
    engine.peers.let_go();
    CHECK(engine.settles());
    CHECK(engine.peers.most_at_once("pas") == 2);
    CHECK(engine.balances(sent));
    std::set<std::string> arrived;
    for (const auto& seen : engine.peers.seen("pas")) arrived.insert(seen.payload);
    const bool unchanged = arrived == std::set<std::string>(bodies.begin(), bodies.end());
    CHECK(unchanged);
}

TEST_CASE("engine: once a stop has begun, what waits for memory is not attempted any more") {
    AdtEngine engine;
    start_with_room_for_two(engine, "5s");
    std::vector<Id> sent;
    for (const auto& body : three_large()) sent.push_back(engine.send("adt", body).message);
    for (const auto message : sent) CHECK(engine.becomes(message, "theatre", State::delivered));
    CHECK(soon([&] { return engine.peers.seen("pas").size() == 2; }));
    std::thread stopping([&] { engine.run(engine->stop()); });
    CHECK(soon([&] { return !engine->ready(); }));
    std::this_thread::sleep_for(30ms);
    engine.peers.let_go();
    stopping.join();
    CHECK(engine.peers.seen("pas").size() == 2);
    CHECK(engine.totals()[State::queued] == 1);
    CHECK(engine.balances(sent));
    engine.crash();
    engine.start();
    engine.peers.let_go();
    CHECK(engine.settles());
    CHECK(engine.peers.seen("pas").size() == 3);
    CHECK(engine.balances(sent));
}

TEST_CASE("engine: the replay of a message whose delivery is held goes, once, and what is behind it goes too") {
    AdtEngine engine;
    engine.peers.script("pas", {Does::refuse});
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    CHECK(engine.becomes(message, "pas", State::held));
    CHECK(engine.becomes(message, "theatre", State::delivered));
    const auto behind = engine.send("adt", adt("C2", kOne)).message;
    CHECK(engine.becomes(behind, "theatre", State::delivered));
    const auto held = engine.owed_to(message, "pas")->id;
    REQUIRE(engine.act(OperatorAct::Kind::replay, message).has_value());
    CHECK(engine.settles());
    CHECK(engine.becomes(behind, "pas", State::delivered));
    CHECK(engine.store().obligation(held)->rule == "replayed");
    CHECK(engine.peers.seen("pas").size() == 3);
    CHECK(engine.act(OperatorAct::Kind::release, held).has_error());
    CHECK(engine.totals()[State::held] == 0);
    CHECK(engine.balances({message, behind}));
}

TEST_CASE("engine: a merge waits for both patients, and what comes after waits for it") {
    AdtEngine engine;
    engine.destination("pas", "concurrency: 8\n");
    engine.peers.always("pas", Does::hang);
    engine.start();
    const auto one = engine.send("adt", adt("C1", kOne)).message, other = engine.send("adt", adt("C2", kOther)).message;
    const auto merge =
        engine
            .send("adt", test::v2("ADT^A40", "C3",
                                  "EVN|A40|20261121093000\rPID|1||" + kOne + "^^^NHS\rMRG|" + kOther + "^^^NHS\r"))
            .message;
    const auto after = engine.send("adt", adt("C4", kOther)).message;
    CHECK(soon([&] { return engine.peers.seen("pas").size() == 2; }));
    std::this_thread::sleep_for(30ms);
    CHECK(engine.peers.seen("pas").size() == 2);
    engine.peers.let_go();
    CHECK(engine.settles());
    const auto seen = engine.peers.seen("pas");
    REQUIRE(seen.size() == 4);
    CHECK(seen[2].message == merge.text());
    CHECK(seen[3].message == after.text());
    CHECK(engine.balances({one, other, merge, after}));
}

TEST_CASE("engine: what no route takes is held for the channel's owner, and other messages go on") {
    AdtEngine engine;
    engine.start();
    const auto lost = engine.send("adt", test::v2("SIU^S12", "C1", "PID|1||" + kOne + "^^^NHS\r")).message;
    CHECK(engine.becomes(lost, "", State::held));
    CHECK(engine.owed_to(lost, "")->owner == "adt-team");
    CHECK(engine.owed_to(lost, "")->cause.find("No route takes this message") != std::string::npos);
    const auto next = engine.send("adt", adt("C2", kOne)).message;
    CHECK(engine.becomes(next, "pas", State::delivered));
    CHECK(engine.balances({lost, next}));
}

TEST_CASE("engine: what no route took goes through a repaired configuration by its replay") {
    AdtEngine engine;
    engine.start();
    const auto lost = engine.send("adt", test::v2("SIU^S12", "C1", "PID|1||" + kOne + "^^^NHS\r")).message;
    REQUIRE(engine.becomes(lost, "", State::held));
    engine.route("siu", "from: [adt]\nwhen: \"MSH-9.1 = 'SIU'\"\nto: [{destination: theatre}]\n");
    REQUIRE(engine.reload().empty());

    REQUIRE(engine.act(OperatorAct::Kind::replay, lost).has_value());
    CHECK(engine.becomes(lost, "theatre", State::delivered));
    CHECK(engine.count(lost, "message.replayed") == 1);
    CHECK(engine.count(lost, "obligation.filtered") == 1);
    CHECK(engine.balances({lost}));
}

TEST_CASE("engine: a filter ends a message by its name, with the reason") {
    AdtEngine engine;
    engine.route("notices",
                 "from: [adt]\nwhen: \"MSH-9.1 = 'SIU'\"\nfilter: appointment-notice\n"
                 "reason: Nobody is owed it.\n");
    engine.start();
    const auto message = engine.send("adt", test::v2("SIU^S12", "C1", "PID|1\r")).message;
    CHECK(engine.becomes(message, "", State::filtered));
    CHECK(engine.owed_to(message, "")->rule == "appointment-notice");
    CHECK(engine.owed_to(message, "")->cause == "Nobody is owed it.");
    CHECK(engine.balances({message}));
}

TEST_CASE("engine: what a map cannot make is held for its destination, with the place and no patient data") {
    TestEngine engine;
    engine.map("strict",
               "map strict   v2 2.1..2.9 ADT^A28   ->   Patient   version 1\n\n"
               "resource Patient\n  PID-7   ->   birthDate : DTM.date   else reject 102\n");
    engine.adt_to("[{destination: pas, map: strict}]");
    engine.start();
    auto wrong = adt("C1", kOne);
    wrong.replace(wrong.find("19660909"), 8, "19661345");
    const auto held = engine.send("adt", wrong).message;
    CHECK(engine.becomes(held, "pas", State::held));
    const auto cause = engine.owed_to(held, "pas")->cause;
    CHECK(engine.owed_to(held, "pas")->owner == "pas-team");
    CHECK(cause.find("PID-7") != std::string::npos);
    CHECK(cause.find("19661345") == std::string::npos);
    CHECK(engine.peers.seen("pas").empty());
    const auto good = engine.send("adt", adt("C2", kOther)).message;
    CHECK(engine.becomes(good, "pas", State::delivered));
    CHECK(engine.peers.seen("pas").front().media_type == kFhirJson);
    CHECK(engine.balances({held, good}));
}

// ---------------------------------------------------------------------------------------- duplicates

TEST_CASE("engine: a duplicate gets the same verdict and owes nothing new") {
    AdtEngine engine;
    engine.start();
    auto body = adt("C1", "9990000019");  // A wrong check digit: accepted with a warning.
    const auto first = engine.send("adt", body), again = engine.send("adt", body);
    CHECK(first.disposition == Disposition::accepted);
    CHECK(again.disposition == Disposition::duplicate);
    CHECK(again.message == first.message);
    CHECK(again.at == first.at);
    CHECK(again.http_status == first.http_status);
    CHECK(again.config_hash == first.config_hash);
    CHECK(to_json(again.outcome) == to_json(first.outcome));
    CHECK(engine.settles());
    CHECK(engine.peers.seen("pas").size() == 1);
    CHECK(engine.balances({first.message}));
}

TEST_CASE("engine: the same id with other bytes is a conflict, kept apart and owed to nobody") {
    AdtEngine engine;
    engine.start();
    const auto first = engine.send("adt", adt("C1", kOne)), other = engine.send("adt", adt("C1", kOther));
    CHECK(other.disposition == Disposition::conflict);
    CHECK(other.http_status == 409);
    REQUIRE(other.outcome.issues.size() == 1);
    CHECK(other.outcome.issues[0].hl7_code == 205);
    CHECK(engine.settles());
    CHECK(engine.peers.seen("pas").size() == 1);
    CHECK(engine.owed(other.message).empty());
    CHECK(engine.balances({first.message}));
}

TEST_CASE("engine: a channel of devices that use ids again takes both, with a warning") {
    AdtEngine engine;
    engine.channel("adt", "conflict: warn\n");
    engine.start();
    engine.send("adt", adt("C1", kOne));
    const auto other = engine.send("adt", adt("C1", kOther));
    CHECK(other.disposition == Disposition::accepted);
    CHECK(other.outcome.issues.size() == 1);
    CHECK(engine.becomes(other.message, "pas", State::delivered));
}

TEST_CASE("engine: a refused message is stored, owes nothing, and may come again corrected under its id") {
    AdtEngine engine;
    engine.channel("adt");
    engine.start();
    const auto refused = engine.send("adt", adt("C1", "9990000019"));
    CHECK(refused.disposition == Disposition::refused);
    CHECK(engine.store().message(refused.message)->disposition == Disposition::refused);
    CHECK(engine.owed(refused.message).empty());
    const auto corrected = engine.send("adt", adt("C1", kOne));
    CHECK(corrected.disposition == Disposition::accepted);
    CHECK(engine.settles());
    CHECK(engine.balances({corrected.message}));
}

// ---------------------------------------------------------------------------------------- answers

/// adt goes to pas, which owes an answer; other messages of the channel have no route.
struct AnsweringEngine : TestEngine {
    explicit AnsweringEngine(const std::string& within = "10s") {
        adt_to("[{destination: pas, answer_within: " + within + ", answer_owner: answer-team}]");
    }
};

TEST_CASE("engine: a delivery that is only acknowledged leaves its answer owed") {
    AnsweringEngine engine;
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    CHECK(engine.becomes(message, "pas", State::delivered));
    CHECK(engine.state(message, "pas", Duty::answer) == State::queued);
    CHECK(engine.balances({message}));
}

TEST_CASE("engine: an RRI as the direct answer ends the wait") {
    AnsweringEngine engine;
    engine.peers.script("pas", {Does::answer_rri});
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    CHECK(engine.becomes(message, "pas", State::delivered, Duty::answer));
    CHECK(engine.count(message, "answer.received") == 1);
    CHECK(engine.balances({message}));
}

TEST_CASE("engine: an RRI as a message of its own ends the wait by MSA-2, and needs no route") {
    AnsweringEngine engine;
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    REQUIRE(engine.becomes(message, "pas", State::delivered));
    const auto answer = engine.send("adt", rri("R1", engine.owed_to(message, "pas")->id.text())).message;
    CHECK(engine.becomes(message, "pas", State::delivered, Duty::answer));
    CHECK(engine.becomes(answer, "", State::delivered));
    const auto answers = engine.store().answers_of(message).value();
    CHECK(std::any_of(answers.begin(), answers.end(),
                      [](const auto& one) { return one.answer.reveal().find("RRI^I12") != std::string_view::npos; }));
    CHECK(engine.balances({message, answer}));
}

TEST_CASE("engine: an answer that says no is held for who awaits it") {
    AnsweringEngine engine;
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    REQUIRE(engine.becomes(message, "pas", State::delivered));
    const auto answer = engine.send("adt", rri("R1", engine.owed_to(message, "pas")->id.text(), "AE")).message;
    CHECK(engine.becomes(message, "pas", State::held, Duty::answer));
    CHECK(engine.owed_to(message, "pas", Duty::answer)->owner == "answer-team");
    CHECK(engine.owed_to(message, "pas", Duty::answer)->cause.find("answered AE") != std::string::npos);
    CHECK(engine.becomes(answer, "", State::delivered));
    CHECK(engine.balances({message, answer}));
}

TEST_CASE("engine: a foreign answer matches nothing and is held for the channel's owner") {
    AnsweringEngine engine;
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    REQUIRE(engine.becomes(message, "pas", State::delivered));
    const auto answer = engine.send("adt", rri("R1", "SOMEBODY-ELSES")).message;
    CHECK(engine.becomes(answer, "", State::held));
    CHECK(engine.state(message, "pas", Duty::answer) == State::queued);
}

TEST_CASE("engine: an answer that does not come in time is held for its owner, and still ends when it comes late") {
    AnsweringEngine engine("150ms");
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    CHECK(engine.becomes(message, "pas", State::held, Duty::answer));
    CHECK(engine.owed_to(message, "pas", Duty::answer)->owner == "answer-team");
    CHECK(engine.owed_to(message, "pas", Duty::answer)->cause == "No answer from pas in time.");
    const auto next = engine.send("adt", adt("C2", kOne)).message;
    CHECK(engine.becomes(next, "pas", State::delivered));  // A late answer stands in nobody's way.
    const auto late = engine.send("adt", rri("R1", engine.owed_to(message, "pas")->id.text())).message;
    CHECK(engine.becomes(message, "pas", State::delivered, Duty::answer));
    CHECK(engine.becomes(next, "pas", State::held, Duty::answer));
    CHECK(engine.settles());
    CHECK(engine.balances({message, next, late}));
}

TEST_CASE("engine: as the limit of the ledger comes near each sender waits a little, and is served") {
    AdtEngine engine;
    engine.start();
    engine.send("adt", adt("C1", kOne));
    engine.store().set_limits(engine.store().space().used_bytes * 100 / 95, 0);
    engine.send("adt", adt("C2", kOne));  // The ledger looks at its limit with each message.
    const auto pressure = engine.store().pressure();
    REQUIRE(pressure > 0);
    const auto begun = std::chrono::steady_clock::now();
    CHECK(engine.send("adt", adt("C3", kOne)).disposition == Disposition::accepted);
    CHECK(std::chrono::steady_clock::now() - begun >= std::chrono::milliseconds(static_cast<int>(100 * pressure)));
}

}  // namespace
}  // namespace causeway::pipeline
