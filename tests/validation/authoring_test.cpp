/// Resources that define something: measures, code systems, structures.
#include <doctest/doctest.h>

#include "support/findings.hpp"

using namespace causeway;
using test::says;
using test::validate;

namespace {

std::string code_system(const std::string& content, const std::string& inside) {
    return R"({"resourceType":"CodeSystem","url":"http://t.example/codes","status":"active","content":")" + content +
           "\"," + inside + "}";
}

std::string structure(const std::string& elements, const std::string& more = "", const std::string& type = "Patient") {
    return R"({"resourceType":"StructureDefinition","url":"http://t.example/p","name":"P","status":"active",
        "kind":"resource","abstract":false,"type":")" +
           type + R"(","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","derivation":"constraint",)" +
           more + R"("differential":{"element":[)" + elements + "]}}";
}

constexpr const char* kMeasure = R"({"resourceType":"Measure","url":"http://t.example/m","status":"active",
    "scoring":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/measure-scoring","code":"proportion"}]},
    "group":[{"population":[{"code":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/measure-population",
    "code":"numerator"}]},"criteria":{"language":"text/fhirpath","expression":"Patient"}}]}]})";

OperationOutcome report(const std::string& group, const std::string& type = "summary") {
    return validate(R"({"resourceType":"MeasureReport","status":"complete","type":")" + type + R"(",
        "measure":"http://t.example/m","period":{"start":"2026-01-01","end":"2026-06-30"},"group":[{)" +
                        group + "}]}",
                    test::with({kMeasure}));
}

std::string population(const std::string& code, const std::string& more = "") {
    return R"("population":[{"code":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/measure-population",
        "code":")" +
           code + R"("}]},"count":1)" + more + "}]";
}

}  // namespace

TEST_CASE("CodeSystem: the content is what it is said to be") {
    const std::string concepts = R"("concept":[{"code":"a","concept":[{"code":"b"}]}])";
    CHECK_FALSE(validate(code_system("complete", R"("count":2,)" + concepts)).has_errors());
    CHECK(says(validate(code_system("complete", R"("count":1,)" + concepts)), "code-system-count", "CodeSystem.count"));
    CHECK(says(validate(code_system("not-present", concepts)), "code-system-content", "CodeSystem.concept[0]"));
    CHECK(says(validate(code_system("supplement", concepts)), "code-system-supplement", "CodeSystem.content"));
    const std::string gender = R"("supplements":"http://hl7.org/fhir/administrative-gender",)";
    CHECK_FALSE(validate(code_system("supplement", gender + R"("concept":[{"code":"male"}])")).has_errors());
    CHECK(says(validate(code_system("supplement", gender + R"("concept":[{"code":"man"}])")),
               "code-system-supplement-code", "CodeSystem.concept[0]"));
    CHECK(says(validate(code_system("supplement", gender + R"("caseSensitive":true)")), "code-system-supplement",
               "CodeSystem.caseSensitive"));
    CHECK(says(validate(code_system("complete", R"("property":[{"code":"n","type":"integer"}],"concept":[{"code":"a",
        "property":[{"code":"n","valueString":"1"}]}])")),
               "code-system-property", "CodeSystem.concept[0].property[0].value.ofType(string)"));
}

TEST_CASE("CodeSystem: its value set is that of all its codes") {
    const auto set = [](const std::string& include) {
        return test::with({R"({"resourceType":"ValueSet","url":"http://t.example/set","status":"active","compose":{
            "include":[)" + include +
                           "]}}"});
    };
    const auto system = code_system("complete", R"("valueSet":"http://t.example/set","concept":[{"code":"a"}])");
    CHECK_FALSE(validate(system, set(R"({"system":"http://t.example/codes"})")).has_errors());
    CHECK(says(validate(system, set(R"({"system":"http://t.example/other"})")), "code-system-value-set", "CodeSystem"));
    CHECK(says(validate(system, set(R"({"system":"http://t.example/codes","concept":[{"code":"a"}]})")),
               "code-system-value-set", "CodeSystem"));
}

TEST_CASE("StructureDefinition: it agrees with its base") {
    const std::string root = R"({"id":"Patient","path":"Patient"})";
    CHECK_FALSE(validate(structure(root)).has_errors());
    CHECK(says(validate(structure(R"({"id":"Group","path":"Group"})", "", "Group")), "structure-type",
               "StructureDefinition"));
    CHECK(says(validate(structure(root, R"("context":[{"type":"element","expression":"Patient"}],)")),
               "structure-context", "StructureDefinition.context[0]"));
    CHECK(says(validate(structure(R"({"id":"Person","path":"Person.name"})")), "element-path",
               "StructureDefinition.differential.element[0]"));
}

TEST_CASE("StructureDefinition: elements are constrained in what their type has") {
    const auto element = [](const std::string& name, const std::string& inside) {
        return validate(structure(R"({"id":"Patient.)" + name + R"(","path":"Patient.)" + name + "\"," + inside + "}"));
    };
    const std::string where = "StructureDefinition.differential.element[0]";
    CHECK_FALSE(element("gender", R"("type":[{"code":"code"}],"maxLength":7)").has_errors());
    CHECK(says(element("birthDate", R"("type":[{"code":"date"}],"binding":{"strength":"required",
        "valueSet":"http://t.example/set"})"),
               "element-constraint", where));
    CHECK(says(element("active", R"("type":[{"code":"boolean"}],"maxLength":4)"), "element-constraint", where));
    CHECK(says(element("gender", R"("type":[{"code":"code"}],"minValueInteger":4)"), "element-constraint", where));
    CHECK(says(element("name", R"("type":[{"code":"HumanName","targetProfile":["http://t.example/p"]}])"),
               "element-target", where));
    CHECK(says(
        element("name", R"("type":[{"code":"HumanName","profile":["http://hl7.org/fhir/StructureDefinition/bp"]}])"),
        "element-profile", where + ".type[0].profile[0]"));
    const auto rule = [](const std::string& key, const std::string& expression) {
        return R"({"key":")" + key + R"(","severity":"error","human":"x","expression":")" + expression + "\"}";
    };
    CHECK(says(element("name", R"("constraint":[)" + rule("a-1", "family.exists(") + "]"), "constraint-expression",
               where + ".constraint[0]"));
    CHECK(says(element("name",
                       R"("constraint":[)" + rule("a-1", "family.exists()") + "," + rule("a-1", "text.exists()") + "]"),
               "constraint-key", where + ".constraint[1]"));
}

TEST_CASE("MeasureReport: populations and score are those of the measure") {
    const std::string score = R"(,"measureScore":{"value":0.5})";
    CHECK_FALSE(report(population("numerator") + score).has_errors());
    CHECK(says(report(population("denominator") + score), "measure-report-population"));
    CHECK(says(report(population("numerator")), "measure-report-score", "MeasureReport.group[0]"));
    CHECK(says(report(population("numerator") + R"(,"measureScore":{"value":1.5})"), "measure-report-score",
               "MeasureReport.group[0].measureScore.value"));
    CHECK(says(report(population("numerator") + R"(,"measureScore":{"value":0.5,"unit":"%"})"), "measure-report-score",
               "MeasureReport.group[0].measureScore.unit"));
    CHECK(says(report(population("numerator") + score, "data-collection"), "measure-report-score"));
    CHECK(says(report(population("numerator", R"(,"subjectResults":{"reference":"List/1"})") + score),
               "measure-report-subjects", "MeasureReport.group[0].population[0]"));
}

TEST_CASE("Measure: criteria in CQL name a statement of a library") {
    const auto measure = [](const std::string& library) {
        return R"({"resourceType":"Measure","status":"active",)" + library + R"("group":[{"population":[{"criteria":{
            "language":"text/cql","expression":"x"}}],"stratifier":[{"criteria":{"language":"text/cql",
            "expression":"A.b"}}]}]})";
    };
    const auto in = [](const std::string& element) { return "Measure." + element; };
    CHECK(says(validate(measure("")), "measure-criteria", in("group[0].stratifier[0].criteria")));
    CHECK_FALSE(says(validate(measure(R"("library":["http://t.example/Library/a"],)")), "measure-criteria"));
    CHECK(says(validate(measure(R"("library":["Library/a"],)")), "canonical-absolute", in("library[0]")));
}
