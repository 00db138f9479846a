/// What `causeway fhirpath` writes, and how it ends.
#include <doctest/doctest.h>

#include "support/command_line.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using test::call;

namespace {

constexpr auto kPatient = R"({"resourceType":"Patient","active":true,"birthDate":"1966-09-09","gender":"female",
 "name":[{"family":"Ash","given":["Ann","Bea"]}]})";
constexpr auto kMessage =
    "MSH|^~\\&|GP|A|LAB|B|20261121||ORU^R01|1|P|2.5.1\rPID|1||9990000018^^^NHS^NH~X1^^^LOC^MR||Ash^Ann\r";

struct Files {
    test::TempDir dir;
    std::string patient = dir.write("patient.json", kPatient).string();
    std::string message = dir.write("message.hl7", kMessage).string();
};

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE_FIXTURE(Files, "fhirpath: values are printed one a line, or as one array with their types") {
    CHECK(call({"fhirpath", "name.given", patient}).out == "Ann\nBea\n");
    CHECK(call({"fhirpath", "name.given", patient, "--json"}).out ==
          "[{\"type\":\"string\",\"value\":\"Ann\"},{\"type\":\"string\",\"value\":\"Bea\"}]\n");
    CHECK(call({"fhirpath", "contact", patient, "--json"}).out == "[]\n");
    CHECK(call({"fhirpath", "active | 1.50 | 2 'mg' | birthDate", patient, "--json"}).out ==
          R"([{"type":"boolean","value":true},{"type":"decimal","value":1.50},)"
          R"({"type":"Quantity","value":{"value":2,"unit":"mg"}},{"type":"date","value":"1966-09-09"}])"
          "\n");
    CHECK(call({"fhirpath", "name.type().name", "-"}, kPatient).out == "HumanName\n");
}

TEST_CASE_FIXTURE(Files, "fhirpath: an HL7 v2 message is read as one") {
    CHECK(call({"fhirpath", "PID-3[1].4", message}).out == "NHS\n");
    CHECK(call({"fhirpath", "PID-3.1", message}).out == "9990000018\nX1\n");
}

TEST_CASE_FIXTURE(Files, "fhirpath: an expression that is wrong ends with 2 and says where") {
    CHECK(call({"fhirpath", "name.", patient}).status == 2);
    CHECK(has(call({"fhirpath", "nam.given", patient}).err, "column 1: "));
    CHECK(has(call({"fhirpath", "nam.given", patient}).err, "Did you mean \"name\"?"));
    CHECK(has(call({"fhirpath", "name.first", patient}).err, "first()"));
    CHECK(call({"fhirpath", "name.given.single()", patient}).status == 2);
    CHECK(call({"fhirpath", "children().first()", patient}).status == 0);
    CHECK(call({"fhirpath", "children().first()", patient, "--strict"}).status == 2);
    CHECK(call({"fhirpath", "name.", patient}).out.empty());
}

TEST_CASE_FIXTURE(Files, "fhirpath: a validator answers what definitions know") {
    CHECK(call({"fhirpath", "gender.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')", patient}).out ==
          "true\n");
    CHECK(call({"fhirpath", "conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')", patient}).out == "true\n");
    CHECK(call({"fhirpath", "conformsTo('http://example.org/none')", patient}).status == 2);
}

TEST_CASE_FIXTURE(Files, "fhirpath: a file that can't be read ends with 2 and its name") {
    for (const auto& file : {(dir / "missing").string(), dir.path().string(), dir.write("empty", "").string()}) {
        const auto outcome = call({"fhirpath", "name", file});
        CHECK(outcome.status == 2);
        CHECK(has(outcome.err, file + ": "));
    }
    CHECK(call({"fhirpath", "name"}).status == 2);
    CHECK(call({"fhirpath", "name", patient, "--fhir", "9"}).status == 2);
}
