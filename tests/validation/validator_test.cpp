#include "validation/validator.hpp"

#include <doctest/doctest.h>

#include "fhir/definitions/compile.hpp"
#include "fhir/definitions/documents.hpp"
#include "fhir/document.hpp"
#include "support/definitions.hpp"

using namespace causeway;
using validation::Options;
using validation::Validator;

namespace {

OperationOutcome validate(const std::string& text, const fhir::DefinitionsPtr& definitions, Options options = {},
                          const std::vector<std::string>& profiles = {}) {
    fhir::ParseOptions parse;
    parse.definitions = definitions;
    parse.lenient = true;
    const auto document = fhir::parse(Payload(text), parse);
    REQUIRE(document.has_value());
    return Validator(definitions, std::move(options)).validate(**document, profiles);
}

OperationOutcome validate(const std::string& text, Options options = {}) {
    return validate(text, test::r4(), std::move(options));
}

fhir::DefinitionsPtr with(const std::string& definition) {
    fhir::Documents documents(test::r4());
    REQUIRE(documents.add_text(definition, "test").has_value());
    auto extended = fhir::extend(test::r4(), documents);
    REQUIRE(extended.has_value());
    return extended->definitions;
}

bool says(const OperationOutcome& outcome, std::string_view rule, std::string_view expression) {
    for (const auto& finding : outcome.issues)
        if (finding.rule == rule && finding.expression == expression) return true;
    return false;
}

constexpr const char* kProfile =
    R"({"resourceType":"StructureDefinition","url":"http://example.org/named","name":"Named",
 "status":"active","fhirVersion":"4.0.1","kind":"resource","abstract":false,"type":"Patient",
 "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","derivation":"constraint",
 "differential":{"element":[{"id":"Patient","path":"Patient"},
 {"id":"Patient.identifier","path":"Patient.identifier","slicing":{"discriminator":[{"type":"value","path":"system"}],
  "rules":"closed"}},
 {"id":"Patient.identifier:nhs","path":"Patient.identifier","sliceName":"nhs","min":1,"max":"1"},
 {"id":"Patient.identifier:nhs.system","path":"Patient.identifier.system","min":1,
  "fixedUri":"https://fhir.nhs.uk/Id/nhs-number"}]}})";

constexpr const char* kMessageDefinition = R"({"resourceType":"MessageDefinition","url":"http://example.org/referral",
 "status":"active","date":"2026-11-21","eventUri":"urn:event:referral",
 "focus":[{"code":"MessageHeader","min":1,"max":"1"},{"code":"Patient","min":1,"max":"1"}]})";

std::string message(const std::string& entries) {
    return R"({"resourceType":"Bundle","type":"message","entry":[{"fullUrl":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
      "resource":{"resourceType":"MessageHeader","eventUri":"urn:event:referral","source":{"endpoint":"urn:x:y"}}})" +
           entries + "]}";
}

std::string patient_entry(const std::string& id) {
    return R"(,{"fullUrl":"http://example.org/fhir/Patient/)" + id +
           R"(","resource":{"resourceType":"Patient","id":")" + id + R"("}})";
}

}  // namespace

TEST_CASE("a right resource raises no error") {
    CHECK_FALSE(validate(R"({"resourceType":"Patient","gender":"female","birthDate":"2026-11-21"})").has_errors());
}

TEST_CASE("an unknown element, a wrong code and a day that the calendar lacks are named with their place") {
    const auto outcome = validate(R"({"resourceType":"Patient","sex":"f","gender":"woman","birthDate":"2026-02-30"})");
    CHECK(says(outcome, "unknown-element", "Patient"));
    CHECK(says(outcome, "binding-required", "Patient.gender"));
    CHECK(says(outcome, "primitive", "Patient.birthDate"));
}

TEST_CASE("a text where an element with parts belongs is an error, in lists and in choices too") {
    const auto outcome =
        validate(R"({"resourceType":"Patient","maritalStatus":"single","name":["Ash"],"contact":[{"name":true}],)"
                 R"("extension":[{"url":"http://example.org/x","valueCoding":"a"}]})");
    CHECK(says(outcome, "json-object-needed", "Patient.maritalStatus"));
    CHECK(says(outcome, "json-object-needed", "Patient.name[0]"));
    CHECK(says(outcome, "json-object-needed", "Patient.contact[0].name"));
    CHECK(says(outcome, "json-object-needed", "Patient.extension[0].value.ofType(Coding)"));
}

TEST_CASE("what is missing is said of the element that lacks it") {
    const auto outcome = validate(R"({"resourceType":"Bundle","type":"collection","entry":[
      {"fullUrl":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520","resource":{"resourceType":"Observation"}}]})");
    CHECK(says(outcome, "cardinality-min", "Bundle.entry[0].resource"));
}

TEST_CASE("a finding has line and column") {
    const auto outcome = validate("{\"resourceType\":\"Patient\",\n \"birthDate\":\"soon\"}");
    for (const auto& finding : outcome.issues)
        if (finding.rule == "primitive") CHECK(finding.line == 2);
}

TEST_CASE("slices are told apart by their value, and a closed slicing takes nothing else") {
    const auto definitions = with(kProfile);
    const std::string good = R"({"resourceType":"Patient","identifier":[
      {"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]})";
    CHECK_FALSE(validate(good, definitions, {}, {"http://example.org/named"}).has_errors());
    const auto bad = validate(R"({"resourceType":"Patient","identifier":[{"system":"urn:other:1","value":"1"}]})",
                              definitions, {}, {"http://example.org/named"});
    CHECK(says(bad, "slice-none", "Patient.identifier[0]"));
    CHECK(says(bad, "cardinality-min", "Patient"));
}

TEST_CASE("a profile that is not held is said to be unknown") {
    CHECK(says(validate(R"({"resourceType":"Patient"})", test::r4(), {}, {"http://example.org/nowhere"}),
               "profile-unknown", "Patient"));
}

TEST_CASE("a system that is not held is information, never a wrong code") {
    const auto outcome = validate(R"({"resourceType":"Observation","status":"final",
      "code":{"coding":[{"system":"http://example.org/codes","code":"x"}]}})");
    CHECK_FALSE(outcome.has_errors());
    CHECK(says(outcome, "system-unknown", "Observation.code.coding[0]"));
}

TEST_CASE("an unknown extension is a warning, an unknown modifier extension an error") {
    const auto outcome = validate(R"({"resourceType":"Patient",
      "extension":[{"url":"https://trust.nhs.uk/ext","valueString":"x"}],
      "modifierExtension":[{"url":"https://trust.nhs.uk/mod","valueString":"x"}]})");
    CHECK(says(outcome, "extension-unknown", "Patient.extension[0]"));
    CHECK(says(outcome, "extension-modifier-unknown", "Patient.modifierExtension[0]"));
}

TEST_CASE("overrides drop findings by rule and path") {
    Options options;
    options.overrides.push_back({"binding-required", "Patient.gender", std::nullopt, "The sender's codes are mapped."});
    const std::string text = R"({"resourceType":"Patient","gender":"woman"})";
    CHECK(validate(text).has_errors());
    CHECK_FALSE(validate(text, options).has_errors());
}

TEST_CASE("a message is counted by its MessageDefinition") {
    const auto definitions = with(kMessageDefinition);
    const std::vector<std::string> referral = {"http://example.org/referral"};
    CHECK_FALSE(says(validate(message(patient_entry("1")), definitions, {}, referral), "message-count", "Bundle"));
    CHECK(says(validate(message(""), definitions, {}, referral), "message-count", "Bundle"));
    CHECK(says(validate(message(patient_entry("1") + patient_entry("2")), definitions, {}, referral), "message-count",
               "Bundle"));
}

TEST_CASE("a local reference must lead to a contained resource") {
    const auto outcome = validate(R"({"resourceType":"Observation","status":"final","code":{"text":"x"},
      "subject":{"reference":"#nobody"}})");
    CHECK(says(outcome, "reference-contained", "Observation.subject"));
}

TEST_CASE("deep nesting and a circle of references end") {
    std::string text = R"({"resourceType":"Bundle","type":"collection","entry":[)";
    for (int i = 0; i < 200; ++i)
        text += (i ? "," : "") + std::string(R"({"fullUrl":"http://example.org/fhir/Patient/)") + std::to_string(i) +
                R"(","resource":{"resourceType":"Patient","id":")" + std::to_string(i) +
                R"(","link":[{"type":"seealso","other":{"reference":"Patient/)" + std::to_string((i + 1) % 200) +
                R"("}}]}})";
    CHECK_FALSE(validate(text + "]}").has_errors());
}
