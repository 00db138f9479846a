/// What profiles say of elements by extensions.
#include <doctest/doctest.h>

#include "support/findings.hpp"

using namespace causeway;
using test::says;

namespace {

constexpr const char* kCore = "http://hl7.org/fhir/StructureDefinition/";

std::string profile(const std::string& type, const std::string& elements, const std::string& more = "") {
    return R"({"resourceType":"StructureDefinition","url":"http://t.example/p","name":"P","status":"active",
      "fhirVersion":"4.0.1","kind":"resource","abstract":false,"type":")" +
           type + R"(","baseDefinition":"http://hl7.org/fhir/StructureDefinition/)" + type +
           R"(","derivation":"constraint",)" + more + R"("differential":{"element":[)" + elements + "]}}";
}

std::string extension(const std::string& name, const std::string& value) {
    return R"("extension":[{"url":")" + std::string(name.starts_with("http") ? "" : kCore) + name + R"(",)" + value +
           "}]";
}

OperationOutcome check(const std::string& text, const std::vector<std::string>& definitions) {
    return test::validate(text, test::with(definitions), {}, {"http://t.example/p"});
}

std::string attachment(const std::string& inside) {
    return R"({"resourceType":"Patient","photo":[{)" + inside + "}]}";
}

}  // namespace

TEST_CASE("profiles: the shortest text, its form, and decimal places") {
    const auto text = profile("Patient", R"({"id":"Patient.language","path":"Patient.language"},
        {"id":"Patient.name.family","path":"Patient.name.family",)" +
                                             extension("minLength", R"("valueInteger":2)") +
                                             R"(},{"id":"Patient.name.text","path":"Patient.name.text",)" +
                                             extension("regex", R"("valueString":"[A-Z ]+")") + "}");
    CHECK_FALSE(check(R"({"resourceType":"Patient","name":[{"family":"Ng","text":"A NG"}]})", {text}).has_errors());
    const auto bad = check(R"({"resourceType":"Patient","name":[{"family":"O","text":"a o"}]})", {text});
    CHECK(says(bad, "min-length", "Patient.name[0].family"));
    CHECK(says(bad, "regex", "Patient.name[0].text"));
    const auto risk = profile("RiskAssessment", R"({"id":"RiskAssessment.prediction.relativeRisk",
        "path":"RiskAssessment.prediction.relativeRisk",)" +
                                                    extension("maxDecimalPlaces", R"("valueInteger":1)") + "}");
    const std::string start = R"({"resourceType":"RiskAssessment","status":"final","subject":{"display":"x"},)";
    CHECK_FALSE(check(start + R"("prediction":[{"relativeRisk":1.5}]})", {risk}).has_errors());
    CHECK(says(check(start + R"("prediction":[{"relativeRisk":1.25}]})", {risk}), "decimal-places",
               "RiskAssessment.prediction[0].relativeRisk"));
}

TEST_CASE("profiles: kinds and sizes of attachments") {
    const auto kind = profile("Patient", R"({"id":"Patient.photo","path":"Patient.photo",)" +
                                             extension("mimeType", R"("valueCode":"image/png")") + "}");
    CHECK_FALSE(check(attachment(R"("contentType":"image/png","data":"AAAA")"), {kind}).has_errors());
    CHECK(
        says(check(attachment(R"("contentType":"image/gif","data":"AAAA")"), {kind}), "mime-type", "Patient.photo[0]"));
    const auto size = profile("Patient", R"({"id":"Patient.photo","path":"Patient.photo",)" +
                                             extension("maxSize", R"("valueDecimal":3)") + "}");
    CHECK_FALSE(check(attachment(R"("contentType":"image/png","data":"AAAA")"), {size}).has_errors());
    CHECK(says(check(attachment(R"("contentType":"image/png","data":"AAAAAA==")"), {size}), "max-size",
               "Patient.photo[0]"));
}

TEST_CASE("profiles: only the extensions that are named may stand for a value") {
    const auto text = profile(
        "Patient",
        R"({"id":"Patient.birthDate","path":"Patient.birthDate","min":1,)" +
            extension("http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.valueAlternatives",
                      R"("valueCanonical":"http://hl7.org/fhir/StructureDefinition/data-absent-reason")") +
            "}");
    const auto without = [](const std::string& url) {
        return R"({"resourceType":"Patient","_birthDate":{"extension":[{"url":")" + url +
               R"(","valueCode":"unknown"}]}})";
    };
    CHECK_FALSE(says(check(without(std::string(kCore) + "data-absent-reason"), {text}), "value-missing"));
    CHECK(says(check(without("http://t.example/other"), {text}), "value-missing", "Patient.birthDate"));
}

TEST_CASE("profiles: bindings beside the binding, and allowed units") {
    const auto set = R"({"resourceType":"ValueSet","url":"http://t.example/set","status":"active","compose":{"include":[
        {"system":"http://t.example/codes","concept":[{"code":"a"}]}]}})";
    const auto text = profile("Observation", R"({"id":"Observation.code","path":"Observation.code","binding":{
        "strength":"example","valueSet":"http://hl7.org/fhir/ValueSet/observation-codes","extension":[{
        "url":"http://hl7.org/fhir/tools/StructureDefinition/additional-binding","extension":[
        {"url":"purpose","valueCode":"required"},{"url":"valueSet","valueCanonical":"http://t.example/set"}]}]}})");
    const auto observation = [](const std::string& code) {
        return R"({"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://t.example/codes",
            "code":")" +
               code + R"("}]},"valueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":"kg"}})";
    };
    CHECK_FALSE(check(observation("a"), {set, text}).has_errors());
    CHECK(says(check(observation("b"), {set, text}), "binding-additional", "Observation.code"));
    const auto units = profile(
        "Observation",
        R"({"id":"Observation.value[x]","path":"Observation.value[x]",
        "type":[{"code":"Quantity"}],)" +
            extension("elementdefinition-allowedUnits",
                      R"("valueCodeableConcept":{"coding":[{"system":"http://unitsofmeasure.org","code":"g"}]})") +
            "}");
    CHECK(says(check(observation("a"), {units}), "allowed-units", "Observation.value.ofType(Quantity)"));
}

TEST_CASE("profiles: a value set that the profile contains") {
    const auto text = profile("Observation", R"({"id":"Observation.code","path":"Observation.code","binding":{
        "strength":"required","valueSet":"#own"}})",
                              R"("contained":[{"resourceType":"ValueSet","id":"own","status":"active",
        "compose":{"include":[{"system":"http://t.example/codes","concept":[{"code":"a"}]}]}}],)");
    const auto observation = [](const std::string& code) {
        return R"({"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://t.example/codes",
            "code":")" +
               code + R"("}]}})";
    };
    CHECK_FALSE(check(observation("a"), {text}).has_errors());
    CHECK(says(check(observation("b"), {text}), "binding-required", "Observation.code"));
}
