#include "pipeline/engine.hpp"

#include <doctest/doctest.h>

#include "pipeline/adt_engine.hpp"

namespace causeway::pipeline {
namespace {

TEST_CASE("engine: what is queued at a stop is delivered after the next start") {
    AdtEngine engine;
    engine.peers.always("pas", Does::fail_for_now);
    engine.start();
    std::vector<Id> sent;
    for (int i = 0; i < 5; ++i) sent.push_back(engine.send("adt", adt("C" + std::to_string(i), kOne)).message);
    for (const auto one : sent) CHECK(engine.becomes(one, "theatre", State::delivered));
    engine.stop();
    engine.peers.always("pas", Does::confirm);
    engine.start();
    CHECK(engine.settles());
    for (const auto one : sent) CHECK(engine.state(one, "pas") == State::delivered);
    CHECK(engine.balances(sent));
    std::vector<std::string> order;
    for (const auto& seen : engine.peers.seen("pas"))
        if (order.empty() || order.back() != seen.message) order.push_back(seen.message);
    REQUIRE(order.size() == 5);
    CHECK(std::is_sorted(order.begin(), order.end()));
}

TEST_CASE("engine: a graceful stop waits for what is in flight and loses nothing") {
    AdtEngine engine;
    engine.peers.script("pas", {Does::hang});
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    REQUIRE(soon([&] { return engine.peers.seen("pas").size() == 1; }));
    std::thread later([&] {
        std::this_thread::sleep_for(100ms);
        engine.peers.let_go();
    });
    engine.stop();
    later.join();
    engine.start();
    CHECK(engine.state(message, "pas") == State::delivered);
    CHECK(engine.peers.seen("pas").size() == 1);
    CHECK(engine.settles());
    CHECK(engine.balances({message}));
}

TEST_CASE("engine: everything that was accepted under load and stopped is delivered in the end, once") {
    AdtEngine engine;
    engine.start();
    std::vector<Id> sent;
    for (int i = 0; i < 60; ++i)
        sent.push_back(engine.send("adt", adt("C" + std::to_string(i), i % 2 ? kOne : kOther)).message);
    engine.stop();
    engine.start();
    CHECK(engine.settles());
    for (const auto one : sent) CHECK(engine.state(one, "pas") == State::delivered);
    CHECK(engine.peers.seen("pas").size() == 60);
    CHECK(engine.balances(sent));
}

TEST_CASE("engine: after a crash in flight the outcome is unknown and held, and its lane waits") {
    AdtEngine engine;
    engine.peers.script("pas", {Does::hang});
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message,
               next = engine.send("adt", adt("C2", kOne)).message;
    REQUIRE(soon([&] { return engine.peers.seen("pas").size() == 1; }));
    REQUIRE(engine.becomes(next, "theatre", State::delivered));
    engine.crash();
    engine.start();
    CHECK(engine.becomes(message, "pas", State::held));
    CHECK(engine.owed_to(message, "pas")->owner == "pas-team");
    CHECK(engine.count(message, "attempt.unknown") == 1);
    std::this_thread::sleep_for(50ms);
    CHECK(engine.state(next, "pas") == State::queued);
    CHECK(engine.balances({message, next}));
    REQUIRE(engine.act(OperatorAct::Kind::release, message).has_value());
    CHECK(engine.becomes(next, "pas", State::delivered));
    CHECK(engine.state(message, "pas") == State::delivered);
}

TEST_CASE("engine: after a crash in flight it is sent again to a receiver that recognises duplicates") {
    AdtEngine engine;
    engine.destination("pas", "unknown: resend\n");
    engine.peers.script("pas", {Does::hang});
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    REQUIRE(soon([&] { return engine.state(message, "pas") == State::in_flight; }));
    REQUIRE(soon([&] { return engine.peers.seen("pas").size() == 1; }));
    engine.crash();
    engine.start();
    CHECK(engine.becomes(message, "pas", State::delivered));
    const auto seen = engine.peers.seen("pas");
    REQUIRE(seen.size() == 2);
    CHECK(seen[0].obligation == seen[1].obligation);
    CHECK(seen[1].repeated);
    CHECK(engine.balances({message}));
}

TEST_CASE("engine: what was in flight to a destination that is gone is held for somebody") {
    AdtEngine engine;
    engine.peers.script("pas", {Does::hang});
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    REQUIRE(soon([&] { return engine.peers.seen("pas").size() == 1; }));
    engine.crash();
    std::filesystem::remove(engine.dir / "conf/destinations/pas.yaml");
    engine.adt_to("[{destination: theatre}]");
    engine.start();
    CHECK(engine.becomes(message, "pas", State::held));
    CHECK(engine.owed_to(message, "pas")->owner == "integration-team");
}

// ---------------------------------------------------------------------------------------- configuration

TEST_CASE("engine: a waiting message keeps the route that accepted it, a replay uses the one of today") {
    TestEngine engine;
    engine.adt_to("[{destination: pas}]");
    engine.peers.always("pas", Does::fail_for_now);
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    REQUIRE(soon([&] { return engine.peers.seen("pas").size() >= 1; }));
    engine.adt_to("[{destination: theatre}]");
    REQUIRE(engine.reload().empty());
    engine.peers.always("pas", Does::confirm);
    CHECK(engine.becomes(message, "pas", State::delivered));
    CHECK_FALSE(engine.state(message, "theatre").has_value());

    REQUIRE(engine.act(OperatorAct::Kind::replay, message).has_value());
    CHECK(engine.becomes(message, "theatre", State::delivered));
    CHECK(engine.settles());
    CHECK(engine.count(message, "message.replayed") == 1);
    CHECK(engine.peers.seen("theatre").size() == 1);
    CHECK(engine.balances({message}));
}

TEST_CASE("engine: a replay maps by the configuration of today, also after a restart") {
    TestEngine engine;
    const auto with_gender = [&](const std::string& gender) {
        engine.map("m",
                   "map m   v2 2.1..2.9 ADT^A28   ->   Patient   version 1\n\nresource Patient\n"
                   "  MSH-10   ->   id\n  ->   gender = \"" +
                       gender + "\"\n");
    };
    with_gender("male");
    engine.adt_to("[{destination: pas, map: m}]");
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    REQUIRE(engine.becomes(message, "pas", State::delivered));
    with_gender("other");
    REQUIRE(engine.reload().empty());
    engine.peers.script("pas", {Does::refuse});
    REQUIRE(engine.act(OperatorAct::Kind::replay, message).has_value());
    REQUIRE(soon([&] { return engine.peers.seen("pas").size() == 2; }));
    REQUIRE(soon([&] { return engine.totals()[State::held] == 1; }));
    with_gender("unknown");
    engine.stop();
    engine.start();
    for (const auto& one : engine.owed(message))
        if (one.state == State::held) REQUIRE(engine.act(OperatorAct::Kind::release, one.id).has_value());
    CHECK(engine.settles());
    const auto seen = engine.peers.seen("pas");
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].payload.find("male") != std::string::npos);
    CHECK(seen[1].payload.find("other") != std::string::npos);
    CHECK(seen[2].payload == seen[1].payload);
}

TEST_CASE("engine: a frozen configuration survives a restart") {
    TestEngine engine;
    engine.adt_to("[{destination: pas}]");
    engine.peers.script("pas", {Does::refuse});
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    REQUIRE(engine.becomes(message, "pas", State::held));
    engine.stop();
    engine.channel("adt", "owner: others\n");
    engine.adt_to("[{destination: theatre}]");
    engine.start();
    REQUIRE(engine.act(OperatorAct::Kind::release, message).has_value());
    CHECK(engine.becomes(message, "pas", State::delivered));
    CHECK(engine.peers.seen("theatre").empty());
}

TEST_CASE("engine: a reload with a mistake says where it is and keeps the old configuration") {
    AdtEngine engine;
    engine.start();
    const auto before = engine->configuration()->hash;
    engine.route("adt-route", "from: [adt]\nto: [{destination: paas}]\n");
    const auto mistakes = engine.reload();
    REQUIRE(mistakes.size() >= 1);
    CHECK(config::to_string(mistakes[0]).find("adt-route.yaml:3") != std::string::npos);
    CHECK(mistakes[0].what.find("\"pas\"") != std::string::npos);
    CHECK(engine->configuration()->hash == before);
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    CHECK(engine.becomes(message, "theatre", State::delivered));
}

TEST_CASE("engine: a reload warns of what only another start changes, every time, and takes up the rest") {
    TestEngine engine;
    engine.start();
    const std::string old = "mappings: ../mappings\nstop_within: 1s\nmin_free_disk: 1MB\n";
    engine.file("causeway.yaml", old + "state: ../elsewhere\nthreads: 7\nops: 127.0.0.1:8099\nlog_level: debug\n");
    for (int i = 0; i < 2; ++i) {
        auto mistakes = engine.reload();
        std::erase_if(mistakes, [](const auto& one) { return !one.file.ends_with("causeway.yaml"); });
        REQUIRE(mistakes.size() == 4);
        for (const auto& mistake : mistakes) CHECK(mistake.warning);
        CHECK(mistakes[0].what.find("old folder") != std::string::npos);
        CHECK(mistakes[0].line == 4);
        CHECK(mistakes[1].what.find("next start") != std::string::npos);
    }
    engine.file("causeway.yaml", old + "state: ../var\nops: off\n");
    for (const auto& mistake : engine.reload()) CHECK_FALSE(mistake.file.ends_with("causeway.yaml"));
}

TEST_CASE("engine: a reload starts new channels, stops gone ones and repairs destinations for what waits") {
    AdtEngine engine;
    engine.peers.script("pas", {Does::refuse});
    engine.start();
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    REQUIRE(engine.becomes(message, "pas", State::held));
    auto* const left_behind = engine.peers.intake("adt");
    std::filesystem::rename(engine.dir / "conf/channels/adt.yaml", engine.dir / "adt.yaml");
    engine.channel("other");
    engine.route("adt-route", "from: [other]\nto: [{destination: theatre}]\n");
    REQUIRE(engine.reload().empty());
    REQUIRE(engine->listeners().size() == 1);
    CHECK(engine->listeners()[0].channel == "other");
    CHECK(engine.peers.intake("adt") == nullptr);
    // A session that the stop did not wait for may still be there.
    Submission late{Payload(adt("C2", kOne)), std::string(kHl7v2), "", "", ""};
    CHECK_FALSE(engine.run(left_behind->accept(std::move(late))).has_value());
    REQUIRE(engine.act(OperatorAct::Kind::release, message).has_value());
    CHECK(engine.becomes(message, "pas", State::delivered));
    const auto next = engine.send("other", adt("C9", kOne)).message;
    CHECK(engine.becomes(next, "theatre", State::delivered));
    CHECK(engine.balances({message, next}));
}

TEST_CASE("engine: a reload restarts a channel whose file changed and makes a changed destination anew") {
    AdtEngine engine;
    engine.start();
    const auto before = engine->configuration();
    engine.channel("adt", "insecure: Closed laboratory network.\n");
    engine.destination("theatre", "concurrency: 3\nnote: another\n");
    REQUIRE(engine.reload().empty());
    const auto after = engine->configuration();
    REQUIRE(engine->listeners().size() == 1);
    CHECK(engine->listeners()[0].insecure == "Closed laboratory network.");
    CHECK(after->destinations.at("theatre").fingerprint != before->destinations.at("theatre").fingerprint);
    CHECK(after->destinations.at("pas").fingerprint == before->destinations.at("pas").fingerprint);
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    CHECK(engine.becomes(message, "theatre", State::delivered));
}

TEST_CASE("engine: it is ready only while it listens") {
    AdtEngine engine;
    engine.start();
    CHECK(engine->ready());
    CHECK(engine->listeners().size() == 1);
    CHECK(engine->metrics().text().find("causeway_intake_total") != std::string::npos);
}

}  // namespace
}  // namespace causeway::pipeline
