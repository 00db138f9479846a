#include "fhir/bundle.hpp"

#include <doctest/doctest.h>

#include "fhir/json.hpp"

using namespace causeway;

namespace {

const auto kBundle = R"({"resourceType":"Bundle","type":"message","entry":[
  {"fullUrl":"urn:uuid:aaaaaaaa-0000-4000-8000-000000000001","resource":{"resourceType":"MessageHeader","id":"h"}},
  {"fullUrl":"https://a.example/fhir/Patient/1","resource":{"resourceType":"Patient","id":"1","gender":"male"}},
  {"fullUrl":"https://b.example/fhir/Patient/1","resource":{"resourceType":"Patient","id":"1","gender":"female"}},
  {"fullUrl":"https://b.example/fhir/Observation/7","resource":{"resourceType":"Observation","id":"7",
     "contained":[{"resourceType":"Device","id":"d"}]}},
  {"resource":{"resourceType":"Organization","id":"o"}},
  {"request":{"method":"DELETE","url":"Patient/9"}}]})";

struct Fixture {
    std::shared_ptr<const fhir::JsonDocument> document = fhir::parse_json(Payload(kBundle)).value();
    fhir::Bundle bundle{document->root()};
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "bundle: resources come in order and by type") {
    CHECK(bundle.type() == "message");
    CHECK(bundle.resources().size() == 5);
    CHECK(bundle.resources("Patient").size() == 2);
    CHECK(bundle.first("Organization").child("id").text() == "o");
    CHECK_FALSE(bundle.first("Task"));
}

TEST_CASE_FIXTURE(Fixture, "bundle: absolute references and urn:uuid follow fullUrl") {
    CHECK(bundle.resolve("urn:uuid:aaaaaaaa-0000-4000-8000-000000000001").type() == "MessageHeader");
    CHECK(bundle.resolve("https://b.example/fhir/Patient/1").child("gender").text() == "female");
    CHECK(bundle.resolve("https://b.example/fhir/Patient/1/_history/3").child("gender").text() == "female");
    CHECK_FALSE(bundle.resolve("https://c.example/fhir/Patient/1"));
    CHECK_FALSE(bundle.resolve("urn:uuid:aaaaaaaa-0000-4000-8000-000000000002"));
}

TEST_CASE_FIXTURE(Fixture, "bundle: a relative reference counts from the fullUrl of the resource that holds it") {
    const auto observation = bundle.first("Observation");

    CHECK(bundle.resolve("Patient/1", observation).child("gender").text() == "female");
    CHECK(bundle.resolve("Patient/1").child("gender").text() == "male");
    CHECK(bundle.resolve("Organization/o", observation).type() == "Organization");
    CHECK_FALSE(bundle.resolve("Patient/2", observation));
}

TEST_CASE_FIXTURE(Fixture, "bundle: a fragment names what its container holds") {
    const auto observation = bundle.first("Observation");

    CHECK(bundle.resolve("#d", observation).type() == "Device");
    CHECK(bundle.resolve("#", observation) == observation);
    CHECK_FALSE(bundle.resolve("#d"));
    CHECK_FALSE(bundle.resolve("#e", observation));
    CHECK_FALSE(bundle.resolve("", observation));
}
