#include "model/operation_outcome.hpp"

#include <doctest/doctest.h>

using namespace causeway;

namespace {

Finding whole_finding() {
    Finding finding;
    finding.severity = Severity::warning;
    finding.issue = Issue::business_rule;
    finding.text = "Add \"FEV1\"\nbefore sending.";
    finding.expression = "Bundle.entry[1].resource.birthDate";
    finding.rule = "referral/3 needs-fev1";
    finding.line = 3;
    finding.column = 14;
    finding.hl7_code = 101;
    return finding;
}

OperationOutcome outcome_of(Finding finding) {
    OperationOutcome outcome;
    outcome.add(std::move(finding));
    return outcome;
}

}  // namespace

TEST_CASE("outcome: an empty one says that all is well") {
    const std::string json = to_json(OperationOutcome{});

    CHECK(json == R"({"resourceType":"OperationOutcome","issue":[{"severity":"information","code":"informational",)"
                  R"("details":{"text":"All OK"}}]})");
    CHECK(outcome_from_json(json).empty());
}

TEST_CASE("outcome: everything comes back from its own JSON") {
    const Finding finding = whole_finding();

    const OperationOutcome read = outcome_from_json(to_json(outcome_of(finding)));

    REQUIRE(read.issues.size() == 1);
    const Finding& back = read.issues.front();
    CHECK(back.severity == finding.severity);
    CHECK(back.issue == finding.issue);
    CHECK(back.text == finding.text);
    CHECK(back.expression == finding.expression);
    CHECK(back.rule == finding.rule);
    CHECK(back.line == finding.line);
    CHECK(back.column == finding.column);
    CHECK(back.hl7_code == finding.hl7_code);
}

TEST_CASE("outcome: a stored outcome is written again byte for byte") {
    OperationOutcome outcome = outcome_of(whole_finding());
    outcome.add(Finding{});
    const std::string json = to_json(outcome);

    CHECK(to_json(outcome_from_json(json)) == json);
}

TEST_CASE("outcome: an issue is FHIR, with table 0357 as a coding and the place as extensions") {
    const std::string json = to_json(outcome_of(whole_finding()));

    CHECK(json.find(R"({"system":"http://terminology.hl7.org/CodeSystem/v2-0357","code":"101"})") != std::string::npos);
    CHECK(json.find(R"(operationoutcome-issue-line","valueInteger":3)") != std::string::npos);
    CHECK(json.find(R"("expression":["Bundle.entry[1].resource.birthDate"])") != std::string::npos);
    CHECK(json.find(R"("severity":"warning","code":"business-rule")") != std::string::npos);
}

TEST_CASE("outcome: what is not an outcome reads as none") {
    CHECK(outcome_from_json("").empty());
    CHECK(outcome_from_json("{").empty());
    CHECK(outcome_from_json("[]").empty());
    CHECK(outcome_from_json(R"({"issue":7})").empty());
    CHECK(outcome_from_json(std::string(100'000, '[')).empty());
}

TEST_CASE("outcome: errors and fatal issues count as errors, warnings do not") {
    CHECK_FALSE(outcome_of(whole_finding()).has_errors());

    OperationOutcome outcome = outcome_of(whole_finding());
    outcome.append(to_outcome(fail(Issue::required, "MSH-10", "Send MSH-10.", Retry::never, 101)));
    CHECK(outcome.has_errors());
    REQUIRE(outcome.issues.size() == 2);
    CHECK(outcome.issues[1].expression == "MSH-10");
    CHECK(outcome.issues[1].hl7_code == 101);
}

TEST_CASE("outcome: an error at a line and column keeps them as numbers") {
    const OperationOutcome outcome = to_outcome(fail(Issue::structure, "line 12, column 7", "Close the string."));

    REQUIRE(outcome.issues.size() == 1);
    CHECK(outcome.issues[0].line == 12);
    CHECK(outcome.issues[0].column == 7);
    CHECK(outcome.issues[0].expression.empty());
}

TEST_CASE("outcome: a path that only begins like a line stays a path") {
    CHECK(to_outcome(fail(Issue::structure, "line items", "Mend it.")).issues[0].expression == "line items");
    CHECK(to_outcome(fail(Issue::structure, "line 3, column 4x", "Mend it.")).issues[0].line == 0);
}
