/// What `causeway validate` writes, and how it ends; by itself and as a channel would judge.
#include <doctest/doctest.h>

#include <algorithm>

#include "support/command_line.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using test::call;

namespace {

constexpr auto kGood = R"({"resourceType":"Patient","active":true})";
constexpr auto kBad = R"({"resourceType":"Patient",
 "nam":1})";
constexpr auto kWrongGender = R"({"resourceType":"Patient","gender":"woman"})";
constexpr auto kProfile = R"({"resourceType":"StructureDefinition","url":"http://example.org/named","name":"Named",
 "status":"active","fhirVersion":"4.0.1","kind":"resource","abstract":false,"type":"Patient",
 "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","derivation":"constraint",
 "differential":{"element":[{"id":"Patient","path":"Patient"},{"id":"Patient.name","path":"Patient.name","min":1}]}})";

struct Files {
    test::TempDir dir;
    std::string good = dir.write("good.json", kGood).string();
    std::string bad = dir.write("bad.json", kBad).string();
    std::string profile = dir.write("profile.json", kProfile).string();
};

test::Outcome validate(const std::string& content, const std::string& settings = "") {
    const test::TempDir dir;
    std::vector<std::string> words = {"validate", dir.write("document", content).string()};
    if (!settings.empty()) words.insert(words.end(), {"--settings", dir.write("settings.yaml", settings).string()});
    return call(words);
}

bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE_FIXTURE(Files, "validate: the status is 0 without errors and 1 with one, of whichever file") {
    CHECK(call({"validate", good}).status == app::kDone);
    CHECK(call({"validate", bad}).status == app::kProblems);
    const auto both = call({"validate", bad, good});
    CHECK(both.status == app::kProblems);
    CHECK(has(both.out, bad + ": not valid, 1 error, "));
    CHECK(has(both.out, good + ": valid, 0 errors, "));
    CHECK(has(both.out, " error  Patient\n      "));
    CHECK(has(both.out, "(unknown-element)"));
}

TEST_CASE_FIXTURE(Files, "validate: --json gives one OperationOutcome a file, of one that can't be read too") {
    const auto outcome = call({"validate", "--json", bad, good, (dir / "missing").string(), dir.path().string()});
    CHECK(outcome.status == app::kProblems);
    CHECK(std::count(outcome.out.begin(), outcome.out.end(), '\n') == 4);
    CHECK(outcome.out.starts_with(R"({"resourceType":"OperationOutcome","issue":[)"));
    CHECK(has(outcome.out, "Name a file that can be read."));
    CHECK(has(outcome.out, "Name a file; this is a folder."));
    CHECK(outcome.err.empty());
}

TEST_CASE_FIXTURE(Files, "validate: --load and --profile ask more of a file, - is standard input") {
    CHECK(call({"validate", "--load", profile, "--profile", "http://example.org/named", good}).status ==
          app::kProblems);
    const auto named = R"({"resourceType":"Patient","name":[{"family":"Ash"}]})";
    CHECK(call({"validate", "--load", profile, "--profile", "http://example.org/named", "-"}, named).status ==
          app::kDone);
    CHECK(has(call({"validate", "--profile", "http://example.org/named", good}).out, "Load the profile"));
}

TEST_CASE_FIXTURE(Files, "validate: what is no FHIR document is told with its place") {
    for (const auto* text : {"", "hello", "[]", "<?xml version=\"1.0\"?><!DOCTYPE a []><a/>"}) {
        const auto outcome = call({"validate", "-"}, text);
        CHECK_MESSAGE(outcome.status == app::kProblems, text);
        CHECK_MESSAGE(has(outcome.out, "  1:"), text);
    }
}

TEST_CASE_FIXTURE(Files, "validate: a wrong call does nothing") {
    CHECK(call({"validate"}).status == app::kUsage);
    CHECK(call({"validate", "--fhir", "5.0.0", good}).status == app::kUsage);
    CHECK(has(call({"validate", "--fhir", "3.0.2", good}).err, "--load"));
    CHECK(has(call({"validate", "--profil", "x", good}).err, "Did you mean \"--profile\"?"));
    CHECK(call({"validate", "--load", "/nowhere", good}).status == app::kFailed);
    CHECK(call({"validate", "--load", dir.write("cut.tgz", "no archive").string(), good}).status == app::kFailed);
}

TEST_CASE("validate: errors are told with rule and place, and end with 1") {
    const auto wrong = validate(kWrongGender);
    CHECK(wrong.status == 1);
    CHECK(wrong.out.find("Patient.gender") != std::string::npos);
    CHECK(wrong.out.find("(binding-required") != std::string::npos);
    CHECK(validate(R"({"resourceType":"Patient","gender":"female"})").status == 0);
}

TEST_CASE("validate: settings change severities and drop findings, each with a reason") {
    CHECK(validate(kWrongGender,
                   "overrides:\n  - {rule: binding-required, path: Patient.gender, severity: warning,\n"
                   "     reason: The sender's codes are mapped.}\n")
              .status == 0);
    CHECK(validate(kWrongGender, "overrides:\n  - {rule: dom-6, severity: \"off\", reason: No narratives.}\n").status ==
          1);
}

TEST_CASE("validate: mistakes in settings are told with their place") {
    const auto outcome =
        validate(kWrongGender, "overrides:\n  - {rule: binding-required, severity: warning}\nprofles: [a]\n");
    CHECK(outcome.status == app::kFailed);
    CHECK(outcome.err.find("settings.yaml:") != std::string::npos);
    CHECK(outcome.err.find("profiles") != std::string::npos);
}
