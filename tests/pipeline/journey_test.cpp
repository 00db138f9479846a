/// Referrals with their promises, letters with their practices, and what is known of patients.

#include <doctest/doctest.h>

#include "support/referral_world.hpp"

namespace causeway::pipeline {
namespace {

using namespace std::chrono_literals;
using test::Does;
using test::Referral;
using test::ReferralWorld;
using test::soon;
using Running = PathwayClock::State;

bool is_held_for(ReferralWorld& world, Id letter, const std::string& owner, const std::string& words) {
    if (!world.becomes(letter, "gp-practices", State::held)) return false;
    const auto held = *world.owed_to(letter, "gp-practices");
    return held.owner == owner && held.cause.find(words) != std::string::npos;
}

// ---------------------------------------------------------------------------------------- promises

TEST_CASE("a referral is decided with its reasons, and its promise runs from its receipt") {
    ReferralWorld world;
    world.start();
    const auto verdict = world.post("referrals", test::json({}));
    CHECK(world.becomes(verdict.message, "pas", State::delivered));
    CHECK(world.count(verdict.message, "decision.made") == 1);
    CHECK(world.count(verdict.message, "clock.started") == 1);
    const auto clock = world.clock_of(verdict.message);
    CHECK(clock.name == "first-contact");
    CHECK(clock.owner == "booking-team");
    CHECK(clock.rule == "test-pathway/7 first-contact");
    CHECK(clock.breach_at == verdict.at + 48h);
    CHECK(clock.warn_at == verdict.at + 36h);
    CHECK(world.balances({verdict.message}));
}

TEST_CASE("a promise warns, then is broken, each once") {
    ReferralWorld world("250ms", "80ms");
    world.start();
    const auto message = world.refer();
    CHECK(world.promise_becomes(message, Running::warned));
    CHECK(world.promise_becomes(message, Running::breached));
    std::this_thread::sleep_for(50ms);
    CHECK(world.count(message, "clock.warned") == 1);
    CHECK(world.count(message, "clock.breached") == 1);
    CHECK(world->metrics().text().find("causeway_clock_breaches_total 1") != std::string::npos);
}

TEST_CASE("an appointment under the same UBRN keeps the promise, one under another does not") {
    ReferralWorld world;
    world.start();
    const auto kept = world.refer();
    Referral other_one;
    other_one.id = "b2";
    other_one.ubrn = "000049070006";
    const auto other = world.refer(other_one);
    REQUIRE(world.becomes(kept, "pas", State::delivered));
    REQUIRE(world.becomes(other, "pas", State::delivered));
    const auto notice = world.appointment("S1", "000049070005");
    CHECK(world.promise_becomes(kept, Running::stopped));
    CHECK(world.clock_of(other).state == Running::running);
    CHECK(world.becomes(notice, "", State::filtered));
    CHECK(world.count(kept, "clock.stopped") == 1);
    CHECK(world.balances({kept, other, notice}));
}

TEST_CASE("a broken promise may still be kept late") {
    ReferralWorld world("60ms", "30ms");
    world.start();
    const auto message = world.refer();
    REQUIRE(world.promise_becomes(message, Running::breached));
    world.appointment("S1", "000049070005");
    CHECK(world.promise_becomes(message, Running::stopped));
}

TEST_CASE("a promise that stops does not warn any more") {
    ReferralWorld world("400ms", "200ms");
    world.start();
    const auto message = world.refer();
    REQUIRE(world.becomes(message, "pas", State::delivered));
    world.appointment("S1", "000049070005");
    REQUIRE(world.promise_becomes(message, Running::stopped));
    std::this_thread::sleep_for(450ms);
    CHECK(world.count(message, "clock.warned") == 0);
    CHECK(world.count(message, "clock.breached") == 0);
}

TEST_CASE("a promise goes on over a restart, and one that ended meanwhile is broken at once") {
    ReferralWorld world;
    world.start();
    const auto message = world.refer();
    REQUIRE(world.becomes(message, "pas", State::delivered));
    world.stop();
    world.clock.advance(37h);
    world.start();
    CHECK(world.promise_becomes(message, Running::warned));
    world.stop();
    world.clock.advance(12h);
    world.start();
    CHECK(world.promise_becomes(message, Running::breached));
    CHECK(world.count(message, "clock.warned") == 1);
}

TEST_CASE("an urgent referral with something missing goes on and is urgent all the way") {
    ReferralWorld world;
    world.start();
    Referral urgent;
    urgent.priority = "urgent";
    urgent.reason = "";
    const auto verdict = world.post("referrals", test::json(urgent));
    CHECK(verdict.disposition == Disposition::accepted);
    CHECK(verdict.outcome.issues.size() == 1);
    CHECK(world.becomes(verdict.message, "pas", State::delivered));
    CHECK(world.owed_to(verdict.message, "pas")->priority == Priority::urgent);
}

TEST_CASE("a referral that is held has started no promise, and its replay starts one") {
    ReferralWorld world;
    world.route("referrals", "from: [referrals]\npathway: test-pathway\nto: [{destination: pas, when: \"false\"}]\n");
    world.start();
    const auto message = world.refer();
    CHECK(world.becomes(message, "", State::held));
    CHECK(world.owed_to(message, "")->owner == "referral-team");
    CHECK(world.store().clocks_of(message)->empty());
    world.route("referrals", "from: [referrals]\npathway: test-pathway\nto: [{destination: pas}]\n");
    REQUIRE(world.reload().empty());
    REQUIRE(world.act(OperatorAct::Kind::replay, message).has_value());
    CHECK(world.becomes(message, "pas", State::delivered));
    CHECK(world.store().clocks_of(message)->size() == 1);
    CHECK(world.balances({message}));
}

TEST_CASE("a replay promises nothing again, also where the promise was kept") {
    ReferralWorld world;
    world.start();
    const auto message = world.refer();
    REQUIRE(world.becomes(message, "pas", State::delivered));
    world.appointment("S1", "000049070005");
    REQUIRE(world.promise_becomes(message, PathwayClock::State::stopped));
    REQUIRE(world.act(OperatorAct::Kind::replay, message).has_value());
    REQUIRE(soon([&] { return world.peers.seen("pas").size() == 2; }));
    CHECK(world.store().clocks_of(message).value().size() == 1);
    CHECK(world.clock_of(message).state == PathwayClock::State::stopped);
}

TEST_CASE("a promise is made once, however often the referral is replayed and whatever route decides on it") {
    ReferralWorld world;
    world.route("again", "from: [referrals]\npathway: test-pathway\nto: [{destination: theatre}]\n");
    world.start();
    const auto message = world.refer();
    REQUIRE(world.becomes(message, "pas", State::delivered));
    REQUIRE(world.act(OperatorAct::Kind::replay, message).has_value());
    CHECK(soon([&] { return world.count(message, "decision.made") == 4; }));
    CHECK(world.store().clocks_of(message)->size() == 1);
}

TEST_CASE("what one route's pathway decided is not seen by the next route") {
    ReferralWorld world;
    world.route("second",
                "from: [referrals]\nto:\n  - {destination: theatre, when: \"%service.exists()\"}\n"
                "  - {destination: theatre, when: \"%decision.exists()\"}\n");
    world.route("referrals",
                "from: [referrals]\npathway: test-pathway\nto:\n  - destination: pas\n"
                "    when: \"%service = 'headache' and %decision.rule.endsWith('service-headache')\"\n");
    world.start();
    const auto message = world.refer();
    CHECK(world.becomes(message, "pas", State::delivered));
    CHECK_FALSE(world.owed_to(message, "theatre").has_value());
}

// ---------------------------------------------------------------------------------------- practices

TEST_CASE("a letter goes to the endpoint of its practice") {
    ReferralWorld world;
    world.start();
    const auto letter = world.letter("L1", "Y90001");
    CHECK(world.becomes(letter, "gp-practices", State::delivered));
    const auto seen = world.peers.seen("gp-practices");
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].address == "http://127.0.0.1:9/fhir");
    CHECK(world.owed_to(letter, "gp-practices")->organisation == "Y90001");
}

TEST_CASE("a letter to an unknown, closed or unreachable practice is held with its owner and never sent") {
    ReferralWorld world;
    world.start();
    const auto unknown = world.letter("L1", "Y99999"), closed = world.letter("L2", "Y90003"),
               deaf = world.letter("L3", "Y90004"), nobody = world.letter("L4", "PAS");
    CHECK(is_held_for(world, unknown, "letter-team", "not in the directory"));
    CHECK(is_held_for(world, closed, "letter-team", "its successor is Y90001"));
    CHECK(is_held_for(world, deaf, "letter-team", "no endpoint"));
    CHECK(is_held_for(world, nobody, "letter-team", "No source knows"));
    for (const auto one : {unknown, closed, deaf, nobody})
        REQUIRE(world.act(OperatorAct::Kind::release, one).has_value());
    CHECK(world.settles());
    for (const auto one : {unknown, closed, deaf, nobody}) CHECK(world.state(one, "gp-practices") == State::held);
    CHECK(world.peers.seen("gp-practices").empty());
    CHECK(world.balances({unknown, closed, deaf, nobody}));
}

TEST_CASE("what is held for an unknown practice stands in nobody's way") {
    ReferralWorld world;
    world.start();
    const auto held = world.letter("L1", "Y99999"), next = world.letter("L2", "Y90001");
    CHECK(world.becomes(next, "gp-practices", State::delivered));
    CHECK(world.state(held, "gp-practices") == State::held);
}

TEST_CASE("a practice that is added to the directory gets what was held for it, after its release") {
    ReferralWorld world;
    world.practices("open", "");
    world.start();
    const auto letter = world.letter("L1", "Y90001");
    REQUIRE(world.becomes(letter, "gp-practices", State::held));
    world.practices("open", "http://127.0.0.1:7/fhir");
    REQUIRE(world.reload().empty());
    REQUIRE(world.act(OperatorAct::Kind::release, letter).has_value());
    CHECK(world.becomes(letter, "gp-practices", State::delivered));
    CHECK(world.peers.seen("gp-practices").at(0).address == "http://127.0.0.1:7/fhir");
}

TEST_CASE("a practice that closed while its letter waited gets it no more") {
    ReferralWorld world;
    world.peers.always("gp-practices", Does::fail_for_now);
    world.start();
    const auto letter = world.letter("L1", "Y90001");
    REQUIRE(soon([&] { return world.peers.seen("gp-practices").size() >= 2; }));
    world.practices("closed", "http://127.0.0.1:9/fhir");
    REQUIRE(world.reload().empty());
    CHECK(is_held_for(world, letter, "gp-practices-team", "is closed"));
}

TEST_CASE("a slow practice harms no other practice") {
    ReferralWorld world;
    world.destination("gp-practices", "concurrency: 1\n");
    world.peers.script("gp-practices", {Does::hang});
    world.start();
    const auto slow = world.letter("L1", "Y90001");
    REQUIRE(soon([&] { return world.peers.seen("gp-practices").size() == 1; }));
    const auto other = world.letter("L2", "Y90002", "9990000026");
    CHECK(world.becomes(other, "gp-practices", State::delivered));
    world.peers.let_go();
    CHECK(world.becomes(slow, "gp-practices", State::delivered));
}

// ---------------------------------------------------------------------------------------- patient knowledge

TEST_CASE("what A28 said of a patient finds the practice of a letter that names none") {
    ReferralWorld world;
    world.start();
    const auto learnt = world.learn("A1", "9990000018^^^NHS~H77^^^RX999^MR", "Y90002");
    REQUIRE(world.becomes(learnt, "", State::delivered));
    CHECK(world.owed_to(learnt, "")->cause == "kept as patient knowledge");
    const auto letter = world.letter("L1", "PAS");
    CHECK(world.becomes(letter, "gp-practices", State::delivered));
    CHECK(world.owed_to(letter, "gp-practices")->organisation == "Y90002");
    CHECK(world.balances({learnt, letter}));
}

TEST_CASE("where the letter and the knowledge disagree it is held, with both codes") {
    ReferralWorld world;
    world.start();
    REQUIRE(world.becomes(world.learn("A1", "9990000018^^^NHS", "Y90002"), "", State::delivered));
    const auto letter = world.letter("L1", "Y90001");
    CHECK(is_held_for(world, letter, "letter-team", "addressee says Y90001, patient knowledge says Y90002"));
}

TEST_CASE("after a merge the retired number leads to the surviving record") {
    ReferralWorld world;
    world.start();
    REQUIRE(world.becomes(world.learn("A1", "9990000018^^^NHS", "Y90002"), "", State::delivered));
    const auto merge = world
                           .send("adt", test::v2("ADT^A40", "A2",
                                                 "EVN|A40|20261121093100\rPID|1||9990000018^^^NHS||TESTPATIENT^EDITH\r"
                                                 "PD1|||SURGERY^^Y90002\rMRG|9990000026^^^NHS\r"))
                           .message;
    REQUIRE(world.becomes(merge, "", State::delivered));
    CHECK(world.count(merge, "patient.merged") == 1);
    const auto letter = world.letter("L1", "PAS", "9990000026");
    CHECK(world.becomes(letter, "gp-practices", State::delivered));
    CHECK(world.owed_to(letter, "gp-practices")->organisation == "Y90002");
}

TEST_CASE("older knowledge that comes late does not overwrite newer") {
    ReferralWorld world;
    world.start();
    const auto learn = [&](const std::string& id, const std::string& when, const std::string& practice) {
        return world
            .send("adt", test::v2("ADT^A28", id,
                                  "EVN|A28|" + when + "\rPID|1||9990000018^^^NHS||T^E\rPD1|||S^^" + practice + "\r"))
            .message;
    };
    REQUIRE(world.becomes(learn("A1", "20261121120000", "Y90002"), "", State::delivered));
    REQUIRE(world.becomes(learn("A2", "20261121110000", "Y90001"), "", State::delivered));
    const auto letter = world.letter("L1", "PAS");
    CHECK(world.becomes(letter, "gp-practices", State::delivered));
    CHECK(world.owed_to(letter, "gp-practices")->organisation == "Y90002");
}

TEST_CASE("the same local number of two hospitals is two patients") {
    ReferralWorld world;
    world.start();
    REQUIRE(world.becomes(world.learn("A1", "12345", "Y90002"), "", State::delivered));
    const auto elsewhere =
        world.send("letters", "MSH|^~\\&|PAS|RX555|GP|PAS|20261121||MDM^T02|L1|P|2.5.1\rPID|1||12345||OTHER^PERSON\r")
            .message;
    CHECK(is_held_for(world, elsewhere, "letter-team", "No source knows"));
    const auto own =
        world
            .send("letters",
                  "MSH|^~\\&|PAS|RX999|GP|PAS|20261121||MDM^T02|L2|P|2.5.1\rPID|1||12345||TESTPATIENT^EDITH\r")
            .message;
    CHECK(world.becomes(own, "gp-practices", State::delivered));
}

TEST_CASE("a mistyped NHS number identifies nobody") {
    ReferralWorld world;
    world.channel("adt", "nhs_number: warn\n");
    world.channel("letters", "nhs_number: warn\n");
    world.start();
    REQUIRE(
        soon([&, id = world.learn("A1", "9990000019^^^NHS", "Y90002")] { return world.state(id, "").has_value(); }));
    CHECK(is_held_for(world, world.letter("L1", "PAS", "9990000019"), "letter-team", "No source knows"));
}

TEST_CASE("what is known is rebuilt from the events, the same") {
    ReferralWorld world;
    world.start();
    REQUIRE(world.becomes(world.learn("A1", "9990000018^^^NHS", "Y90002"), "", State::delivered));
    const Key key{"https://fhir.nhs.uk/Id/nhs-number", "9990000018"};
    const auto before = world.store().patient(key).value();
    CHECK(world.store().rebuild_patients().value() == 1);
    CHECK(world.store().patient(key).value() == before);
}

}  // namespace
}  // namespace causeway::pipeline
