#include "pipeline/acknowledgements.hpp"

#include <doctest/doctest.h>

#include "pipeline/adt_engine.hpp"
#include "support/peers.hpp"

namespace causeway::pipeline {
namespace {

using test::hl7_field;

/// adt goes to pas and theatre; "acks" reaches the sender.
struct LaterEngine : AdtEngine {
    explicit LaterEngine(const std::string& more = {}) {
        channel("adt", "nhs_number: warn\nowner: adt-team\ndelayed_acknowledgement: {destination: acks" + more + "}\n");
        destination("acks");
    }

    static std::string enhanced(const std::string& control_id, const std::string& modes = "|||AL|AL") {
        auto message = adt(control_id, kOne);
        return message.insert(message.find("|2.5.1\r") + 6, modes);
    }
    /// The acknowledgement that the sender got, once.
    std::string heard() {
        CHECK(soon([&] { return !peers.seen("acks").empty(); }));
        const auto seen = peers.seen("acks");
        REQUIRE(seen.size() == 1);
        return seen.front().payload;
    }
};

}  // namespace

TEST_CASE("when all have a message its sender gets the application acknowledgement, as a message of its own") {
    LaterEngine engine;
    engine.start();
    const auto verdict = engine.send("adt", LaterEngine::enhanced("M1"));
    CHECK(verdict.acknowledged_later);
    const auto text = engine.heard();
    CHECK(hl7_field(text, "MSA", 1) == "AA");
    CHECK(hl7_field(text, "MSA", 2) == "M1");
    CHECK(hl7_field(text, "MSH", 5) == "PAS");
    CHECK(hl7_field(text, "MSH", 15) == "AL");
    CHECK(hl7_field(text, "MSH", 16) == "NE");
    const auto owed = engine.owed_to(verdict.message, "acks");
    REQUIRE(owed);
    CHECK(hl7_field(text, "MSH", 10) == owed->id.text());
    CHECK(engine.becomes(verdict.message, "acks", State::delivered));
    CHECK(engine.count(verdict.message, "acknowledgement.decided") == 1);
    CHECK(engine.balances({verdict.message}));
}

TEST_CASE("nothing is said before the last receiver has the message") {
    LaterEngine engine;
    engine.peers.script("theatre", {Does::hang});
    engine.start();
    const auto id = engine.send("adt", LaterEngine::enhanced("M1")).message;
    CHECK(engine.becomes(id, "pas", State::delivered));
    CHECK(soon([&] { return engine.peers.seen("theatre").size() == 1; }));
    CHECK(engine.peers.seen("acks").empty());
    engine.peers.let_go();
    CHECK(hl7_field(engine.heard(), "MSA", 1) == "AA");
}

TEST_CASE("as soon as it is known where a message goes, where the channel says so") {
    LaterEngine engine(", after: processed");
    engine.peers.script("theatre", {Does::hang});
    engine.start();
    engine.send("adt", LaterEngine::enhanced("M1"));
    CHECK(hl7_field(engine.heard(), "MSA", 1) == "AA");
    engine.peers.let_go();
}

TEST_CASE("a receiver's refusal is passed on with its code and place, and without its words") {
    LaterEngine engine;
    engine.peers.script("pas", {Does::refuse});
    engine.start();
    const auto id = engine.send("adt", LaterEngine::enhanced("M1")).message;
    const auto text = engine.heard();
    CHECK(hl7_field(text, "MSA", 1) == "AE");
    CHECK(hl7_field(text, "ERR", 3).starts_with("102"));
    CHECK(hl7_field(text, "ERR", 8).find("102 at PID-3") != std::string::npos);
    CHECK(engine.state(id, "pas") == State::held);
    // Mended and released, it says nothing more.
    CHECK(engine.act(OperatorAct::Kind::release, id).has_value());
    CHECK(engine.becomes(id, "pas", State::delivered));
    CHECK(engine.settles());
    CHECK(engine.peers.seen("acks").size() == 1);
}

TEST_CASE("what still waits after the time is told so, and is delivered all the same") {
    LaterEngine engine(", within: 1h");
    engine.peers.always("pas", Does::lose);
    engine.start();
    const auto id = engine.send("adt", LaterEngine::enhanced("M1")).message;
    CHECK(engine.becomes(id, "pas", State::held));
    CHECK(engine.peers.seen("acks").empty());
    engine.clock.advance(61min);
    // Anything that happens to the message makes it look; by itself it looks twice a minute.
    CHECK(engine.act(OperatorAct::Kind::hold, engine.owed_to(id, "pas")->id).has_value());
    const auto text = engine.heard();
    CHECK(hl7_field(text, "MSA", 1) == "AE");
    CHECK(hl7_field(text, "ERR", 3).starts_with("207"));
}

TEST_CASE("a message whose processing is held owes its acknowledgement already, and once") {
    LaterEngine engine;
    engine.route("adt-route", "from: [adt]\nwhen: \"MSH-9.1 = 'MDM'\"\nto: [{destination: pas}]\n");
    engine.start();
    const auto id = engine.send("adt", LaterEngine::enhanced("M1")).message;
    CHECK(engine.becomes(id, "", State::held));
    CHECK(engine.state(id, "acks") == State::queued);
    engine.adt_to("[{destination: pas}]");
    CHECK(engine.reload().empty());
    CHECK(engine.act(OperatorAct::Kind::replay, id).has_value());
    CHECK(hl7_field(engine.heard(), "MSA", 1) == "AA");
    CHECK(engine.settles());
    CHECK(engine.peers.seen("acks").size() == 1);
}

TEST_CASE("MSH-16 decides which outcomes are told") {
    LaterEngine engine;
    engine.start();
    const auto errors_only = engine.send("adt", LaterEngine::enhanced("M1", "|||AL|ER")).message;
    CHECK(engine.becomes(errors_only, "acks", State::filtered));
    CHECK(engine.owed_to(errors_only, "acks")->rule == "MSH-16");
    const auto never = engine.send("adt", LaterEngine::enhanced("M2", "|||AL|NE")).message;
    CHECK(engine.becomes(never, "theatre", State::delivered));
    CHECK_FALSE(engine.owed_to(never, "acks"));
    const auto original = engine.send("adt", adt("M3", kOne)).message;
    CHECK(engine.becomes(original, "theatre", State::delivered));
    CHECK_FALSE(engine.owed_to(original, "acks"));
    CHECK(engine.peers.seen("acks").empty());
}

TEST_CASE("what was decided stays, however often it is sent and whatever happens meanwhile") {
    LaterEngine engine;
    engine.peers.script("pas", {Does::refuse});
    engine.peers.script("acks", {Does::fail_for_now, Does::fail_for_now});
    engine.start();
    const auto id = engine.send("adt", LaterEngine::enhanced("M1")).message;
    CHECK(soon([&] { return !engine.peers.seen("acks").empty(); }));
    CHECK(engine.act(OperatorAct::Kind::release, engine.owed_to(id, "pas")->id).has_value());
    CHECK(engine.becomes(id, "acks", State::delivered));
    const auto seen = engine.peers.seen("acks");
    REQUIRE(seen.size() == 3);
    for (const auto& one : seen) CHECK(one.payload == seen.front().payload);
    CHECK(hl7_field(seen.front().payload, "MSA", 1) == "AE");
}

TEST_CASE("an acknowledgement that is owed survives a crash") {
    LaterEngine engine;
    engine.peers.script("theatre", {Does::hang});
    engine.start();
    const auto id = engine.send("adt", LaterEngine::enhanced("M1")).message;
    CHECK(soon([&] { return engine.peers.seen("theatre").size() == 1; }));
    engine.crash();
    engine.start();
    CHECK(engine.becomes(id, "theatre", State::held));
    CHECK(engine.act(OperatorAct::Kind::release, engine.owed_to(id, "theatre")->id).has_value());
    CHECK(hl7_field(engine.heard(), "MSA", 1) == "AA");
}

namespace {

/// As the peer writes it: the two ends the other way round.
std::string back(const std::string& control_id, const std::string& msa, const std::string& to = "PAS") {
    auto message = test::v2("ACK^A28^ACK", control_id, "MSA|" + msa + "\r");
    const auto from = message.find("|PAS|"), at = message.find("|CAUSEWAY|");
    message.replace(at, 10, '|' + to + '|');
    return message.replace(from, 5, "|CAUSEWAY|");
}

}  // namespace

TEST_CASE("an acknowledgement between other ends never ends a wait, though it names the same control id") {
    TestEngine engine;
    engine.adt_to("[{destination: pas, answer_within: 1h, answer_owner: adt-team}]");
    engine.start();
    const auto id = engine.send("adt", adt("M1", kOne)).message;
    CHECK(engine.becomes(id, "pas", State::delivered));
    const auto foreign = engine.send("adt", back("A1", "AA|M1", "OTHER")).message;
    CHECK(engine.becomes(foreign, "", State::held));
    CHECK(engine.state(id, "pas", Duty::answer) == State::queued);
}

TEST_CASE("an acknowledgement ends the wait for a message that was sent on as it came, by its own control id") {
    TestEngine engine;
    engine.adt_to("[{destination: pas, answer_within: 1h, answer_owner: adt-team}]");
    engine.start();
    const auto id = engine.send("adt", adt("M1", kOne)).message;
    CHECK(engine.becomes(id, "pas", State::delivered));
    CHECK(engine.state(id, "pas", Duty::answer) == State::queued);
    const auto answer = engine.send("adt", back("A1", "AA|M1")).message;
    CHECK(engine.becomes(id, "pas", State::delivered, Duty::answer));
    CHECK(engine.becomes(answer, "", State::delivered));

    const auto second = engine.send("adt", adt("M2", kOne)).message;
    CHECK(engine.becomes(second, "pas", State::delivered));
    engine.send("adt", back("A2", "AE|M2"));
    CHECK(engine.becomes(second, "pas", State::held, Duty::answer));
    const auto foreign = engine.send("adt", back("A3", "AA|NOBODY")).message;
    CHECK(engine.becomes(foreign, "", State::held));
}

TEST_CASE("a channel whose acknowledgements go to a destination that is not there is a mistake") {
    AdtEngine engine;
    engine.channel("adt", "delayed_acknowledgement: {destination: akcs}\n");
    engine.destination("acks");
    CHECK_THROWS_WITH(engine.load(), doctest::Contains("Did you mean \"acks\""));
}

}  // namespace causeway::pipeline
