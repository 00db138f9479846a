/// References inside a document, and what is said once of many.
#include <doctest/doctest.h>

#include <algorithm>

#include "fhir/document.hpp"
#include "support/definitions.hpp"
#include "validation/validator.hpp"

using namespace causeway;

namespace {

OperationOutcome validate(std::string json) {
    fhir::ParseOptions options;
    options.definitions = test::r4();
    const auto document = fhir::parse(Payload(std::move(json)), options);
    REQUIRE(document.has_value());
    return validation::Validator(test::r4()).validate(**document);
}

bool says(const OperationOutcome& outcome, std::string_view rule) {
    return std::any_of(outcome.issues.begin(), outcome.issues.end(),
                       [&](const Finding& finding) { return finding.rule == rule; });
}

const Finding& finding_of(const OperationOutcome& outcome, std::string_view rule) {
    const auto found = std::find_if(outcome.issues.begin(), outcome.issues.end(),
                                    [&](const Finding& finding) { return finding.rule == rule; });
    REQUIRE(found != outcome.issues.end());
    return *found;
}

std::string patient_entry(const std::string& meta, const std::string& rest = "") {
    return R"({"fullUrl":"http://a.example/Patient/1","resource":{"resourceType":"Patient","id":"1")" + meta + rest +
           "}}";
}

std::string version(const std::string& id) {
    return R"(,"meta":{"versionId":")" + id + R"("})";
}

std::string collection(const std::string& entries) {
    return R"({"resourceType":"Bundle","type":"collection","entry":[)" + entries + "]}";
}

std::string observation_of(const std::string& reference) {
    return R"(,{"fullUrl":"http://a.example/Observation/2","resource":{"resourceType":"Observation","id":"2",)"
           R"("status":"final","code":{"text":"x"},"subject":{"reference":")" +
           reference + R"("}}})";
}

std::string contained(const std::string& rest) {
    return R"({"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"a","name":"A"},)"
           R"({"resourceType":"Provenance","id":"b","recorded":"2026-11-22T08:00:00Z",)"
           R"("agent":[{"who":{"display":"B"}}],"target":[{"reference":"#"}]}])" +
           rest + "}";
}

std::string narrative(const std::string& content) {
    return R"(,"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>)" + content +
           R"(</p></div>"})";
}

}  // namespace

TEST_CASE("of several versions of a resource a reference names one") {
    const auto both = patient_entry(version("1")) + "," + patient_entry(version("2"));
    CHECK_FALSE(validate(collection(both + observation_of("Patient/1/_history/2"))).has_errors());
    CHECK_FALSE(validate(collection(both + observation_of("http://a.example/Patient/1/_history/1"))).has_errors());
    CHECK(says(validate(collection(both + observation_of("Patient/1/_history/3"))), "reference-version"));
    CHECK(says(validate(collection(both + observation_of("Patient/1"))), "reference-ambiguous"));
}

TEST_CASE("a fullUrl stands once, or with different versions") {
    CHECK(says(validate(collection(patient_entry("") + "," + patient_entry(""))), "bdl-7"));
    CHECK(says(validate(collection(patient_entry(version("1")) + "," + patient_entry(version("1")))), "bdl-7"));
    CHECK_FALSE(says(validate(collection(patient_entry("") + "," + patient_entry(version("1")))), "bdl-7"));
}

TEST_CASE("a contained resource is referred to, from a narrative too, or refers to the one around it") {
    CHECK(says(validate(contained("")), "dom-3"));
    CHECK_FALSE(says(validate(contained(R"(,"managingOrganization":{"reference":"#a"})")), "dom-3"));
    CHECK_FALSE(says(validate(contained(narrative(R"(<a href=\"#a\">A</a>)"))), "dom-3"));
    CHECK(says(validate(contained(narrative(R"(<a href=\"#c\">C</a>)"))), "dom-3"));
}

TEST_CASE("a link in a narrative leads to an id of its resource, at any depth") {
    const auto linked = narrative(R"(<a href=\"#n1\">N</a>)");
    CHECK_FALSE(says(validate(R"({"resourceType":"Patient","name":[{"id":"n1","text":"Ann"}])" + linked + "}"),
                     "narrative-target"));
    CHECK(says(validate(R"({"resourceType":"Patient","name":[{"id":"n2","text":"Ann"}])" + linked + "}"),
               "narrative-target"));
}

TEST_CASE("lines and columns count characters, not bytes") {
    const auto outcome = validate(
        "{\"resourceType\":\"Patient\",\n\n \"name\":[{\"text\":\"\xC3\x85sa \xF0\x9F\x8C\x9E Zo\xC3\xAB\"}],"
        "\"birthDate\":\"soon\"}");
    const auto& finding = finding_of(outcome, "primitive");
    CHECK(finding.line == 3);
    CHECK(finding.column == 44);
}
