#include "api/exception_pages.hpp"

#include <doctest/doctest.h>

#include "api/api_fixture.hpp"

namespace causeway::api {
namespace {

using test::ApiWorld;
using test::Does;
using test::Json;

/// Three letters to a practice that nobody knows.
struct UnknownPractice : ApiWorld {
    UnknownPractice() {
        start();
        int number = 0;
        for (const auto* patient : {"9990000018", "9990000026", "9990000034"})
            letters.push_back(letter("L" + std::to_string(++number), "Y99999", patient));
        for (const auto id : letters) REQUIRE(becomes(id, "gp-practices", State::held));
        // What waits is counted a moment after it is written.
        REQUIRE(
            test::soon([&] { return Json(manage("GET", "/v1/exceptions").body).number("/exceptions/0/count") == 3; }));
    }
    void add_practice() {
        file("directory/more.yaml",
             "organisations:\n  - {ods_code: Y99999, name: E, type: gp-practice, endpoint: "
             "'http://127.0.0.1:7/fhir'}\n");
        REQUIRE(reload().empty());
    }
    std::string group() { return Json(manage("GET", "/v1/exceptions").body).text("/exceptions/0/group"); }
    std::string path(const std::string& what) { return "/v1/exceptions/" + group() + what; }
    std::string ids(const std::vector<Id>& some) {
        std::string list;
        for (const auto id : some) list += (list.empty() ? "\"" : ",\"") + owed_to(id, "gp-practices")->id.text() + '"';
        return '[' + list + ']';
    }
    std::string request(const std::string& what, const std::vector<Id>& some, const std::string& more = {}) {
        return R"({"act":")" + what + R"(","reason":"practice added",)" + more + R"("ids":)" + ids(some) + '}';
    }
    std::vector<Id> letters;
};

TEST_CASE("exceptions: messages that fail alike are one group with a cause, an owner and what to do") {
    UnknownPractice world;
    const Json json(world.manage("GET", "/v1/exceptions").body);
    CHECK(json.size("/exceptions") == 1);
    CHECK(json.number("/exceptions/0/count") == 3);
    CHECK(json.text("/exceptions/0/cause") == "Organisation Y99999 is not in the directory");
    CHECK(json.text("/exceptions/0/owner") == "letter-team");
    CHECK(json.text("/exceptions/0/destination") == "gp-practices");
    CHECK(json.text("/exceptions/0/act") == "release");
    const auto text = world.read("/v1/exceptions") + world.read(world.path(""));
    INFO(text);
    CHECK(text.find("3 messages, oldest ") != std::string::npos);
    CHECK(text.find("conf/directory") != std::string::npos);
    for (const auto id : world.letters) CHECK(text.find(id.text()) != std::string::npos);
    CHECK_FALSE(test::names_the_patient(text));
    CHECK(Json(world.manage("GET", world.path("?limit=1")).body).size("/members") == 1);
    CHECK(Json(world.manage("GET", world.path("/ids?limit=2")).body).size("/ids") == 2);
    CHECK(world.manage("GET", "/v1/exceptions/00000000").status == 404);
}

TEST_CASE("exceptions: a preview shows what would happen, before and after the repair, and changes nothing") {
    UnknownPractice world;
    const auto before = world.manage("POST", world.path("/preview"), R"({"act":"release"})", true).body;
    INFO(before);
    CHECK(before.find("WOULD FAIL AGAIN: Organisation Y99999 is not in the directory") != std::string::npos);
    CHECK_FALSE(test::names_the_patient(before));
    world.add_practice();
    const Json json(world.manage("POST", world.path("/preview"), R"({"act":"release"})").body);
    CHECK(json.size("/preview") == 3);
    CHECK(json.number("/preview/0/deliveries/0/bytes") > 0);
    const auto replayed = world.manage("POST", world.path("/preview"), R"({"act":"replay","count":1})", true).body;
    INFO(replayed);
    CHECK(replayed.find("routed: letters to gp-practices") != std::string::npos);
    CHECK(replayed.find("to gp-practices for Y99999: ") != std::string::npos);
    CHECK(replayed.find("WOULD FAIL AGAIN") == std::string::npos);
    for (const auto id : world.letters) {
        CHECK(world.state(id, "gp-practices") == State::held);
        CHECK(world.count(id, "obligation.released") == 0);
    }
    CHECK(world.peers.seen("gp-practices").empty());
}

TEST_CASE("exceptions: a group is released with a reason, and the report says what became of it") {
    UnknownPractice world;
    world.add_practice();
    const auto path = world.path("/act");
    CHECK(world.manage("POST", path, R"({"act":"release","ids":[]})").status == 400);
    const auto ids = world.ids(world.letters);
    const Json acted(world.manage("POST", path, world.request("release", world.letters)).body);
    CHECK(acted.size("/acted") == 3);
    CHECK_FALSE(acted.has("/acted/0/why_not"));
    for (const auto id : world.letters) REQUIRE(world.becomes(id, "gp-practices", State::delivered));
    const Json outcome(world.manage("POST", "/v1/exceptions/outcome", R"({"ids":)" + ids + "}").body);
    CHECK(outcome.number("/delivered") == 3);
    CHECK(outcome.number("/failing") == 0);
    CHECK(world.read("/v1/exceptions") == "Nothing fails and nothing is held.\n");
    const auto story = world.read("/v1/journey/" + world.letters[0].text());
    CHECK(story.find("released     by nurse, reason: practice added") != std::string::npos);
}

TEST_CASE("exceptions: a group whose texts differ is acted on from the oldest message on, in order") {
    UnknownPractice world;
    // The text of the oldest one sorts last.
    const char* const days[] = {"2026-11-03", "2026-11-02", "2026-11-01"};
    for (std::size_t i = 0; i < world.letters.size(); ++i) {
        const auto owed = world.owed_to(world.letters[i], "gp-practices")->id.text();
        const auto reason = std::string("Lies in the tray since ") + days[i];
        REQUIRE(world.manage("POST", "/v1/act", R"({"act":"hold","id":")" + owed + R"(","reason":")" + reason + "\"}")
                    .status == 200);
    }
    const Json oldest(world.manage("GET", world.path("/ids?limit=1")).body);
    CHECK(oldest.text("/messages/0") == world.letters[0].text());
    const Json whole(world.manage("GET", world.path("/ids")).body);
    CHECK(whole.size("/ids") == 3);
    CHECK_FALSE(whole.has("/next"));
    const Json rest(world.manage("GET", world.path("/ids?limit=2&after=" + oldest.text("/next"))).body);
    CHECK(rest.text("/messages/0") == world.letters[1].text());
    CHECK(rest.text("/messages/1") == world.letters[2].text());
    CHECK(world.read("/v1/exceptions").find("Lies in the tray since … Such as: Lies in") != std::string::npos);

    world.manage("POST", world.path("/act"), world.request("cancel", world.letters));
    std::vector<Id> cancelled;
    for (const auto& event : world->store().events_after(0, 1'000).value())
        if (event.kind == "obligation.cancelled") cancelled.push_back(event.message);
    CHECK(cancelled == world.letters);
}

TEST_CASE("exceptions: what somebody else has taken out of the group is left alone") {
    UnknownPractice world;
    const auto path = world.path("/act");
    const auto body = world.request("cancel", world.letters);
    REQUIRE(world.act(OperatorAct::Kind::hold, world.owed_to(world.letters[1], "gp-practices")->id).has_value());
    const Json acted(world.manage("POST", path, body).body);
    CHECK_FALSE(acted.has("/acted/0/why_not"));
    CHECK(acted.text("/acted/1/why_not").find("somebody was quicker") != std::string::npos);
    CHECK(world.state(world.letters[1], "gp-practices") == State::held);
    CHECK(world.owed_to(world.letters[0], "gp-practices")->rule == "operator");
}

TEST_CASE("exceptions: what fails again is told by its cause") {
    UnknownPractice world;
    const auto ids = world.ids(world.letters);
    CHECK(world.manage("POST", world.path("/act"), world.request("release", world.letters)).status == 200);
    for (const auto id : world.letters) REQUIRE(test::soon([&] { return world.count(id, "obligation.held") == 1; }));
    const Json outcome(world.manage("POST", "/v1/exceptions/outcome", R"({"ids":)" + ids + "}").body);
    CHECK(outcome.number("/failing") == 3);
    CHECK(outcome.size("/causes") == 1);
    CHECK(outcome.text("/causes/0/cause") == "Organisation Y99999 is not in the directory");
    CHECK(outcome.number("/causes/0/count") == 3);
}

TEST_CASE("exceptions: a delivery is replayed for its destination alone, through the configuration of today") {
    ApiWorld world;
    world.route("adt", "from: [adt]\nwhen: \"MSH-9.1 = 'ADT'\"\nto: [{destination: pas}, {destination: theatre}]\n");
    world.peers.script("pas", {Does::refuse});
    world.start();
    const auto message = world.send("adt", test::adt("C1", "9990000018")).message;
    REQUIRE(world.becomes(message, "pas", State::held));
    REQUIRE(world.becomes(message, "theatre", State::delivered));
    const auto group = Json(world.manage("GET", "/v1/exceptions").body).text("/exceptions/0/group");
    const auto id = world.owed_to(message, "pas")->id;
    const Json acted(world
                         .manage("POST", "/v1/exceptions/" + group + "/act",
                                 R"({"act":"replay","reason":"mended","ids":[")" + id.text() + "\"]}")
                         .body);
    const auto follow = acted.text("/acted/0/follow");
    CHECK(Id::parse(follow).has_value());
    REQUIRE(test::soon([&] { return world.peers.seen("pas").size() == 2; }));
    REQUIRE(world.settles());
    CHECK(world.peers.seen("theatre").size() == 1);
    CHECK(world.store().obligation(id).value().rule == "replayed");
    const Json outcome(world.manage("POST", "/v1/exceptions/outcome", R"({"ids":[")" + follow + "\"]}").body);
    CHECK(outcome.number("/delivered") == 1);
    CHECK(world.balances({message}));
}

TEST_CASE("exceptions: a replay for a destination that no route serves any more is held, and says so") {
    ApiWorld world;
    world.route("adt", "from: [adt]\nwhen: \"MSH-9.1 = 'ADT'\"\nto: [{destination: pas}]\n");
    world.peers.script("pas", {Does::refuse});
    world.start();
    const auto message = world.send("adt", test::adt("C1", "9990000018")).message;
    REQUIRE(world.becomes(message, "pas", State::held));
    world.route("adt", "from: [adt]\nwhen: \"MSH-9.1 = 'ADT'\"\nto: [{destination: theatre}]\n");
    REQUIRE(world.reload().empty());
    REQUIRE(world.act(OperatorAct::Kind::replay, world.owed_to(message, "pas")->id).has_value());
    REQUIRE(test::soon(
        [&] { return world.read("/v1/exceptions").find("No route owes this message to pas") != std::string::npos; }));
    CHECK(world.peers.seen("theatre").empty());
}

TEST_CASE("exceptions: a letter that went to the wrong practice goes to another one of the same destination") {
    ApiWorld world;
    world.peers.script("gp-practices", {Does::refuse});
    world.start();
    const auto message = world.letter("L1", "Y90001");
    REQUIRE(world.becomes(message, "gp-practices", State::held));
    const auto before = *world.owed_to(message, "gp-practices");
    const auto redirect = [&](const std::string& to, const std::string& organisation) {
        return world.manage("POST", "/v1/act",
                            R"({"act":"redirect","id":")" + before.id.text() + R"(","reason":"moved","destination":")" +
                                to + R"(","organisation":")" + organisation + "\"}",
                            true);
    };
    CHECK(redirect("gp-practices", "").body.find("release it, or name another --organisation") != std::string::npos);
    CHECK(redirect("gp-practices", "Y90001").status == 400);
    for (const auto* nobody : {"Y99999", "Y90003", "Y90004"}) CHECK(redirect("gp-practices", nobody).status == 404);
    CHECK(redirect("theatre", "Y90002").body.find("leave --organisation out") != std::string::npos);
    CHECK(world.state(message, "gp-practices") == State::held);
    REQUIRE(redirect("gp-practices", "Y90002").status == 200);
    CHECK(world.settles());
    REQUIRE(world.peers.seen("gp-practices").size() == 2);
    CHECK(world.peers.seen("gp-practices")[1].address == "http://127.0.0.1:8/fhir");
    CHECK(world.store().obligation(before.id)->rule == "redirected");
    CHECK(world.balances({message}));
}

TEST_CASE("exceptions: a delivery without an organisation is not given to a destination that has many") {
    ApiWorld world;
    world.destination("other-practices", "url: directory\n");
    world.route("adt", "from: [adt]\nwhen: \"MSH-9.1 = 'ADT'\"\nto: [{destination: pas}]\n");
    world.peers.script("pas", {Does::refuse});
    world.peers.script("gp-practices", {Does::refuse});
    world.start();
    const auto adt = world.send("adt", test::adt("C1", "9990000018")).message;
    const auto letter = world.letter("L1", "Y90001", "9990000026");
    REQUIRE(world.becomes(adt, "pas", State::held));
    REQUIRE(world.becomes(letter, "gp-practices", State::held));
    const auto redirect = [&](Id id) {
        return world.manage(
            "POST", "/v1/act",
            R"({"act":"redirect","reason":"why","destination":"other-practices","id":")" + id.text() + "\"}", true);
    };
    const auto refused = redirect(world.owed_to(adt, "pas")->id);
    CHECK(refused.status == 400);
    CHECK(refused.body.find("say whom it is for, with --organisation") != std::string::npos);
    CHECK(redirect(world.owed_to(letter, "gp-practices")->id).status == 200);  // For its own practice.
    REQUIRE(world.becomes(letter, "other-practices", State::delivered));
    CHECK(world.owed_to(letter, "other-practices")->organisation == "Y90001");
}

TEST_CASE("exceptions: a preview asks the sender of the destination whether it could send this") {
    ApiWorld world;
    world.route("adt", "from: [adt]\nwhen: \"MSH-9.1 = 'ADT'\"\nto: [{destination: pas}]\n");
    world.peers.script("pas", {Does::refuse});
    world.start();
    const auto message = world.send("adt", test::adt("UNSENDABLE", "9990000018")).message;
    REQUIRE(world.becomes(message, "pas", State::held));
    const auto group = Json(world.manage("GET", "/v1/exceptions").body).text("/exceptions/0/group");
    const auto preview = world.manage("POST", "/v1/exceptions/" + group + "/preview",
                                      R"({"act":"redirect","destination":"theatre"})", true);
    CHECK(preview.body.find("WOULD FAIL AGAIN: The receiver takes no such thing.") != std::string::npos);
}

TEST_CASE("exceptions: an answer that is awaited is not replayed, which would send its message to everybody again") {
    ApiWorld world;
    world.start();
    const auto message = world.refer();
    REQUIRE(world.becomes(message, "pas", State::delivered));
    world.clock.advance(std::chrono::hours(49));
    const auto is_late = [&] {
        const auto groups = Json(world.manage("GET", "/v1/exceptions").body);
        return groups.text("/exceptions/0/cause").starts_with("No answer from pas");
    };
    REQUIRE(test::soon(is_late));
    const auto group = Json(world.manage("GET", "/v1/exceptions").body).text("/exceptions/0/group");
    const auto ids = Json(world.manage("GET", "/v1/exceptions/" + group + "/ids").body).text("/ids/0");
    const Json acted(world
                         .manage("POST", "/v1/exceptions/" + group + "/act",
                                 R"({"act":"replay","reason":"x","ids":[")" + ids + "\"]}")
                         .body);
    CHECK(acted.text("/acted/0/why_not").find("cannot be replayed") != std::string::npos);
    CHECK(world.count(message, "message.replayed") == 0);
}

TEST_CASE("exceptions: a delivery goes to another destination, with its lane and who and why") {
    ApiWorld world;
    world.route("adt", "from: [adt]\nwhen: \"MSH-9.1 = 'ADT'\"\nto: [{destination: pas}]\n");
    world.peers.script("pas", {Does::refuse});
    world.start();
    const auto message = world.send("adt", test::adt("C1", "9990000018")).message;
    REQUIRE(world.becomes(message, "pas", State::held));
    const auto before = *world.owed_to(message, "pas");
    const auto redirect = [&](const std::string& to) {
        return world.manage("POST", "/v1/act",
                            R"({"act":"redirect","id":")" + before.id.text() +
                                R"(","reason":"pas is closed","destination":")" + to + "\"}");
    };
    CHECK(redirect("nowhere").status == 404);
    CHECK(redirect("pas").status == 400);
    CHECK(redirect("theatre").status == 200);
    REQUIRE(world.becomes(message, "theatre", State::delivered));
    CHECK(world.owed_to(message, "pas")->rule == "redirected");
    CHECK(world.owed_to(message, "theatre")->lane == "theatre" + before.lane.substr(3));
    CHECK(world.peers.seen("theatre").at(0).payload == world.peers.seen("pas").at(0).payload);
    CHECK(world.read("/v1/journey/" + message.text()).find("by nurse, reason: pas is closed") != std::string::npos);
    CHECK(world.balances({message}));
}

}  // namespace
}  // namespace causeway::api
