#include "api/fhir_service.hpp"

#include <doctest/doctest.h>

#include "api/api_fixture.hpp"
#include "api/task.hpp"

namespace causeway::api {
namespace {

using test::ApiWorld;
using test::Does;
using test::Json;
using test::Referral;

std::string error_of(const FhirResponse& response) {
    const Json json(response.body);
    CHECK(json.text("/resourceType") == "OperationOutcome");
    CHECK(json.size("/issue") == 1);
    CHECK(!json.text("/issue/0/details/text").empty());
    return json.text("/issue/0/code");
}

TEST_CASE("Task: a referral that went well is told, without the patient") {
    ApiWorld world;
    world.peers.always("pas", Does::answer_rri);
    world.start();
    const auto verdict = world.post("referrals", test::json({}));
    REQUIRE(world.becomes(verdict.message, "pas", State::delivered, Duty::answer));
    const auto response = world.get("Task/" + verdict.message.text());
    CHECK(response.status == 200);
    const Json task(response.body);
    CHECK(task.text("/resourceType") == "Task");
    CHECK(task.text("/id") == verdict.message.text());
    CHECK(task.text("/status") == "completed");
    CHECK(task.text("/intent") == "order");
    CHECK(task.text("/focus/reference") == "ServiceRequest/" + verdict.message.text());
    CHECK(task.text("/authoredOn") == to_fhir_instant(verdict.at));
    CHECK(!task.text("/meta/lastUpdated").empty());
    CHECK(task.text("/note/0/text") ==
          "Decided: service \"headache\" by rule \"test-pathway/7 service-headache\": Migraine is seen there.");
    CHECK(!task.has("/for"));
    CHECK_FALSE(test::names_the_patient(response.body));
}

TEST_CASE("Task: its status follows what is owed") {
    ApiWorld world;
    world.peers.script("pas", {Does::fail_for_now, Does::fail_for_now, Does::refuse});
    world.start();
    const auto message = world.refer();
    const auto status = [&] { return Json(world.get("Task/" + message.text()).body).text("/status"); };
    REQUIRE(world.becomes(message, "pas", State::held));
    CHECK(status() == "on-hold");
    REQUIRE(world.act(OperatorAct::Kind::release, world.owed_to(message, "pas")->id).has_value());
    REQUIRE(world.becomes(message, "pas", State::delivered));
    const Json task(world.get("Task/" + message.text()).body);
    CHECK(task.text("/status") == "in-progress");
    CHECK(task.text("/businessStatus/text") == "delivered, answer awaited");
}

TEST_CASE("Task: what was refused is rejected, what asks the GP says what it asks") {
    ApiWorld world;
    world.start();
    Referral incomplete;
    incomplete.reason = "";
    const auto refused = world.post("referrals", test::json(incomplete));
    CHECK(refused.http_status == 422);
    CHECK(Json(world.get("Task/" + refused.message.text()).body).text("/status") == "rejected");
    incomplete.priority = "urgent";
    incomplete.id = "b2";
    const auto asked = world.refer(incomplete);
    REQUIRE(world.becomes(asked, "pas", State::delivered));
    const auto body = world.get("Task/" + asked.text()).body;
    CHECK(Json(body).text("/status") == "in-progress");
    CHECK(body.find("Asked: Give the reason.") != std::string::npos);
}

TEST_CASE("ServiceRequest: it is what was sent, under the server's id, and its numbers stay numbers as written") {
    ApiWorld world;
    world.start();
    Referral with_quantity;
    with_quantity.extra = R"("meta":{"versionId":"3","lastUpdated":"2020-01-01T00:00:00Z"},)"
                          R"("quantityQuantity":{"value":1.50,"unit":"visit"},"doNotPerform":false,)";
    const auto verdict = world.post("referrals", test::json(with_quantity));
    const auto response = world.get("ServiceRequest/" + verdict.message.text());
    CHECK(response.status == 200);
    const Json json(response.body);
    REQUIRE(json.good());
    CHECK(json.text("/resourceType") == "ServiceRequest");
    CHECK(json.text("/id") == verdict.message.text());
    CHECK(json.text("/meta/lastUpdated") == to_fhir_instant(verdict.at));
    CHECK(json.text("/meta/versionId") == "3");
    CHECK(json.text("/identifier/0/value") == "000049070005");
    CHECK(response.body.find("\"value\":1.50") != std::string::npos);
    CHECK(response.body.find("\"doNotPerform\":false") != std::string::npos);
    CHECK(response.body.find("sr-b1") == std::string::npos);
}

TEST_CASE("ServiceRequest: it is found by the id that its sender gave it, and by nothing else of other kinds") {
    ApiWorld world;
    world.start();
    const auto message = world.refer();
    CHECK(Json(world.get("ServiceRequest/sr-b1").body).text("/id") == message.text());
    CHECK(world.get("Task/sr-b1").status == 404);
    const auto letter = world.letter("L1", "Y90001");
    CHECK(world.get("ServiceRequest/" + letter.text()).status == 404);
}

TEST_CASE("ServiceRequest: an id that two senders use is no answer for a caller who may see both") {
    ApiWorld world;
    world.start();
    const auto one = world.post("referrals", test::json({}), "CN=one").message;
    const auto two = world.post("referrals", test::json({}), "CN=two").message;
    CHECK(world.get("ServiceRequest/sr-b1").status == 409);
    CHECK(Json(world.get("ServiceRequest/sr-b1", {"CN=one", {}}).body).text("/id") == one.text());
    CHECK(Json(world.get("ServiceRequest/sr-b1", {"CN=two", {}}).body).text("/id") == two.text());
}

TEST_CASE("Task search: by UBRN and by the patient's NHS number, in the body of a POST") {
    ApiWorld world;
    world.start();
    const auto message = world.refer();
    Referral other_one;
    other_one.id = "b2";
    other_one.ubrn = "000049070006";
    other_one.nhs_number = "9990000026";
    world.refer(other_one);
    for (const auto* form :
         {"identifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2FUBRN%7C000049070005",
          "identifier=https://fhir.nhs.uk/Id/UBRN|000049070005",
          "patient:identifier=https%3A%2F%2Ffhir.nhs.uk%2FId%2Fnhs-number%7C999+000+0018",
          "patient%3Aidentifier=9990000018", "identifier=000049070005&patient:identifier=9990000018"}) {
        CAPTURE(form);
        const auto response = world.search(form);
        CHECK(response.status == 200);
        const Json bundle(response.body);
        CHECK(bundle.text("/resourceType") == "Bundle");
        CHECK(bundle.text("/type") == "searchset");
        CHECK(bundle.number("/total") == 1);
        REQUIRE(bundle.size("/entry") == 1);
        CHECK(bundle.text("/entry/0/resource/id") == message.text());
        CHECK(bundle.text("/entry/0/search/mode") == "match");
        CHECK_FALSE(test::names_the_patient(response.body));
    }
    CHECK(Json(world.search("identifier=000049070005&patient:identifier=9990000026").body).number("/total") == 0);
    CHECK(Json(world.search("identifier=none").body).number("/total") == 0);
}

TEST_CASE("Task search: it says what is wrong with the question") {
    ApiWorld world;
    world.start();
    CHECK(world.search("identifier=1", {}, "application/json").status == 415);
    CHECK(world.search("").status == 400);
    CHECK(world.search("name=TESTPATIENT").status == 400);
    CHECK(world.search("identifier=1&name=TESTPATIENT").status == 400);
    CHECK_FALSE(test::names_the_patient(world.search("name=TESTPATIENT").body));
    CHECK(world.search("identifier=1", {}, "application/x-www-form-urlencoded; charset=utf-8").status == 200);
}

TEST_CASE("FHIR: what is not there is 404, what is not done is 405, each with an OperationOutcome") {
    ApiWorld world;
    world.start();
    CHECK(error_of(world.get("Task/0123456789ABC")) == "not-found");
    CHECK(world.get("Task/0123456789ABC").status == 404);
    CHECK(world.get("Patient/1").status == 404);
    CHECK(error_of(world.get("Task")) == "not-supported");
    CHECK(world.get("Task").status == 405);
    CHECK(world.ask({"DELETE", "Task/0123456789ABC", "", "", "", {}}).status == 405);
    CHECK(world.ask({"GET", "Task/_search", "identifier=1", "", "", {}}).status != 200);
}

TEST_CASE("FHIR: a client that proved who it is sees only what it sent") {
    ApiWorld world;
    world.start();
    const auto mine = world.post("referrals", test::json({}), "CN=practice").message;
    const test::Json own(world.get("Task/" + mine.text(), {"CN=practice", {}}).body);
    CHECK(own.text("/id") == mine.text());
    const Client other{"CN=other", {}};
    CHECK(world.get("Task/" + mine.text(), other).status == 404);
    CHECK(world.get("ServiceRequest/" + mine.text(), other).status == 404);
    CHECK(world.get("ServiceRequest/sr-b1", other).status == 404);
    CHECK(Json(world.search("identifier=000049070005", other).body).number("/total") == 0);
    CHECK(Json(world.search("identifier=000049070005", {"CN=practice", {}}).body).number("/total") == 1);
}

TEST_CASE("FHIR: a token reads what its scope allows") {
    ApiWorld world;
    world.start();
    const auto mine = world.post("referrals", test::json({}), "gp").message;
    const auto status = [&](const std::string& type, std::vector<std::string> scopes) {
        return world.get(type + "/" + mine.text(), {"gp", std::move(scopes)}).status;
    };
    CHECK(status("Task", {"system/Task.read"}) == 200);
    CHECK(status("Task", {"system/Task.rs"}) == 200);
    CHECK(status("Task", {"system/*.*"}) == 200);
    CHECK(status("Task", {"system/ServiceRequest.read"}) == 403);
    CHECK(status("ServiceRequest", {"system/ServiceRequest.read"}) == 200);
    CHECK(status("Task", {"system/Task.write"}) == 403);
    CHECK(status("Task", {"system/Task.cu"}) == 403);
    CHECK(status("Task", {"system/Task.rs?owner=gp"}) == 403);
    CHECK(status("Task", {"openid"}) == 403);
}

TEST_CASE("FHIR: metadata says what the endpoint does") {
    ApiWorld world;
    world.start();
    const auto response = world.get("metadata");
    const Json json(response.body);
    CHECK(response.status == 200);
    CHECK(json.text("/resourceType") == "CapabilityStatement");
    CHECK(json.text("/fhirVersion") == "4.0.1");
    CHECK(json.text("/rest/0/resource/1/type") == "Task");
    CHECK(json.text("/rest/0/operation/0/name") == "process-message");
}

}  // namespace
}  // namespace causeway::api
