/// Questionnaires: conditions and values agree with the items.
#include <doctest/doctest.h>

#include "fhir/document.hpp"
#include "support/definitions.hpp"
#include "support/findings.hpp"

using namespace causeway;
using test::says;

namespace {

OperationOutcome check(const std::string& items) {
    return test::validate(R"({"resourceType":"Questionnaire","status":"draft","item":[)" + items + "]}");
}

std::string asks(const std::string& link, const std::string& answer = R"("answerBoolean":true)") {
    return R"("enableWhen":[{"question":")" + link + R"(","operator":"=",)" + answer + "}]";
}

constexpr const char* kFirst = R"({"linkId":"1","type":"boolean"})";

}  // namespace

TEST_CASE("Questionnaire: a condition asks a question that is there and outside the item") {
    const std::string first = kFirst;
    CHECK_FALSE(check(first + R"(,{"linkId":"2","type":"string",)" + asks("1") + "}").has_errors());
    CHECK(says(check(first + R"(,{"linkId":"2","type":"string",)" + asks("9") + "}"), "questionnaire-enable-when",
               "Questionnaire.item[1]"));
    CHECK(says(check(first + R"(,{"linkId":"2","type":"string",)" + asks("2") + "}"), "questionnaire-enable-when",
               "Questionnaire.item[1]"));
    CHECK(says(check(R"({"linkId":"2","type":"group",)" + asks("1") + R"(,"item":[)" + first + "]}"),
               "questionnaire-enable-when", "Questionnaire.item[0]"));
}

TEST_CASE("Questionnaire: a condition that asks a later question is a warning") {
    const auto outcome = check(R"({"linkId":"2","type":"string",)" + asks("1") + "}," + kFirst);
    CHECK_FALSE(outcome.has_errors());
    CHECK(says(outcome, "questionnaire-enable-when", "Questionnaire.item[0]"));
}

TEST_CASE("Questionnaire: a condition compares with a value of the question's type, or is remarked on") {
    const auto outcome =
        check(std::string(kFirst) + R"(,{"linkId":"2","type":"string",)" + asks("1", R"("answerString":"yes")") + "}");
    CHECK_FALSE(outcome.has_errors());
    CHECK(says(outcome, "questionnaire-enable-when", "Questionnaire.item[1].enableWhen[0].answer.ofType(string)"));
}

TEST_CASE("Questionnaire: first values and options are of the item's type") {
    CHECK_FALSE(check(R"({"linkId":"1","type":"integer","initial":[{"valueInteger":1}]})").has_errors());
    CHECK(says(check(R"({"linkId":"1","type":"integer","initial":[{"valueString":"1"}]})"), "questionnaire-value-type",
               "Questionnaire.item[0].initial[0].value.ofType(string)"));
    CHECK_FALSE(check(R"({"linkId":"1","type":"choice","answerOption":[{"valueString":"1"}]})").has_errors());
}
