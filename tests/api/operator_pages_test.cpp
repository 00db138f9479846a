#include "api/operator_pages.hpp"

#include <doctest/doctest.h>

#include "api/api_fixture.hpp"
#include "core/digest.hpp"

namespace causeway::api {
namespace {

using test::ApiWorld;
using test::Does;
using test::Json;

struct AdtWorld : ApiWorld {
    AdtWorld() {
        channel("adt", "nhs_number: warn\nowner: adt-team\n");
        route("adt", "from: [adt]\nwhen: \"MSH-9.1 = 'ADT'\"\nto: [{destination: pas}]\n");
    }
    Id adt(const std::string& control_id, const std::string& patient = "9990000018") {
        return send("adt", test::adt(control_id, patient)).message;
    }
    net::HttpResponse amend(Id id, const std::string& bytes, const std::string& more = R"("reason":"mended")",
                            bool as_text = false) {
        return manage("POST", "/v1/amend",
                      R"({"id":")" + id.text() + R"(","body":")" + base64_encode(bytes) + "\"," + more + "}", as_text);
    }
    net::HttpResponse drain(const std::string& destination, const std::string& rate,
                            const std::string& reason = "why") {
        return manage(
            "POST", "/v1/drain",
            R"({"destination":")" + destination + R"(","rate":")" + rate + R"(","reason":")" + reason + "\"}");
    }
    std::size_t events(const std::string& kind) {
        std::size_t found = 0;
        for (const auto& event : store().events_after(0, 10'000).value())
            if (event.kind == kind && event.actor == "nurse") ++found;
        return found;
    }
};

TEST_CASE("amend: a new version passes the checks of intake, replaces what is owed, and both stay") {
    AdtWorld world;
    world.peers.script("pas", {Does::refuse});
    world.start();
    const auto message = world.adt("C1");
    REQUIRE(world.becomes(message, "pas", State::held));
    const auto mended = test::adt("C1", "9990000026");

    const auto preview = world.amend(message, mended, R"("preview":"yes")", true);
    CHECK(preview.status == 200);
    CHECK(preview.body.find("The checks pass: ADT^A28") != std::string::npos);
    CHECK(world.owed(message).size() == 2);

    const auto done = world.amend(message, mended);
    REQUIRE(done.status == 200);
    const auto fresh = Id::parse(Json(done.body).text("/id"));
    REQUIRE(fresh);
    REQUIRE(world.becomes(*fresh, "pas", State::delivered));
    CHECK(world.owed_to(message, "pas")->state == State::filtered);
    CHECK(world.owed_to(message, "pas")->rule == "amended");
    CHECK(world.peers.seen("pas").at(1).payload == mended);
    CHECK(world.store().message(message).value().message.body.reveal() == test::adt("C1", "9990000018"));
    const auto story = world.read("/v1/journey/" + message.text());
    INFO(story);
    CHECK(story.find("by nurse, reason: mended") != std::string::npos);
    CHECK(story.find(fresh->text()) != std::string::npos);
    CHECK(world.balances({message, *fresh}));
    CHECK(world.adt("C1") == message);  // Its sender repeats the first version: still a duplicate of that.
}

TEST_CASE("amend: a version that the checks refuse changes nothing, and says what to mend") {
    AdtWorld world;
    world.peers.script("pas", {Does::refuse});
    world.start();
    const auto message = world.adt("C1");
    REQUIRE(world.becomes(message, "pas", State::held));
    const auto refused = world.amend(message, test::v2("ADT^A28", "", "PID|1\r"), R"("reason":"x")", true);
    CHECK(refused.status == 400);
    CHECK(refused.body.find("MSH-10") != std::string::npos);
    CHECK(world.amend(message, test::adt("C1", "9990000018")).status == 400);
    CHECK(world.amend(Id{42}, test::adt("C1", "9990000018")).status == 404);
    CHECK(world.amend(message, test::adt("C1", "9990000026"), R"("reason":" ")").status == 400);
    CHECK(world.state(message, "pas") == State::held);
    CHECK(world.count(message, "message.amended") == 0);
}

TEST_CASE("amend: a message has one new version, however often it is said") {
    AdtWorld world;
    world.peers.script("pas", {Does::refuse});
    world.start();
    const auto message = world.adt("C1");
    REQUIRE(world.becomes(message, "pas", State::held));
    const auto mended = test::adt("C1", "9990000026");
    const auto fresh = Json(world.amend(message, mended).body).text("/id");
    REQUIRE(world.becomes(*Id::parse(fresh), "pas", State::delivered));

    const auto again = world.amend(message, mended);
    CHECK(again.status == 200);
    CHECK(Json(again.body).text("/id") == fresh);
    const auto third = test::adt("C1", "9990000034");
    for (const auto* more : {R"("reason":"mended")", R"("preview":"yes")"}) {
        const auto refused = world.amend(message, third, more, true);
        CHECK(refused.status == 409);
        CHECK(refused.body.find("It was amended as " + fresh + "; amend that one.") != std::string::npos);
    }
    CHECK(world.manage("POST", "/v1/act", R"({"act":"replay","reason":"x","id":")" + message.text() + "\"}").status ==
          409);
    CHECK(world.settles());
    CHECK(world.count(message, "message.amended") == 1);
    CHECK(world.peers.seen("pas").size() == 2);
}

TEST_CASE("drain: a destination drains at the chosen rate, also after a restart, until it is taken back") {
    AdtWorld world;
    world.start();
    CHECK(world.read("/v1/drain") == "Every destination drains as fast as it can.\n");
    CHECK(world.drain("nowhere", "1/s").status == 404);
    CHECK(world.drain("pas", "quick").status == 400);
    CHECK(world.drain("pas", "1/h", " ").status == 400);
    REQUIRE(world.drain("pas", "1/h").status == 200);
    CHECK(world.events("drain.changed") == 1);

    std::vector<Id> messages;
    for (const auto* patient : {"9990000018", "9990000026", "9990000034"})
        messages.push_back(world.adt("C" + std::to_string(messages.size()), patient));
    REQUIRE(test::soon([&] { return world.peers.seen("pas").size() == 1; }));
    CHECK(world.read("/v1/queue").find("pas drains at 1/h.") != std::string::npos);

    world.stop();
    world.start();
    CHECK(Json(world.manage("GET", "/v1/drain").body).text("/drain/pas") == "1/h");
    REQUIRE(test::soon([&] { return world.peers.seen("pas").size() == 2; }));  // A new hour begins with the start.
    REQUIRE(world.drain("pas", "").status == 200);
    for (const auto id : messages) CHECK(world.becomes(id, "pas", State::delivered));
    CHECK(world.peers.seen("pas").size() == 3);
    world.stop();
    world.start();
    CHECK(world.read("/v1/drain") == "Every destination drains as fast as it can.\n");
}

TEST_CASE("queue: what waits is told in groups, whatever its number") {
    AdtWorld world;
    world.peers.always("pas", Does::refuse);
    world.start();
    for (int i = 0; i < 20; ++i) {
        const auto id = world.adt("C" + std::to_string(i), "99900000" + std::to_string(10 + i));
        REQUIRE(world.becomes(id, "pas", State::held));
    }
    const Json json(world.manage("GET", "/v1/queue").body);
    CHECK(json.size("/groups") == 1);
    CHECK(json.number("/groups/0/count") == 20);
    CHECK(json.text("/groups/0/destination") == "pas");
    CHECK(json.text("/groups/0/state") == "held");
    CHECK(world.read("/v1/queue").find("for pas-team  Refused by pas: AE 102 at PID-3") != std::string::npos);
    CHECK(Json(world.manage("GET", "/v1/queue?list=1").body).size("/waiting") == 20);
    CHECK(Json(world.manage("GET", "/v1/queue?list=1&destination=theatre").body).size("/waiting") == 0);
    CHECK(world.manage("GET", "/v1/queue?list=1&destination=theatre").status == 200);
    CHECK(world.manage("GET", "/v1/queue?list=1&destination=theater").status == 404);
    CHECK(world.manage("GET", "/v1/queue?list=1&limit=0").status == 400);
}

}  // namespace
}  // namespace causeway::api
