#include <doctest/doctest.h>

#include "api/api_fixture.hpp"
#include "fhir/document.hpp"
#include "support/definitions.hpp"
#include "validation/validator.hpp"

namespace causeway::api {
namespace {

using test::ApiWorld;
using test::Json;

constexpr auto kGood = R"({"resourceType":"Patient","gender":"female","birthDate":"1966-09-09"})";
constexpr auto kBad = R"({"resourceType":"Patient","gender":"woman"})";

FhirResponse ask(ApiWorld& world, const std::string& path, const std::string& body, const std::string& query = {}) {
    FhirRequest request{"POST", path, query, body, "application/fhir+json", {}};
    request.channel = "referrals";
    return world.ask(std::move(request));
}

OperationOutcome judged(const std::string& body) {
    fhir::ParseOptions options;
    options.definitions = test::r4();
    const auto document = fhir::parse(Payload(body), options);
    REQUIRE_MESSAGE(document.has_value(), body);
    return validation::Validator(test::r4()).validate(**document);
}

TEST_CASE("$validate: the answer is 200 with an outcome, whether valid or not, and nothing is stored") {
    ApiWorld world;
    world.start();
    const auto good = ask(world, "$validate", kGood);
    CHECK(good.status == 200);
    CHECK(Json(good.body).text("/resourceType") == "OperationOutcome");
    CHECK(good.body.find("\"error\"") == std::string::npos);
    const auto bad = ask(world, "Patient/$validate", kBad);
    CHECK(bad.status == 200);
    CHECK(bad.body.find("\"error\"") != std::string::npos);
    CHECK(bad.body.find("Patient.gender") != std::string::npos);
}

TEST_CASE("$validate: what cannot be read is 400, XML is read as JSON is") {
    ApiWorld world;
    world.start();
    CHECK(ask(world, "$validate", "{").status == 400);
    CHECK(ask(world, "$validate", "<Patient").status == 400);
    const auto xml =
        ask(world, "$validate", "<Patient xmlns=\"http://hl7.org/fhir\"><gender value=\"woman\"/></Patient>");
    CHECK(xml.status == 200);
    CHECK(xml.body.find("Patient.gender") != std::string::npos);
}

TEST_CASE("$validate: Parameters name the resource, and the address its type") {
    ApiWorld world;
    world.start();
    const auto parameters = R"({"resourceType":"Parameters","parameter":[{"name":"mode","valueCode":"create"},)"
                            R"({"name":"resource","resource":)" +
                            std::string(kBad) + "}]}";
    const auto inside = ask(world, "Patient/$validate", parameters);
    CHECK(inside.status == 200);
    CHECK(inside.body.find("Patient.gender") != std::string::npos);
    CHECK(ask(world, "$validate", R"({"resourceType":"Parameters","parameter":[{"name":"mode"}]})").status == 400);
    CHECK(ask(world, "Task/$validate", kGood).body.find("Send a Task") != std::string::npos);
    CHECK(ask(world, "Nothing/$validate", kGood).status == 404);
}

TEST_CASE("$validate: a profile is asked for by its canonical, and one that is not held is said") {
    ApiWorld world;
    world.start();
    const auto profile = [&](const std::string& url) { return ask(world, "$validate", kGood, "profile=" + url); };
    CHECK(profile("http%3A%2F%2Fhl7.org%2Ffhir%2FStructureDefinition%2FPatient").status == 200);
    CHECK(profile("http://example.org/none").status == 404);
    CHECK(world.get("$validate").status == 405);
}

TEST_CASE("metadata: it is valid, tells what the configuration says, and comes as XML too") {
    ApiWorld world;
    world.file("causeway.yaml",
               "state: ../var\nmappings: ../mappings\nops: off\nstop_within: 1s\nmin_free_disk: 1MB\n"
               "base_url: https://causeway.example.nhs.uk/fhir\n");
    world.channel("referrals",
                  "owner: referral-team\nvalidate:\n  profiles: ['http://hl7.org/fhir/StructureDefinition/Patient']\n");
    world.start();
    FhirRequest request{"GET", "metadata", "", "", "", {}};
    request.channel = "referrals";
    const auto body = world.ask(request).body;
    const Json json(body);
    CHECK(json.text("/resourceType") == "CapabilityStatement");
    CHECK(json.text("/implementation/url") == "https://causeway.example.nhs.uk/fhir");
    CHECK(json.text("/format/1") == "application/fhir+xml");
    CHECK(body.find("\"supportedProfile\":[\"http://hl7.org/fhir/StructureDefinition/Patient\"]") != std::string::npos);
    CHECK(body.find("Resource-validate") != std::string::npos);
    for (const auto& finding : judged(body).issues)
        CHECK_MESSAGE(finding.severity != Severity::error, finding.expression, ": ", finding.text);
    request.wants_xml = true;
    const auto xml = world.ask(request).body;
    CHECK(xml.starts_with("<"));
    CHECK_FALSE(judged(xml).has_errors());
}

}  // namespace
}  // namespace causeway::api
