/// Extensions: where they may stand, what they hold; modifiers; contained resources and references.
#include <doctest/doctest.h>

#include "support/findings.hpp"

using namespace causeway;
using test::says;

namespace {

const std::string kUrl = "http://t.example/ext";

std::string extension(const std::string& context, const std::string& more = "") {
    return R"({"resourceType":"StructureDefinition","url":")" + kUrl +
           R"(","name":"E","status":"active","fhirVersion":"4.0.1",
        "kind":"complex-type","abstract":false,"context":[)" +
           context + R"(],"type":"Extension","baseDefinition":
        "http://hl7.org/fhir/StructureDefinition/Extension","derivation":"constraint","differential":{"element":[)" +
           more + R"({"id":"Extension.url","path":"Extension.url","fixedUri":")" + kUrl +
           R"("},{"id":"Extension.value[x]",
        "path":"Extension.value[x]","type":[{"code":"string"}]}]}})";
}

std::string context(const std::string& type, const std::string& expression) {
    return R"({"type":")" + type + R"(","expression":")" + expression + "\"}";
}

const std::string kUse = R"("extension":[{"url":"http://t.example/ext","valueString":"x"}])";

OperationOutcome check(const std::string& inside, const std::string& definition) {
    return test::validate(R"({"resourceType":"Patient",)" + inside + "}", test::with({definition}));
}

}  // namespace

TEST_CASE("extensions: contexts by element") {
    const auto on_patient = extension(context("element", "Patient"));
    CHECK_FALSE(check(kUse, on_patient).has_errors());
    CHECK(says(check(R"("name":[{)" + kUse + "}]", on_patient), "extension-context", "Patient.name[0]"));
    const auto on_names = extension(context("element", "HumanName"));
    CHECK_FALSE(check(R"("name":[{)" + kUse + "}]", on_names).has_errors());
    CHECK(says(check(kUse, on_names), "extension-context", "Patient"));
    const auto on_path = extension(context("element", "Patient.contact.name"));
    CHECK_FALSE(check(R"("contact":[{"name":{)" + kUse + "}}]", on_path).has_errors());
    CHECK(says(check(R"("name":[{)" + kUse + "}]", on_path), "extension-context", "Patient.name[0]"));
    const auto on_strings = extension(context("element", "string"));
    CHECK_FALSE(check(R"("name":[{"_family":{)" + kUse + "}}]", on_strings).has_errors());
}

TEST_CASE("extensions: contexts by extension and by FHIRPath") {
    const auto in_other = extension(context("extension", "http://t.example/outer"));
    CHECK_FALSE(
        says(check(R"("extension":[{"url":"http://t.example/outer",)" + kUse + "}]", in_other), "extension-context"));
    CHECK(says(check(kUse, in_other), "extension-context", "Patient"));
    const auto by_path = extension(context("fhirpath", "Patient.name.where(use = 'old')"));
    CHECK_FALSE(says(check(R"("name":[{"use":"old",)" + kUse + "}]", by_path), "extension-context"));
    CHECK(says(check(R"("name":[{"use":"usual",)" + kUse + "}]", by_path), "extension-context", "Patient.name[0]"));
}

TEST_CASE("extensions: type of the value, modifiers, url") {
    const auto any = extension(context("element", "Element"));
    CHECK(says(check(R"("extension":[{"url":"http://t.example/ext","valueInteger":1}])", any), "type",
               "Patient.extension[0].value.ofType(integer)"));
    CHECK(says(check(R"("modifierExtension":[{"url":"http://t.example/ext","valueString":"x"}])", any),
               "extension-modifier", "Patient.modifierExtension[0]"));
    const auto modifier =
        extension(context("element", "Element"),
                  R"({"id":"Extension","path":"Extension","isModifier":true,"isModifierReason":"x"},)");
    CHECK(says(check(kUse, modifier), "extension-modifier", "Patient.extension[0]"));
    CHECK(
        says(check(R"("extension":[{"url":"ext","valueString":"x"}])", any), "extension-url", "Patient.extension[0]"));
    CHECK(says(check(R"("extension":[{"url":"http://t.example/ext"}])", any), "ext-1", "Patient.extension[0]"));
}

TEST_CASE("contained resources: used, not nested, without versions and labels") {
    const auto with = [](const std::string& contained, const std::string& reference = "#c") {
        return test::validate(
            R"({"resourceType":"Patient","contained":[{"resourceType":"Organization","name":"x","id":"c")" + contained +
            R"(}],"managingOrganization":{"reference":")" + reference + R"("}})");
    };
    CHECK_FALSE(with("").has_errors());
    CHECK(says(with("", "Organization/1"), "dom-3", "Patient"));
    CHECK(says(with(R"(,"contained":[{"resourceType":"Organization","id":"d"}])"), "dom-2", "Patient"));
    CHECK(says(with(R"(,"meta":{"versionId":"1"})"), "dom-4", "Patient"));
    CHECK(says(with(R"(,"meta":{"security":[{"code":"x"}]})"), "dom-5", "Patient"));
    CHECK(says(with("", "#d"), "reference-contained", "Patient.managingOrganization"));
}

TEST_CASE("references: form, type, versions in Bundles") {
    const auto to = [](const std::string& inside) {
        return test::validate(R"({"resourceType":"Patient","managingOrganization":{)" + inside + "}}");
    };
    CHECK(says(to(R"("reference":"the practice")"), "reference-form", "Patient.managingOrganization"));
    CHECK(says(to(R"("type":"Organization")"), "reference-empty", "Patient.managingOrganization"));
    CHECK(says(to(R"("reference":"Organization/1","type":"Practice")"), "reference-type",
               "Patient.managingOrganization"));
    CHECK(says(to(R"("reference":"Device/1")"), "reference-target", "Patient.managingOrganization"));
    const auto bundle = [](const std::string& reference) {
        return test::validate(
            R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"http://t.example/fhir/Patient/1",
            "resource":{"resourceType":"Patient","id":"1","managingOrganization":{"reference":")" +
            reference +
            R"("}}},{"fullUrl":"http://t.example/fhir/Organization/2","resource":{"resourceType":"Organization",
            "id":"2","name":"x","meta":{"versionId":"5"}}}]})");
    };
    CHECK_FALSE(bundle("Organization/2").has_errors());
    CHECK_FALSE(bundle("Organization/2/_history/5").has_errors());
    CHECK(says(bundle("Organization/2/_history/6"), "reference-version",
               "Bundle.entry[0].resource.managingOrganization"));
}
