/// Slices: every way to tell them apart, in order, closed, at the end, re-sliced.
#include <doctest/doctest.h>

#include "support/findings.hpp"

using namespace causeway;
using test::says;

namespace {

const std::string kUrl = "http://t.example/p";

std::string profile(const std::string& type, const std::string& elements, const std::string& url = kUrl) {
    return R"({"resourceType":"StructureDefinition","url":")" + url + R"(","name":"P","status":"active",
        "fhirVersion":"4.0.1","kind":"resource","abstract":false,"type":")" +
           type + R"(","baseDefinition":"http://hl7.org/fhir/StructureDefinition/)" + type +
           R"(","derivation":"constraint","differential":{"element":[)" + elements + "]}}";
}

std::string element(const std::string& id, const std::string& inside) {
    std::string path;
    for (std::size_t i = 0; i < id.size(); ++i) {
        if (id[i] == ':') i = std::min(id.find('.', i), id.size());
        if (i < id.size()) path += id[i];
    }
    const auto colon = id.rfind(':');
    const bool is_slice = colon != std::string::npos && id.find('.', colon) == std::string::npos;
    return R"({"id":")" + id + R"(","path":")" + path + "\"" +
           (is_slice ? R"(,"sliceName":")" + id.substr(colon + 1) + "\"" : "") + (inside.empty() ? "" : "," + inside) +
           "}";
}

std::string slicing(const std::string& kind, const std::string& path, const std::string& rules = "closed",
                    const std::string& more = "") {
    return R"("slicing":{"discriminator":[{"type":")" + kind + R"(","path":")" + path + R"("}],"rules":")" + rules +
           "\"" + more + "}";
}

OperationOutcome check(const std::string& text, const std::vector<std::string>& definitions) {
    return test::validate(text, test::with(definitions), {}, {kUrl});
}

std::string patient(const std::string& inside) {
    return R"({"resourceType":"Patient",)" + inside + "}";
}

std::string observation(const std::string& inside) {
    return R"({"resourceType":"Observation","status":"final","code":{"text":"x"},)" + inside + "}";
}

std::string category(const std::string& code) {
    return R"({"coding":[{"system":"http://t.example/codes","code":")" + code + R"("}]})";
}

/// Is a category of this code in the slice "a" of a closed slicing?
bool fits(const std::string& slice, const std::string& kind, const std::string& path, const std::string& code) {
    const auto definition = profile("Observation", element("Observation.category", slicing(kind, path)) + "," + slice);
    return !says(check(observation(R"("category":[)" + category(code) + "]"), {definition}), "slice-none");
}

}  // namespace

TEST_CASE("slices by value: fixed, pattern, and patterns of what is around") {
    const auto a = element("Observation.category:a", "");
    const auto fixed = a + "," + element("Observation.category:a.coding.code", R"("fixedCode":"a")");
    CHECK(fits(fixed, "value", "coding.code", "a"));
    CHECK_FALSE(fits(fixed, "value", "coding.code", "b"));
    const auto pattern = a + "," + element("Observation.category:a.coding.code", R"("patternCode":"a")");
    CHECK(fits(pattern, "value", "coding.code", "a"));
    const auto around = element("Observation.category:a", R"("patternCodeableConcept":{"coding":[{"code":"a"}]})");
    CHECK(fits(around, "value", "coding.code", "a"));
    CHECK_FALSE(fits(around, "value", "coding.code", "b"));
    CHECK(fits(around, "pattern", "$this", "a"));
    CHECK_FALSE(fits(around, "pattern", "$this", "b"));
}

TEST_CASE("slices by value: a required binding") {
    const std::string set =
        R"({"resourceType":"ValueSet","url":"http://t.example/set","status":"active","compose":{"include":[
        {"system":"http://t.example/codes","concept":[{"code":"a"}]}]}})";
    const auto definition =
        profile("Observation", element("Observation.category", slicing("value", "$this")) + "," +
                                   element("Observation.category:a", R"("binding":{"strength":"required",
                                       "valueSet":"http://t.example/set"})"));
    CHECK_FALSE(says(check(observation(R"("category":[)" + category("a") + "]"), {set, definition}), "slice-none"));
    CHECK(says(check(observation(R"("category":[)" + category("b") + "]"), {set, definition}), "slice-none"));
}

TEST_CASE("slices by existence") {
    const auto definition = profile("Patient", element("Patient.identifier", slicing("exists", "period")) + "," +
                                                   element("Patient.identifier:old", R"("max":"1")") + "," +
                                                   element("Patient.identifier:old.period", R"("min":1)") + "," +
                                                   element("Patient.identifier:new", R"("max":"1")") + "," +
                                                   element("Patient.identifier:new.period", R"("max":"0")"));
    const std::string old = R"({"value":"1","period":{"start":"2020"}})";
    const std::string fresh = R"({"value":"2"})";
    CHECK_FALSE(check(patient(R"("identifier":[)" + old + "," + fresh + "]"), {definition}).has_errors());
    CHECK(
        says(check(patient(R"("identifier":[)" + old + "," + old + "]"), {definition}), "cardinality-max", "Patient"));
    CHECK(says(check(patient(R"("identifier":[)" + fresh + "," + fresh + "]"), {definition}), "cardinality-max",
               "Patient"));
}

TEST_CASE("slices by type: of choices, of resources, of what a reference leads to") {
    const auto choice =
        profile("Observation", element("Observation.value[x]", slicing("type", "$this", "open")) + "," +
                                   element("Observation.value[x]:valueQuantity", R"("type":[{"code":"Quantity"}])") +
                                   "," + element("Observation.value[x]:valueQuantity.unit", R"("min":1)"));
    CHECK_FALSE(check(observation(R"("valueString":"x")"), {choice}).has_errors());
    CHECK(says(check(observation(R"("valueQuantity":{"value":1})"), {choice}), "cardinality-min",
               "Observation.value.ofType(Quantity)"));
    const auto entries = profile("Bundle", element("Bundle.entry", slicing("type", "resource")) + "," +
                                               element("Bundle.entry:p", R"("min":1)") + "," +
                                               element("Bundle.entry:p.resource", R"("type":[{"code":"Patient"}])"));
    const auto bundle = [](const std::string& type) {
        return R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"http://t.example/fhir/)" + type +
               R"(/1","resource":{"resourceType":")" + type + R"(","id":"1"}}]})";
    };
    CHECK_FALSE(says(check(bundle("Patient"), {entries}), "slice-none"));
    CHECK(says(check(bundle("Basic"), {entries}), "slice-none", "Bundle.entry[0]"));
    const auto target =
        profile("Observation", element("Observation.performer", slicing("type", "resolve()")) + "," +
                                   element("Observation.performer:p", R"("type":[{"code":"Reference","targetProfile":[
            "http://hl7.org/fhir/StructureDefinition/Practitioner"]}])"));
    const auto performed = [](const std::string& type) {
        return R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"contained":[{"resourceType":")" +
               type + R"(","id":"c"}],"performer":[{"reference":"#c"}]})";
    };
    CHECK_FALSE(says(check(performed("Practitioner"), {target}), "slice-none"));
    CHECK(says(check(performed("Patient"), {target}), "slice-none", "Observation.performer[0]"));
}

TEST_CASE("slices by profile, of what stands there and of what a reference leads to") {
    const auto named = profile("Practitioner", element("Practitioner.name", R"("min":1)"), "http://t.example/named");
    const auto definition = profile(
        "Observation", element("Observation.performer", slicing("profile", "resolve()")) + "," +
                           element("Observation.performer:p",
                                   R"("type":[{"code":"Reference","targetProfile":["http://t.example/named"]}])"));
    const auto performed = [](const std::string& inside) {
        return R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"contained":[{"resourceType":
            "Practitioner","id":"c")" +
               inside + R"(}],"performer":[{"reference":"#c"}]})";
    };
    CHECK_FALSE(says(check(performed(R"(,"name":[{"text":"x"}])"), {named, definition}), "slice-none"));
    CHECK(says(check(performed(""), {named, definition}), "slice-none", "Observation.performer[0]"));
    const auto entries = profile("Bundle", element("Bundle.entry", slicing("profile", "resource")) + "," +
                                               element("Bundle.entry:p", "") + "," +
                                               element("Bundle.entry:p.resource", R"("type":[{"code":"Practitioner",
            "profile":["http://t.example/named"]}])"));
    const auto bundle = [](const std::string& inside) {
        return R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"http://t.example/fhir/Practitioner/1",
            "resource":{"resourceType":"Practitioner","id":"1")" +
               inside + "}}]}";
    };
    CHECK_FALSE(says(check(bundle(R"(,"name":[{"text":"x"}])"), {named, entries}), "slice-none"));
    CHECK(says(check(bundle(""), {named, entries}), "slice-none", "Bundle.entry[0]"));
}

TEST_CASE("slices by an extension") {
    const std::string url = "http://t.example/kind";
    const std::string kind = R"({"resourceType":"StructureDefinition","url":")" + url +
                             R"(","name":"K","status":"active",
        "fhirVersion":"4.0.1","kind":"complex-type","abstract":false,"context":[{"type":"element","expression":"Element"}],
        "type":"Extension","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Extension","derivation":"constraint",
        "differential":{"element":[{"id":"Extension.url","path":"Extension.url","fixedUri":")" +
                             url + R"("},
        {"id":"Extension.value[x]","path":"Extension.value[x]","type":[{"code":"code"}]}]}})";
    const auto definition =
        profile("Patient", element("Patient.name", slicing("value", "extension('" + url + "').value")) + "," +
                               element("Patient.name:a", "") + "," +
                               element("Patient.name:a.extension:kind", R"("min":1,"type":[{"code":"Extension",
            "profile":[")" + url + R"("]}])") +
                               "," + element("Patient.name:a.extension:kind.value[x]", R"("fixedCode":"a")"));
    const auto named = [&](const std::string& code) {
        return patient(R"("name":[{"text":"x","extension":[{"url":")" + url + R"(","valueCode":")" + code + R"("}]}])");
    };
    CHECK_FALSE(says(check(named("a"), {kind, definition}), "slice-none"));
    CHECK(says(check(named("b"), {kind, definition}), "slice-none", "Patient.name[0]"));
}

TEST_CASE("slices: closed, ordered, at the end, and each in one slice only") {
    const auto two = [](const std::string& rules, const std::string& more) {
        return profile("Patient", element("Patient.identifier", slicing("value", "system", rules, more)) + "," +
                                      element("Patient.identifier:a", "") + "," +
                                      element("Patient.identifier:a.system", R"("fixedUri":"urn:a:a")") + "," +
                                      element("Patient.identifier:b", "") + "," +
                                      element("Patient.identifier:b.system", R"("fixedUri":"urn:b:b")"));
    };
    const auto of = [](const std::vector<std::string>& systems) {
        std::string list;
        for (const auto& each : systems)
            list += (list.empty() ? "" : ",") + (R"({"system":"urn:)" + each + ":" + each + "\"}");
        return patient(R"("identifier":[)" + list + "]");
    };
    CHECK_FALSE(check(of({"b", "a", "c"}), {two("open", "")}).has_errors());
    CHECK(says(check(of({"a", "c"}), {two("closed", "")}), "slice-none", "Patient.identifier[1]"));
    CHECK_FALSE(check(of({"a", "b", "c"}), {two("openAtEnd", "")}).has_errors());
    CHECK(says(check(of({"a", "c", "b"}), {two("openAtEnd", "")}), "slice-at-end", "Patient.identifier[2]"));
    CHECK_FALSE(check(of({"a", "b"}), {two("closed", R"(,"ordered":true)")}).has_errors());
    CHECK(says(check(of({"b", "a"}), {two("closed", R"(,"ordered":true)")}), "slice-order", "Patient.identifier[1]"));
    const auto same = profile("Patient", element("Patient.identifier", slicing("value", "system", "open")) + "," +
                                             element("Patient.identifier:a", "") + "," +
                                             element("Patient.identifier:a.system", R"("fixedUri":"urn:a:a")") + "," +
                                             element("Patient.identifier:b", "") + "," +
                                             element("Patient.identifier:b.system", R"("fixedUri":"urn:a:a")"));
    CHECK(says(check(of({"a"}), {same}), "slice-ambiguous", "Patient.identifier[0]"));
}

TEST_CASE("slices of slices") {
    const auto definition =
        profile("Patient",
                element("Patient.identifier", slicing("value", "system", "open")) + "," +
                    element("Patient.identifier:a", slicing("value", "use")) + "," +
                    element("Patient.identifier:a.system", R"("fixedUri":"urn:a:a")") + "," +
                    R"({"id":"Patient.identifier:a/old","path":"Patient.identifier","sliceName":"a/old","max":"1"},)" +
                    element("Patient.identifier:a/old.use", R"("min":1,"fixedCode":"old")"));
    const auto of = [](const std::string& uses) { return patient(R"("identifier":[)" + uses + "]"); };
    const auto one = [](const std::string& system, const std::string& use) {
        return R"({"system":"urn:)" + system + ":" + system + R"(","use":")" + use + "\"}";
    };
    CHECK_FALSE(check(of(one("a", "old") + "," + one("b", "usual")), {definition}).has_errors());
    CHECK(says(check(of(one("a", "usual")), {definition}), "slice-none", "Patient.identifier[0]"));
    CHECK(says(check(of(one("a", "old") + "," + one("a", "old")), {definition}), "cardinality-max", "Patient"));
}

TEST_CASE("what refers to content elsewhere is checked there") {
    const auto outcome =
        test::validate(R"({"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":
        "group","item":[{"linkId":"2","type":"thing","nothing":1}]}]})");
    CHECK(says(outcome, "binding-required", "Questionnaire.item[0].item[0].type"));
    CHECK(says(outcome, "unknown-element", "Questionnaire.item[0].item[0]"));
}

TEST_CASE("profiles: lengths, ranges, types of choices, maximum bindings") {
    const std::string set =
        R"({"resourceType":"ValueSet","url":"http://t.example/set","status":"active","compose":{"include":[
        {"system":"http://t.example/codes","concept":[{"code":"a"}]}]}})";
    const auto definition = profile(
        "Observation",
        element("Observation.category",
                R"("binding":{"strength":"preferred","valueSet":"http://t.example/wide","extension":[{
            "url":"http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet",
            "valueCanonical":"http://t.example/set"}]})") +
            "," + element("Observation.effective[x]", R"("type":[{"code":"dateTime"}],"minValueDateTime":"2026-01-01",
            "maxValueDateTime":"2026-12-31")") +
            "," + element("Observation.value[x]", R"("type":[{"code":"Quantity"},{"code":"string"}],"maxLength":3)"));
    CHECK_FALSE(
        check(observation(R"("valueString":"abc","effectiveDateTime":"2026-06-01")"), {set, definition}).has_errors());
    CHECK(says(check(observation(R"("valueString":"abcd")"), {set, definition}), "max-length",
               "Observation.value.ofType(string)"));
    CHECK(says(check(observation(R"("valueInteger":1)"), {set, definition}), "type",
               "Observation.value.ofType(integer)"));
    CHECK(says(check(observation(R"("effectiveDateTime":"2025-12-31")"), {set, definition}), "min-value",
               "Observation.effective.ofType(dateTime)"));
    CHECK(says(check(observation(R"("effectiveDateTime":"2027-01-01")"), {set, definition}), "max-value",
               "Observation.effective.ofType(dateTime)"));
    CHECK(says(check(observation(R"("effectivePeriod":{"start":"2026-02-01"})"), {set, definition}), "type",
               "Observation.effective.ofType(Period)"));
    CHECK(says(check(observation(R"("category":[)" + category("b") + "]"), {set, definition}), "binding-maximum",
               "Observation.category[0]"));
}

TEST_CASE("profiles: fixed values are exact, patterns may have more") {
    const auto fixed = profile("Observation", element("Observation.code", R"("fixedCodeableConcept":{"text":"x"})"));
    const auto pattern =
        profile("Observation", element("Observation.code", R"("patternCodeableConcept":{"text":"x"})"));
    const std::string more =
        R"({"resourceType":"Observation","status":"final","code":{"text":"x","coding":[{"display":"y"}]}})";
    CHECK(says(check(more, {fixed}), "fixed", "Observation.code"));
    CHECK_FALSE(check(more, {pattern}).has_errors());
    CHECK(says(check(observation(R"("note":[])"),
                     {profile("Observation", element("Observation.status", R"("fixedCode":"amended")"))}),
               "fixed", "Observation.status"));
}
