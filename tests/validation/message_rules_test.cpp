/// Messages against their MessageDefinition: event, minimum and maximum of each line, profiles, graph.
#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/corpus.hpp"
#include "support/findings.hpp"

using namespace causeway;
using test::says;

namespace {

const std::string kUrl = "http://t.example/referral";

std::string definition(const std::string& lines, const std::string& more = "") {
    return R"({"resourceType":"MessageDefinition","url":")" + kUrl + R"(","status":"active","date":"2026-11-22",
        "eventUri":"urn:event:referral",)" +
           more + R"("focus":[)" + lines + "]}";
}

std::string line(const std::string& type, const std::string& min, const std::string& max,
                 const std::string& profile = "") {
    return R"({"code":")" + type + R"(","min":)" + min + R"(,"max":")" + max + "\"" +
           (profile.empty() ? "" : R"(,"profile":")" + profile + "\"") + "}";
}

std::string entry(const std::string& type, const std::string& id, const std::string& inside = "") {
    return R"(,{"fullUrl":"http://t.example/fhir/)" + type + "/" + id + R"(","resource":{"resourceType":")" + type +
           R"(","id":")" + id + "\"" + (inside.empty() ? "" : "," + inside) + "}}";
}

std::string message(const std::string& entries, const std::string& header = "",
                    const std::string& event = "urn:event:referral") {
    return R"({"resourceType":"Bundle","type":"message","entry":[{"fullUrl":"http://t.example/fhir/MessageHeader/h",
        "resource":{"resourceType":"MessageHeader","eventUri":")" +
           event + R"(","source":{"endpoint":"urn:x:y"})" + header + "}}" + entries + "]}";
}

OperationOutcome check(const std::string& text, const std::vector<std::string>& definitions) {
    return test::validate(text, test::with(definitions), {}, {kUrl});
}

std::string profile(const std::string& url, const std::string& element) {
    return R"({"resourceType":"StructureDefinition","url":")" + url + R"(","name":"P","status":"active","fhirVersion":
        "4.0.1","kind":"resource","abstract":false,"type":"Location","baseDefinition":
        "http://hl7.org/fhir/StructureDefinition/Location","derivation":"constraint","differential":{"element":[)" +
           element + "]}}";
}

std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("messages: each line of the definition has its minimum and maximum") {
    const auto wanted = definition(line("MessageHeader", "1", "1") + "," + line("Patient", "1", "1") + "," +
                                   line("Observation", "0", "*"));
    CHECK_FALSE(says(check(message(entry("Patient", "1")), {wanted}), "message-count"));
    CHECK(says(check(message(""), {wanted}), "message-count", "Bundle"));
    CHECK(says(check(message(entry("Patient", "1") + entry("Patient", "2")), {wanted}), "message-count", "Bundle"));
}

TEST_CASE("messages: lines of one type are told apart by their profiles") {
    const auto scene =
        profile("http://t.example/scene", R"({"id":"Location.description","path":"Location.description","min":1})");
    const auto wanted =
        definition(line("MessageHeader", "1", "1") + "," + line("Location", "0", "1", "http://t.example/scene") + "," +
                   line("Location", "1", "*", "http://hl7.org/fhir/StructureDefinition/Location"));
    const auto place = entry("Location", "a", R"("description":"By the bridge.")");
    const auto clinic = entry("Location", "b", R"("name":"Clinic")");
    const auto other = entry("Location", "c", R"("name":"Ward")");
    CHECK_FALSE(says(check(message(place + clinic + other), {scene, wanted}), "message-count"));
    CHECK(says(check(message(place), {scene, wanted}), "message-count", "Bundle"));
    const auto second = entry("Location", "d", R"("description":"On the hill.")");
    CHECK(says(check(message(place + second + clinic), {scene, wanted}), "message-count", "Bundle"));
    const auto claiming = entry("Location", "e", R"("meta":{"profile":["http://t.example/scene"]})");
    CHECK(says(check(message(claiming + clinic), {scene, wanted}), "message-profile", "Bundle.entry[1].resource"));
}

TEST_CASE("messages: where the definition lists only what is in focus, that is counted") {
    const auto wanted = definition(line("Patient", "1", "1"));
    const std::string focus = R"(,"focus":[{"reference":"Patient/1"}])";
    CHECK_FALSE(says(check(message(entry("Patient", "1") + entry("Patient", "2"), focus), {wanted}), "message-count"));
    CHECK(says(check(message(entry("Patient", "1")), {wanted}), "message-count", "Bundle.entry[0].resource"));
}

TEST_CASE("messages: the event is that of the definition, which the header may name itself") {
    const auto wanted = definition(line("MessageHeader", "1", "1") + "," + line("Patient", "1", "1"));
    CHECK(says(check(message(entry("Patient", "1"), "", "urn:event:other"), {wanted}), "message-event",
               "Bundle.entry[0].resource.event.ofType(uri)"));
    const auto named = test::validate(message("", R"(,"definition":")" + kUrl + "\""), test::with({wanted}));
    CHECK(says(named, "message-count", "Bundle"));
    CHECK(says(check(R"({"resourceType":"Bundle","type":"message"})", {wanted}), "message-header", "Bundle"));
}

TEST_CASE("messages: the graph of the definition is followed") {
    const std::string graph =
        R"({"resourceType":"GraphDefinition","url":"http://t.example/graph","name":"G","status":"active",
        "start":"ServiceRequest","link":[{"path":"ServiceRequest.subject","min":1,"target":[{"type":"Patient","link":[
        {"path":"Patient.generalPractitioner","min":1,"target":[{"type":"Organization"}]}]}]}]})";
    const auto wanted = definition(line("ServiceRequest", "1", "1"), R"("graph":["http://t.example/graph"],)");
    const std::string focus = R"(,"focus":[{"reference":"ServiceRequest/1"}])";
    const auto request =
        entry("ServiceRequest", "1", R"("status":"active","intent":"order","subject":{"reference":"Patient/1"})");
    const auto patient = entry("Patient", "1", R"("generalPractitioner":[{"reference":"Organization/1"}])");
    const auto practice = entry("Organization", "1", R"("name":"x")");
    CHECK_FALSE(says(check(message(request + patient + practice, focus), {graph, wanted}), "message-graph"));
    CHECK(says(check(message(request + entry("Patient", "1"), focus), {graph, wanted}), "message-graph",
               "Bundle.entry[2].resource"));
    CHECK(says(check(message(request + patient, focus), {graph, wanted}), "message-graph", "Bundle.entry[2].resource"));
}

TEST_CASE("messages: BaRS examples against BaRS definitions") {
    const auto folder = test::corpus("nhs/bars/NHSDigital__NHSDigital-FHIR-BookingAndReferrals");
    if (!std::filesystem::exists(folder)) {
        MESSAGE("The corpus is absent: ", folder.string(), " (set CAUSEWAY_CORPUS). Nothing was checked.");
        return;
    }
    fhir::Documents documents(test::r4());
    for (const auto* part : {"MessageDefinition", "StructureDefinition", "CodeSystem"})
        REQUIRE(documents.add(folder / part).has_value());
    const auto extended = fhir::extend(test::r4(), documents);
    REQUIRE(extended.has_value());
    const validation::Validator validator(extended->definitions);
    int counted = 0;
    int right = 0;
    for (const auto& file : std::filesystem::directory_iterator(folder / "Examples")) {
        fhir::ParseOptions options;
        options.definitions = extended->definitions;
        options.lenient = true;
        const auto document = fhir::parse(Payload(contents(file.path())), options);
        if (!document || contents(file.path()).find("MessageDefinition/") == std::string::npos) continue;
        ++counted;
        int errors = 0;
        for (const auto& finding : validator.validate(**document).issues)
            if (finding.rule.starts_with("message-c") || finding.rule.starts_with("message-e")) {
                ++errors;
                std::printf("  %s: %s\n", file.path().filename().c_str(), finding.text.c_str());
            }
        right += errors == 0 ? 1 : 0;
    }
    std::printf("BaRS examples that name a definition: %d, with all counts right: %d\n", counted, right);
    CHECK(counted > 0);
}
