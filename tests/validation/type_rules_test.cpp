/// Rules of single data types, and of how values are written.
#include <doctest/doctest.h>

#include "support/findings.hpp"

using namespace causeway;
using test::says;
using test::validate;

namespace {

std::string patient(const std::string& inside) {
    return R"({"resourceType":"Patient",)" + inside + "}";
}

}  // namespace

TEST_CASE("types: an identifier names its system by an absolute address") {
    const auto identifier = [](const std::string& system, const std::string& value) {
        return patient(R"("identifier":[{"system":")" + system + R"(","value":")" + value + R"("}])");
    };
    CHECK_FALSE(validate(identifier("https://fhir.nhs.uk/Id/nhs-number", "9990000018")).has_errors());
    CHECK_FALSE(validate(identifier("urn:ietf:rfc:3986", "urn:oid:1.2.3")).has_errors());
    CHECK(says(validate(identifier("nhs-number", "9990000018")), "identifier-system", "Patient.identifier[0]"));
    CHECK(says(validate(identifier("urn:ietf:rfc:3986", "1.2.3")), "identifier-uri", "Patient.identifier[0]"));
}

TEST_CASE("types: a code names its system, which is no value set") {
    const auto coding = [](const std::string& inside) {
        return patient(R"("maritalStatus":{"coding":[{"code":"M")" + inside + "}]}");
    };
    CHECK(says(validate(coding("")), "system-missing", "Patient.maritalStatus.coding[0]"));
    CHECK(says(validate(coding(R"(,"system":"marital")")), "system-absolute", "Patient.maritalStatus.coding[0]"));
    CHECK(says(validate(coding(R"(,"system":"http://hl7.org/fhir/ValueSet/marital-status")")), "system-value-set",
               "Patient.maritalStatus.coding[0]"));
}

TEST_CASE("types: security labels and ids of elements stand once") {
    const auto label = std::string(R"({"system":"http://t.example/labels","code":"a"})");
    CHECK(says(validate(patient(R"("meta":{"security":[)" + label + "," + label + "]}")), "security-label",
               "Patient.meta.security[1]"));
    const auto twice = validate(patient(R"("name":[{"id":"a","text":"x"},{"id":"a","text":"y"}])"));
    CHECK(says(twice, "element-id", "Patient.name[1]"));
    CHECK_FALSE(validate(patient(R"("id":"a","name":[{"id":"a","text":"x"}])")).has_errors());
}

TEST_CASE("types: the stated size of an attachment is that of its data") {
    const auto photo = [](const std::string& size) {
        return patient(R"("photo":[{"contentType":"image/png","data":"AAAA","size":)" + size + "}]");
    };
    CHECK_FALSE(validate(photo("3")).has_errors());
    CHECK(says(validate(photo("4")), "attachment-size", "Patient.photo[0]"));
}

TEST_CASE("forms: an object where a plain value belongs is told what belongs there") {
    const auto outcome = validate(R"({"resourceType":"Patient","birthDate":{"year":1970},"active":{},
        "multipleBirthInteger":{"value":1},"name":[{"given":[{"text":"Ash"}]}]})");
    CHECK(says(outcome, "json-value-needed", "Patient.birthDate"));
    CHECK(says(outcome, "json-value-needed", "Patient.multipleBirth.ofType(integer)"));
    CHECK(says(outcome, "json-value-needed", "Patient.name[0].given[0]"));
    CHECK_FALSE(says(outcome, "unknown-element"));
}

TEST_CASE("forms: an element that is not known is shown where it stands") {
    const auto outcome = validate("{\"resourceType\":\"Patient\",\n  \"sex\": [\"f\"],\n  \"gender\":\"female\"}");
    REQUIRE(outcome.issues.size() >= 1);
    for (const auto& finding : outcome.issues) {
        if (finding.rule != "unknown-element") continue;
        CHECK(finding.expression == "Patient");
        CHECK(finding.line == 2);
        CHECK(finding.column == 3);
    }
    const auto xml = validate("<Patient xmlns=\"http://hl7.org/fhir\">\n  <sex value=\"f\"/>\n</Patient>");
    for (const auto& finding : xml.issues)
        if (finding.rule == "unknown-element") CHECK(finding.line == 2);
}
