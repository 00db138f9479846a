#include "validation/referral.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "core/text.hpp"
#include "fhir/json.hpp"

using namespace causeway;

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
    std::ifstream in(file);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

std::string sample(std::string_view name) {
    return read(fs::path(CAUSEWAY_SOURCE_DIR) / "conf" / "pathways" / "tests" / (std::string(name) + ".json"));
}

/// `text` with the only occurrence of `from` replaced.
std::string changed(std::string text, std::string_view from, std::string_view to) {
    const auto at = text.find(from);
    REQUIRE(at != std::string::npos);
    REQUIRE(text.find(from, at + 1) == std::string::npos);
    return text.replace(at, from.size(), to);
}

validation::BundleRules message_rules() {
    validation::BundleRules rules;
    rules.type = "message";
    return rules;
}

validation::BundleRules transaction_rules() {
    validation::BundleRules rules;
    rules.type = "transaction";
    return rules;
}

OperationOutcome check(const std::string& json, const validation::BundleRules& rules = message_rules()) {
    const auto document = fhir::parse_json(Payload(json));
    REQUIRE(document.has_value());
    return validation::check_bundle((*document)->root(), rules);
}

/// "rule expression" of each finding that is at least a warning.
std::vector<std::string> said(const OperationOutcome& outcome) {
    std::vector<std::string> result;
    for (const Finding& finding : outcome.issues) {
        if (finding.severity != Severity::information) result.push_back(finding.rule + ' ' + finding.expression);
    }
    return result;
}

using Said = std::vector<std::string>;

const Finding& only(const OperationOutcome& outcome) {
    REQUIRE(outcome.issues.size() == 1);
    return outcome.issues.front();
}

std::uint32_t line_of(const std::string& text, std::string_view what) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    return static_cast<std::uint32_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) +
           1;
}

}  // namespace

TEST_CASE("referral: whole samples have nothing to mend") {
    for (const auto* name : {"respiratory", "cardiology", "dermatology", "musculoskeletal", "general", "paediatric"}) {
        CAPTURE(name);
        CHECK(check(sample(name)).empty());
    }
    CHECK(check(sample("transaction"), transaction_rules()).empty());
}

TEST_CASE("referral: something that is no Bundle is refused at once") {
    const auto outcome = check(R"({"resourceType":"Patient","birthDate":"x"})");
    CHECK(only(outcome).rule == "bundle");
    CHECK(only(outcome).issue == Issue::structure);
}

TEST_CASE("referral: the type of the Bundle is the one that the address takes") {
    const auto outcome = check(sample("transaction"));
    CHECK(said(outcome) == Said{"bundle-type Bundle.type"});
    CHECK(only(outcome).line == line_of(sample("transaction"), "\"type\": \"transaction\""));
    CHECK(said(check(sample("general"), transaction_rules())) == Said{"bundle-type Bundle.type"});
    CHECK(said(check(R"({"resourceType":"Bundle","id":"a"})")) == Said{"bundle-type Bundle.type"});
    CHECK(said(check(R"({"resourceType":"Bundle","type":"message"})")) == Said{"bundle-entries Bundle.entry"});
}

TEST_CASE("referral: an address that takes both checks each Bundle by its own type") {
    const validation::BundleRules both;
    CHECK(check(sample("general"), both).empty());
    CHECK(check(sample("transaction"), both).empty());
    CHECK(said(check(changed(sample("general"), "\"type\": \"message\"", "\"type\": \"collection\""), both)) ==
          Said{"bundle-type Bundle.type"});
}

TEST_CASE("referral: a message begins with its MessageHeader") {
    const auto json = changed(sample("general"), "\"resourceType\": \"MessageHeader\"", "\"resourceType\": \"Basic\"");
    CHECK(said(check(json)) == Said{"bdl-12 Bundle.entry[0].resource"});
}

TEST_CASE("referral: the header names event, source and the ServiceRequest") {
    auto json = changed(sample("general"), "\"eventCoding\"", "\"eventX\"");
    json = changed(json, "\"source\": {", "\"sourceX\": {");
    json = changed(json, "\"focus\": [", "\"focusX\": [");
    CHECK(said(check(json)) == Said{"message-event Bundle.entry[0].resource.event",
                                    "message-source Bundle.entry[0].resource.source",
                                    "message-focus Bundle.entry[0].resource.focus"});
}

TEST_CASE("referral: a focus on something else than the ServiceRequest is said where it stands") {
    const auto json = changed(sample("general"), R"("focus": [{"reference": "urn:uuid:5d4f1c20-0502)",
                              R"("focus": [{"reference": "urn:uuid:5d4f1c20-0503)");
    CHECK(said(check(json)) == Said{"message-focus Bundle.entry[0].resource.focus[0]"});
}

TEST_CASE("referral: what is missing is named with its place, and line and column of what should hold it") {
    const auto json = changed(sample("general"), "\"birthDate\": \"1966-09-09\",", "");
    const auto outcome = check(json);
    const auto& finding = only(outcome);
    CHECK(finding.expression == "Bundle.entry[2].resource.birthDate");
    CHECK(finding.issue == Issue::required);
    CHECK(finding.severity == Severity::error);
    CHECK(finding.line == line_of(json, "\"resourceType\": \"Patient\"") - 1);
    CHECK(finding.column > 0);
    CHECK(finding.text.find("birthDate") != std::string::npos);
}

TEST_CASE("referral: demographics may be lenient") {
    auto rules = message_rules();
    rules.demographics_required = false;
    const auto json = changed(sample("general"), "\"birthDate\": \"1966-09-09\",", "");
    const auto outcome = check(json, rules);
    CHECK(only(outcome).severity == Severity::warning);
    CHECK_FALSE(outcome.has_errors());
}

TEST_CASE("referral: the ServiceRequest has status, intent, subject and requester") {
    auto json = changed(sample("general"), "\"status\": \"active\"", "\"status\": \"open\"");
    json = changed(json, "\"intent\": \"order\",", "");
    json = changed(json, "\"subject\": {", "\"subjectX\": {");
    json = changed(json, "\"requester\": {", "\"requesterX\": {");
    CHECK(said(check(json)) == Said{"status Bundle.entry[1].resource.status", "intent Bundle.entry[1].resource.intent",
                                    "subject Bundle.entry[1].resource.subject",
                                    "requester Bundle.entry[1].resource.requester"});
}

TEST_CASE("referral: a Bundle without a ServiceRequest is no referral") {
    const auto json = changed(sample("general"), "\"resourceType\": \"ServiceRequest\"", "\"resourceType\": \"Task\"");
    const auto all = said(check(json));
    CHECK(std::find(all.begin(), all.end(), "service-request Bundle.entry") != all.end());
}

TEST_CASE("referral: a subject must be the Patient of this Bundle") {
    const auto role = changed(sample("general"), "\"subject\": {\"reference\": \"urn:uuid:5d4f1c20-0503",
                              "\"subject\": {\"reference\": \"urn:uuid:5d4f1c20-0504");
    CHECK(said(check(role)) == Said{"subject Bundle.entry[1].resource.subject"});
    const auto logical =
        changed(sample("general"), "\"subject\": {\"reference\": \"urn:uuid:5d4f1c20-0503-4c63-9f2a-0a1b2c3d4e5f\"}",
                R"("subject": {"identifier": {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990005591"}})");
    CHECK(said(check(logical)) == Said{"subject Bundle.entry[1].resource.subject"});
}

TEST_CASE("referral: the requester leads to an organisation") {
    auto json = changed(sample("general"), "\"organization\": {", "\"organizationX\": {");
    CHECK(check(json).empty());  // The sender of the message is an Organization.
    json = changed(json, "\"sender\": {", "\"senderX\": {");
    CHECK(said(check(json)) == Said{"requester-organisation Bundle.entry[1].resource.requester"});
}

TEST_CASE("referral: a requester that is a Practitioner counts with the role that names an organisation") {
    auto json = changed(sample("general"), "\"sender\": {", "\"senderX\": {");
    json = changed(json, "\"requester\": {\"reference\": \"urn:uuid:5d4f1c20-0504",
                   "\"requester\": {\"reference\": \"urn:uuid:5d4f1c20-0505");
    CHECK(check(json).empty());
}

TEST_CASE("referral: a requester may be contained") {
    auto json = changed(sample("general"), "\"sender\": {", "\"senderX\": {");
    json = changed(json, "\"requester\": {\"reference\": \"urn:uuid:5d4f1c20-0504-4c63-9f2a-0a1b2c3d4e5f\"}",
                   R"("contained": [{"resourceType": "Organization", "id": "o"}], "requester": {"reference": "#o"})");
    CHECK(check(json).empty());
}

TEST_CASE("referral: a revoked referral needs no requester") {
    auto json = changed(sample("general"), "\"status\": \"active\"", "\"status\": \"revoked\"");
    json = changed(json, "\"requester\": {", "\"requesterX\": {");
    CHECK(check(json).empty());
}

TEST_CASE("referral: formats of what is used") {
    auto json = changed(sample("general"), "\"birthDate\": \"1966-09-09\"", "\"birthDate\": \"1966-09-31\"");
    json = changed(json, "\"gender\": \"female\"", "\"gender\": \"F\"");
    json = changed(json, "\"priority\": \"routine\"", "\"priority\": \"soon\"");
    json = changed(json, "\"authoredOn\": \"2026-11-20T16:40:00+00:00\"", "\"authoredOn\": \"20/11/2026\"");
    json = changed(json, "\"timestamp\": \"2026-11-20T16:41:07+00:00\"", "\"timestamp\": \"2026-11-20\"");
    CHECK(said(check(json)) == Said{"instant Bundle.timestamp", "priority Bundle.entry[1].resource.priority",
                                    "date-time Bundle.entry[1].resource.authoredOn",
                                    "date Bundle.entry[2].resource.birthDate",
                                    "gender Bundle.entry[2].resource.gender"});
    const auto number = changed(sample("general"), "\"birthDate\": \"1966-09-09\"", "\"birthDate\": 1966");
    CHECK(said(check(number)) == Said{"date Bundle.entry[2].resource.birthDate"});
}

TEST_CASE("referral: an NHS number fails its check digit strictly or with a warning") {
    const auto json = changed(sample("general"), "9990005591", "9990005592");
    auto rules = message_rules();

    const auto strict = check(json, rules);
    CHECK(only(strict).severity == Severity::error);
    CHECK(only(strict).hl7_code == 102);
    CHECK(only(strict).expression == "Bundle.entry[2].resource.identifier[0].value");
    CHECK(only(strict).text.find("9990005592") == std::string::npos);

    rules.nhs_number_strict = false;
    CHECK(only(check(json, rules)).severity == Severity::warning);
}

TEST_CASE("referral: an NHS number is required only where the channel says so") {
    const auto json =
        changed(sample("general"), "https://fhir.nhs.uk/Id/nhs-number", "https://example.nhs.uk/Id/local");
    auto rules = message_rules();
    CHECK(check(json, rules).empty());
    rules.nhs_number_required = true;
    CHECK(said(check(json, rules)) == Said{"nhs-number Bundle.entry[2].resource.identifier"});
}

TEST_CASE("referral: a urn reference that nothing answers is an error at its place") {
    const auto json = changed(sample("respiratory"), R"("result": [{"reference": "urn:uuid:5d4f1c20-0107)",
                              R"("result": [{"reference": "urn:uuid:5d4f1c20-ffff)");
    const auto outcome = check(json);
    CHECK(only(outcome).expression == "Bundle.entry[8].resource.result[0].reference");
    CHECK(only(outcome).line == line_of(json, "5d4f1c20-ffff"));
    CHECK(only(outcome).severity == Severity::error);
}

TEST_CASE(
    "referral: relative references resolve by type and id; missing ones matter where the referral itself names them") {
    const auto fine =
        changed(sample("general"), "\"subject\": {\"reference\": \"urn:uuid:5d4f1c20-0503-4c63-9f2a-0a1b2c3d4e5f\"}",
                "\"subject\": {\"reference\": \"Patient/patient-5\"}");
    CHECK(check(fine).empty());
    const auto essential = changed(sample("general"), "\"requester\": {",
                                   "\"encounter\": {\"reference\": \"Encounter/1\"}, \"requester\": {");
    CHECK(check(essential).has_errors());
    const auto aside = changed(sample("general"), "\"practitioner\": {",
                               "\"location\": [{\"reference\": \"Location/1\"}], \"practitioner\": {");
    CHECK_FALSE(check(aside).has_errors());
    CHECK(said(check(aside)).size() == 1);
}

TEST_CASE("referral: absolute addresses outside are information, logical references are fine, nonsense is not") {
    const auto base = sample("general");
    const auto with = [&](std::string_view performer) {
        return check(
            changed(base, "\"requester\": {", "\"performer\": [" + std::string(performer) + "], \"requester\": {"));
    };
    const auto outside = with(R"({"reference": "https://example.nhs.uk/fhir/Organization/1"})");
    CHECK(only(outside).severity == Severity::information);
    CHECK(
        with(R"({"identifier": {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "R9Z"}})").empty());
    CHECK(with(R"({"display": "Outpatients"})").empty());
    CHECK(said(with(R"({"reference": "d5ffd0cd-ec7e-48a1"})")) ==
          Said{"reference-form Bundle.entry[1].resource.performer[0].reference"});
    CHECK(said(with(R"({"reference": "#nobody"})")) == Said{"ref-1 Bundle.entry[1].resource.performer[0].reference"});
}

TEST_CASE("referral: an attachment must be in the Bundle and readable") {
    const auto lost =
        changed(sample("dermatology"), "\"url\": \"urn:uuid:5d4f1c20-0308", "\"url\": \"urn:uuid:5d4f1c20-ffff");
    CHECK(said(check(lost)) == Said{"reference-resolves Bundle.entry[6].resource.content[0].attachment.url"});
    const auto broken = changed(sample("dermatology"), "\"data\": \"iVBOR", "\"data\": \"iVBO*");
    CHECK(said(check(broken)) == Said{"base64 Bundle.entry[7].resource.data"});
}

TEST_CASE("referral: each entry has a resource and a fullUrl of its own") {
    const auto twice =
        changed(sample("general"), "\"fullUrl\": \"urn:uuid:5d4f1c20-0506", "\"fullUrl\": \"urn:uuid:5d4f1c20-0505");
    const auto all = said(check(twice));
    CHECK(std::find(all.begin(), all.end(), "bdl-7 Bundle.entry[5].fullUrl") != all.end());
    const auto empty = changed(sample("general"), "\"entry\": [", "\"entry\": [{\"fullUrl\": \"urn:uuid:1\"},");
    CHECK(said(check(empty)).front() == "entry-resource Bundle.entry[0].resource");
}

TEST_CASE("referral: each entry of a transaction says what is to be done with it") {
    const auto json = changed(sample("transaction"), "\"request\": {\"method\": \"POST\", \"url\": \"ServiceRequest\"}",
                              "\"search\": {\"mode\": \"match\"}");
    CHECK(said(check(json, transaction_rules())) == Said{"bdl-3 Bundle.entry[0].request"});
    const auto method = changed(sample("transaction"), "\"method\": \"POST\", \"url\": \"ServiceRequest\"",
                                "\"method\": \"post\", \"url\": \"ServiceRequest\"");
    CHECK(said(check(method, transaction_rules())) == Said{"entry-method Bundle.entry[0].request.method"});
}

TEST_CASE("referral: the number of findings is bounded") {
    std::string json = R"({"resourceType":"Bundle","type":"transaction","entry":[)";
    for (int i = 0; i < 1000; ++i)
        json += (i == 0 ? "{" : ",{") + std::string(R"("fullUrl":"urn:uuid:)") + std::to_string(i) + "\"}";
    const auto outcome = check(json + "]}", transaction_rules());
    CHECK(outcome.issues.size() == 201);
    CHECK(outcome.issues.back().rule == "too-many-findings");
}

TEST_CASE("referral: many remarks neither refuse a Bundle nor crowd out an error") {
    std::string performers;
    for (int i = 0; i < 500; ++i) {
        performers +=
            (i == 0 ? "" : ",") + std::string(R"({"reference":"https://example.nhs.uk/fhir/Organization/1"})");
    }
    const auto json =
        changed(sample("general"), "\"requester\": {", "\"performer\": [" + performers + "], \"requester\": {");
    CHECK_FALSE(check(json).has_errors());
    CHECK(check(json).issues.size() == 201);
    const auto wrong =
        changed(json, "\"reasonCode\": [", "\"specimen\": [{\"reference\": \"urn:uuid:nobody\"}], \"reasonCode\": [");
    CHECK(check(wrong).has_errors());
}

TEST_CASE("referral: the focus of an answer may be something else than the ServiceRequest") {
    auto json =
        changed(sample("general"), "\"code\": \"servicerequest-request\"", "\"code\": \"servicerequest-response\"");
    json = changed(json, R"("focus": [{"reference": "urn:uuid:5d4f1c20-0502)",
                   R"("focus": [{"reference": "urn:uuid:5d4f1c20-0503)");
    CHECK(check(json).empty());
}

TEST_CASE("referral: published Bundles have no false errors") {
    const char* named = std::getenv("CAUSEWAY_CORPUS");
    const fs::path corpus =
        named != nullptr ? fs::path(named) : fs::path(CAUSEWAY_SOURCE_DIR) / ".." / "shared" / "corpus";
    if (!fs::exists(corpus / "nhs" / "bars")) {
        MESSAGE("The corpus is absent: published Bundles are not checked.");
        return;
    }
    int checked = 0;
    for (const auto& file : fs::recursive_directory_iterator(corpus / "nhs")) {
        const auto path = file.path().string();
        if (file.path().extension() != ".json" || path.find("STU3") != std::string::npos) continue;
        auto document = fhir::parse_json(Payload(read(file.path())));
        if (!document) continue;
        const auto root = (*document)->root();
        const std::string type(root.child("type").text());
        if (root.type() != "Bundle" || (type != "message" && type != "transaction")) continue;
        std::vector<tree::Node> entries;
        root.children("entry", entries);
        const auto holds = [&](std::string_view kind) {
            return std::any_of(entries.begin(), entries.end(),
                               [&](const tree::Node& entry) { return entry.child("resource").type() == kind; });
        };
        const bool referral =
            holds("ServiceRequest") && !holds("DiagnosticReport");  // A laboratory's report is no referral.
        // The body of an HTTP response in one published sample refers to resources that it does not hold.
        if (!referral || path.find("(HTTP Response)") != std::string::npos) continue;
        validation::BundleRules rules;
        rules.type = type;
        rules.nhs_number_strict = false;
        rules.demographics_required = false;
        const auto outcome = validation::check_bundle(root, rules);
        INFO(path);
        for (const Finding& finding : outcome.issues) {
            INFO(finding.rule << " " << finding.expression << " " << finding.text);
            CHECK(finding.severity != Severity::error);
        }
        ++checked;
    }
    CHECK(checked >= 8);
}
