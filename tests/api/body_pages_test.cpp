#include "api/body_pages.hpp"

#include <doctest/doctest.h>

#include "api/api_fixture.hpp"
#include "core/digest.hpp"

namespace causeway::api {
namespace {

using test::ApiWorld;
using test::Does;
using test::Json;

/// One message whose receiver says no.
struct RefusedWorld : ApiWorld {
    RefusedWorld() {
        channel("adt", "nhs_number: warn\nowner: adt-team\n");
        route("adt", "from: [adt]\nwhen: \"MSH-9.1 = 'ADT'\"\nto: [{destination: pas}]\n");
        peers.script("pas", {Does::refuse});
        start();
        message = send("adt", test::adt("C1", "9990000018")).message;
        REQUIRE(becomes(message, "pas", State::held));
        delivery = owed_to(message, "pas")->id;
    }
    net::HttpResponse body(Id id, const std::string& more = R"("reason":"to mend it")", bool as_text = false) {
        return manage("POST", "/v1/body", R"({"id":")" + id.text() + "\"," + more + "}", as_text);
    }
    Id message, delivery;
};

TEST_CASE("body: the bytes of a message are read for a reason, which is kept with who read them") {
    RefusedWorld world;
    CHECK(world.body(world.message, R"("reason":" ")").status == 400);
    CHECK(world.count(world.message, "message.read") == 0);
    const auto read = world.body(world.message);
    CHECK(base64_decode(Json(read.body).text("/body")) == test::adt("C1", "9990000018"));
    CHECK(world.count(world.message, "message.read") == 1);
    const auto story = world.read("/v1/journey/" + world.message.text());
    CHECK(story.find("its bytes, by nurse, reason: to mend it") != std::string::npos);
}

TEST_CASE("body: what a receiver answered is read by the id of its delivery, or of the message") {
    RefusedWorld world;
    CHECK(world.body(world.delivery, R"("reason":" ")").status == 400);
    const Json json(world.body(world.delivery).body);
    REQUIRE(json.size("/answers") == 1);
    const auto answer = base64_decode(json.text("/body"));
    REQUIRE(answer);
    CHECK(answer->find("MSA|AE|") != std::string::npos);
    CHECK(json.text("/answers/0/obligation") == world.delivery.text());

    const auto text = world.body(world.message, R"("reason":"why","answers":"yes")", true).body;
    CHECK(text.find(world.delivery.text()) != std::string::npos);
    CHECK(text.find("\nMSA|AE|") != std::string::npos);
    const auto story = world.read("/v1/journey/" + world.message.text());
    INFO(story);
    CHECK(story.find("what its receivers answered, by nurse, reason: why") != std::string::npos);
    CHECK(story.find("causeway body ID --reason TEXT\n  " + world.delivery.text()) != std::string::npos);
    CHECK(story.find("MSA") == std::string::npos);
    CHECK(world.count(world.message, "message.read") == 2);
}

TEST_CASE("body: an id that nobody has, and a delivery without an answer, are said to be so and leave no event") {
    RefusedWorld world;
    CHECK(world.body(Id{42}).status == 404);
    const auto process = world.act(OperatorAct::Kind::replay, world.message).value().back().id;
    const auto none = world.body(process, R"("reason":"why")", true);
    CHECK(none.status == 404);
    CHECK(none.body.find("No receiver's answer is kept") != std::string::npos);
    CHECK(world.count(world.message, "message.read") == 0);
}

}  // namespace
}  // namespace causeway::api
