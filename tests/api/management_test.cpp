#include "api/management.hpp"

#include <doctest/doctest.h>

#include "api/api_fixture.hpp"
#include "api/describe.hpp"

namespace causeway::api {
namespace {

using namespace std::chrono_literals;
using test::ApiWorld;
using test::Does;
using test::Json;

std::string act(const std::string& what, const std::string& id, const std::string& reason) {
    return R"({"act":")" + what + R"(","id":")" + id + R"(","reason":")" + reason + "\"}";
}

TEST_CASE("management: status names the configuration and the channels") {
    ApiWorld world;
    world.start();
    const Json json(world.manage("GET", "/v1/status").body);
    CHECK(json.has("/ready"));
    CHECK(json.text("/config") == world->configuration()->hash);
    CHECK(json.size("/channels") == 3);
    CHECK(json.text("/channels/0/address") == "fake:adt");
    CHECK(world.read("/v1/status").find(", ready, configuration") != std::string::npos);
}

TEST_CASE("management: find by any key, in the body, and nothing where there is nothing") {
    ApiWorld world;
    world.start();
    const auto message = world.refer();
    for (const auto* key : {"9990000018", "000049070005", "b1", "Y90001"}) {
        CAPTURE(key);
        const Json json(world.manage("POST", "/v1/find", R"({"key":")" + std::string(key) + "\"}").body);
        CHECK(json.size("/messages") == 1);
        CHECK(json.text("/messages/0/id") == message.text());
    }
    CHECK(Json(world.manage("POST", "/v1/find", R"({"key":"b1","kind":"ubrn"})").body).size("/messages") == 0);
    CHECK(world.manage("POST", "/v1/find", R"({"key":"none"})", true).body == "Nothing found under this key.\n");
    const auto bogus = world.manage("POST", "/v1/find", R"({"key":"b1","kind":"bogus"})", true);
    CHECK(bogus.status == 404);
    CHECK(bogus.body.find("no channel or route declares this kind") != std::string::npos);
    CHECK(world.manage("POST", "/v1/find", "{}").status == 400);
    CHECK(world.manage("GET", "/v1/find?key=9990000018").status == 404);
}

TEST_CASE("management: a journey reads like a story") {
    ApiWorld world;
    world.peers.script("pas", {Does::fail_for_now, Does::answer_rri});
    world.start();
    const auto message = world.refer();
    REQUIRE(world.becomes(message, "pas", State::delivered, Duty::answer));
    const auto text = world.read("/v1/journey/" + message.text());
    INFO(text);
    std::size_t at = 0;
    for (const auto* words :
         {"Journey ", "Bundle/message on referrals", "accepted", "received, checked and durable",
          "decided      service \"headache\" by rule \"test-pathway/7 service-headache\": Migraine is seen there.",
          "routed       by \"referrals\" to pas", "sending      attempt 1",
          "not sent     pas: ", "sending      attempt 2", "delivered    pas: AA", "answered     pas", "What is owed",
          "delivered", "pas", "2 attempts", "Promises", "first-contact", "booking-team"}) {
        CAPTURE(words);
        const auto found = text.find(words, at);
        REQUIRE(found != std::string::npos);
        at = found;
    }
    CHECK(text.find("clock runs   \"first-contact\" of booking-team, breaches at ") != std::string::npos);
    CHECK_FALSE(test::names_the_patient(text));
}

TEST_CASE("management: a journey says why something is held, and for whom") {
    ApiWorld world;
    world.peers.script("pas", {Does::refuse});
    world.start();
    const auto message = world.refer();
    REQUIRE(world.becomes(message, "pas", State::held));
    const auto text = world.read("/v1/journey/" + message.text());
    INFO(text);
    CHECK(text.find("held         for pas-team: Refused by pas: AE 102 at PID-3") != std::string::npos);
    const auto unknown = world.letter("L1", "Y99999");
    REQUIRE(world.becomes(unknown, "gp-practices", State::held));
    CHECK(world.read("/v1/journey/" + unknown.text()).find("held for letter-team: Organisation Y99999 is not") !=
          std::string::npos);
    REQUIRE(world.act(OperatorAct::Kind::release, unknown).has_value());
    REQUIRE(test::soon([&] { return world.count(unknown, "obligation.held") == 1; }));
    CHECK(world.read("/v1/journey/" + unknown.text()).find("held         for gp-practices-team: Organisation Y99999") !=
          std::string::npos);
}

TEST_CASE("management: a journey is found by an obligation too, and tells of the same referral") {
    ApiWorld world;
    world.start();
    const auto message = world.refer();
    REQUIRE(world.becomes(message, "pas", State::delivered));
    const auto notice = world.appointment("S1", "000049070005");
    REQUIRE(world.promise_becomes(message, PathwayClock::State::stopped));
    const auto by_obligation = world.owed_to(message, "pas")->id.text();
    const Json json(world.manage("GET", "/v1/journey/" + by_obligation).body);
    CHECK(json.text("/id") == message.text());
    CHECK(json.text("/clocks/0/state") == "stopped");
    CHECK(json.text("/related/0/id") == notice.text());
    CHECK(world.read("/v1/journey/" + message.text()).find("kept by " + notice.text()) != std::string::npos);
    CHECK(world.manage("GET", "/v1/journey/0123456789ABC").status == 404);
    CHECK(world.manage("GET", "/v1/journey/nonsense").status == 400);
}

TEST_CASE("management: the queue says what waits and why") {
    ApiWorld world;
    world.peers.script("pas", {Does::refuse});
    world.start();
    CHECK(world.read("/v1/queue") == "Nothing waits.\n");
    const auto message = world.refer();
    REQUIRE(world.becomes(message, "pas", State::held));
    const auto text = world.read("/v1/queue");
    CHECK(text.find("for pas-team") != std::string::npos);
    CHECK(text.find("Refused by pas") != std::string::npos);
    CHECK(text.find("answer from pas") != std::string::npos);
    CHECK_FALSE(test::names_the_patient(text));
    CHECK(world.read("/v1/queue?list=1").find("Awaited until ") != std::string::npos);
    CHECK(Json(world.manage("GET", "/v1/queue").body).size("/groups") == 2);
    const Json json(world.manage("GET", "/v1/queue?list=1&limit=1").body);
    CHECK(json.size("/waiting") == 1);
}

TEST_CASE("management: what waits for its turn names the one before it") {
    ApiWorld world;
    world.peers.script("pas", {Does::refuse});
    world.start();
    const auto first = world.refer();
    REQUIRE(world.becomes(first, "pas", State::held));
    test::Referral another;
    another.id = "b2";
    another.ubrn = "000049070006";
    const auto second = world.refer(another);
    REQUIRE(world.becomes(second, "pas", State::queued));
    const auto id = world.owed_to(first, "pas")->id.text();
    CHECK(world.read("/v1/queue?list=1").find("Waits for its turn behind " + id + ", which is held.") !=
          std::string::npos);
}

TEST_CASE("management: an act needs a reason, which is kept with who acted") {
    ApiWorld world;
    world.peers.script("pas", {Does::refuse});
    world.start();
    const auto message = world.refer();
    REQUIRE(world.becomes(message, "pas", State::held));
    const auto id = world.owed_to(message, "pas")->id.text();
    const auto without = world.manage("POST", "/v1/act", act("release", id, " "));
    CHECK(without.status == 400);
    CHECK(Json(without.body).text("/where") == "reason");
    CHECK(world.state(message, "pas") == State::held);
    CHECK(world.manage("GET", "/v1/act", act("release", id, "it is mended")).status == 400);
    CHECK(world.manage("POST", "/v1/act", act("explode", id, "why not")).status == 404);
    CHECK(world.manage("POST", "/v1/act", act("release", "?", "why not")).status == 400);
    CHECK(world.manage("POST", "/v1/act", act("release", "0123456789ABC", "why not")).status == 404);

    const auto done = world.manage("POST", "/v1/act", act("release", id, "it is mended"));
    CHECK(done.status == 200);
    CHECK(Json(done.body).text("/obligations/0/state") == "queued");
    CHECK(world.becomes(message, "pas", State::delivered));
    CHECK(world.read("/v1/journey/" + message.text()).find("released     by nurse, reason: it is mended") !=
          std::string::npos);
    CHECK(world.manage("POST", "/v1/act", act("release", id, "again")).status == 409);
    for (const auto& log : {std::string(200'000, 'x'), std::string("line\\nline")}) {
        const auto refused = world.manage("POST", "/v1/act", act("release", id, log), true);
        CHECK(refused.status == 400);
        CHECK(refused.body.find("in one line of at most 1000 characters") != std::string::npos);
    }
}

TEST_CASE("management: events come page by page, from now, by channel, and may be waited for") {
    ApiWorld world;
    world.start();
    const auto message = world.refer();
    REQUIRE(world.becomes(message, "pas", State::delivered));
    const Json all(world.manage("GET", "/v1/events?after=0").body);
    CHECK(all.size("/events") >= 5);
    CHECK(all.text("/events/0/kind") == "config.activated");
    const auto next = all.number("/next");
    CHECK(next == world.store().last_sequence());
    CHECK(Json(world.manage("GET", "/v1/events?after=" + std::to_string(next)).body).size("/events") == 0);
    CHECK(Json(world.manage("GET", "/v1/events?after=latest").body).number("/next") == next);
    CHECK(Json(world.manage("GET", "/v1/events?channel=adt").body).size("/events") == 0);
    CHECK(Json(world.manage("GET", "/v1/events?channel=referrals").body).text("/events/0/kind") == "message.accepted");

    CHECK(world.manage("GET", "/v1/events?channel=adt-inn&wait=20").status == 404);

    std::thread later([&] {
        std::this_thread::sleep_for(100ms);
        world.learn("A1", "9990000018^^^NHS", "Y90001");
    });
    const Json waited(world.manage("GET", "/v1/events?after=latest&wait=20&channel=adt").body);
    later.join();
    CHECK(waited.text("/events/0/what") == "accepted");
}

TEST_CASE("management: a reload gives its mistakes, and the old configuration stays") {
    ApiWorld world;
    world.start();
    const auto before = world->configuration()->hash;
    CHECK(world.manage("POST", "/v1/reload").status == 200);
    world.file("routes/wrong.yaml", "route: wrong\nfrom: [referals]\nto: [{destination: pas}]\n");
    const auto response = world.manage("POST", "/v1/reload");
    CHECK(response.status == 409);
    const Json json(response.body);
    CHECK(json.text("/config") == before);
    CHECK(json.text("/mistakes/0").find("routes/wrong.yaml:2:") != std::string::npos);
    CHECK(json.text("/mistakes/0").find("\"referrals\"") != std::string::npos);
    CHECK(world.manage("GET", "/v1/reload").status == 400);
}

TEST_CASE("management: the balance holds, row by row") {
    ApiWorld world;
    world.peers.script("pas", {Does::refuse});
    world.start();
    const auto message = world.refer();
    REQUIRE(world.becomes(message, "pas", State::held));
    const auto text = world.read("/v1/stats");
    INFO(text);
    CHECK(text.find("1 accepted") != std::string::npos);
    CHECK(text.find("(processing)      1 = 1 delivered") != std::string::npos);
    const Json json(world.manage("GET", "/v1/stats").body);
    CHECK(json.number("/intake/referrals/accepted") == 1);
    std::int64_t total = 0;
    for (std::size_t i = 0; i < json.size("/obligations"); ++i)
        total += json.number(("/obligations/" + std::to_string(i) + "/total").c_str());
    CHECK(total == 3);  // Processed, owed to the PAS, and its answer.
}

TEST_CASE("management: another address is 404 and says so") {
    ApiWorld world;
    world.start();
    CHECK(world.manage("GET", "/v1/nothing").status == 404);
    CHECK(world.manage("GET", "/").status == 404);
}

TEST_CASE("operations: alive, ready, and metrics without patient data") {
    ApiWorld world;
    world.start();
    const auto message = world.refer();
    REQUIRE(world.becomes(message, "pas", State::delivered));
    CHECK(world.ops("/livez").status == 200);
    CHECK(world.ops("/readyz").status == 200);
    const auto metrics = world.ops("/metrics");
    CHECK(metrics.status == 200);
    CHECK(metrics.body.find("causeway_intake_total{channel=\"referrals\",result=\"accepted\"} 1") != std::string::npos);
    CHECK(metrics.body.find("causeway_attempts_total{destination=\"pas\"") != std::string::npos);
    CHECK(metrics.body.find("causeway_obligations{destination=\"\",state=\"queued\"} 0") != std::string::npos);
    CHECK_FALSE(test::names_the_patient(metrics.body));
    CHECK(metrics.body.find(message.text()) == std::string::npos);
    CHECK(world.ops("/metrics", "POST").status == 405);
    CHECK(world.ops("/admin").status == 404);
}

TEST_CASE("describe: every kind of event has words, and an unknown one keeps its name") {
    for (const auto* kind : {"message.accepted",   "message.refused",     "message.duplicate",    "message.conflict",
                             "decision.made",      "route.matched",       "obligation.created",   "obligation.filtered",
                             "obligation.held",    "obligation.released", "obligation.cancelled", "attempt.started",
                             "attempt.confirmed",  "attempt.refused",     "attempt.unknown",      "attempt.failed",
                             "clock.started",      "clock.warned",        "clock.breached",       "clock.stopped",
                             "patient.known",      "patient.merged",      "config.activated",     "message.replayed",
                             "answer.received",    "clock.settled",       "absence.settled",      "reconcile.failed",
                             "reconcile.completed"}) {
        CAPTURE(kind);
        Event event;
        event.kind = kind;
        event.detail = "not JSON";
        CHECK(describe(event).what != kind);
    }
    Event event;
    event.kind = "new.kind";
    CHECK(describe(event).what == "new.kind");
}

}  // namespace
}  // namespace causeway::api
