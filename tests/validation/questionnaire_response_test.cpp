/// Answers against the Questionnaire: every type, with every rule that it may have.
#include <doctest/doctest.h>

#include "support/findings.hpp"

using namespace causeway;
using test::says;

namespace {

constexpr const char* kSet = R"({"resourceType":"ValueSet","url":"http://t.example/set","status":"active",
    "compose":{"include":[{"system":"http://t.example/codes","concept":[{"code":"a"}]}]}})";

std::string item(const std::string& type, const std::string& more = "") {
    return R"({"linkId":"1","type":")" + type + "\"" + (more.empty() ? "" : "," + more) + "}";
}

std::string extension(const std::string& name, const std::string& value) {
    const std::string sdc = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-";
    const std::string url = (name.ends_with("Quantity") || name == "enableWhenExpression")
                                ? sdc + name
                                : "http://hl7.org/fhir/StructureDefinition/" + name;
    return R"("extension":[{"url":")" + url + R"(",)" + value + "}]";
}

/// Items of a response against items of a Questionnaire.
OperationOutcome check(const std::string& defined, const std::string& given, const std::string& status = "completed",
                       const std::string& contained = "") {
    const auto definitions =
        test::with({R"({"resourceType":"Questionnaire","url":"http://t.example/q","status":"active",)" + contained +
                        R"("item":[)" + defined + "]}",
                    kSet});
    const auto items = given.empty() ? std::string() : R"(,"item":[)" + given + "]";
    return test::validate(R"({"resourceType":"QuestionnaireResponse","questionnaire":"http://t.example/q","status":")" +
                              status + "\"" + items + "}",
                          definitions);
}

std::string answers(const std::string& values, const std::string& link = "1") {
    return R"({"linkId":")" + link + R"(","answer":[)" + values + "]}";
}

struct Case {
    const char* type;
    const char* good;
};

constexpr Case kTypes[] = {
    {"boolean", R"({"valueBoolean":true})"},
    {"decimal", R"({"valueDecimal":1.5})"},
    {"integer", R"({"valueInteger":1})"},
    {"date", R"({"valueDate":"2026-11-22"})"},
    {"dateTime", R"({"valueDateTime":"2026-11-22T08:00:00Z"})"},
    {"time", R"({"valueTime":"08:00:00"})"},
    {"string", R"({"valueString":"x"})"},
    {"text", R"({"valueString":"x"})"},
    {"url", R"({"valueUri":"http://t.example"})"},
    {"choice", R"({"valueCoding":{"system":"http://t.example/codes","code":"a"}})"},
    {"open-choice", R"({"valueString":"x"})"},
    {"attachment", R"({"valueAttachment":{"contentType":"image/png"}})"},
    {"reference", R"({"valueReference":{"reference":"Patient/1"}})"},
    {"quantity", R"({"valueQuantity":{"value":1}})"},
};

}  // namespace

TEST_CASE("QuestionnaireResponse: answers of each type, and of wrong ones") {
    for (const auto& each : kTypes) {
        CAPTURE(each.type);
        CHECK_FALSE(check(item(each.type), answers(each.good)).has_errors());
        const bool is_attachment = std::string_view(each.type) == "attachment";
        const auto wrong = is_attachment ? R"({"valueQuantity":{"value":1}})" : R"({"valueAttachment":{"title":"x"}})";
        CHECK(says(check(item(each.type), answers(wrong)), "response-type"));
    }
}

TEST_CASE("QuestionnaireResponse: required, repeated and counted answers of each type") {
    for (const auto& each : kTypes) {
        CAPTURE(each.type);
        const std::string good = each.good;
        const auto twice = answers(good + "," + good);
        CHECK(says(check(item(each.type, R"("required":true)"), ""), "response-required", "QuestionnaireResponse"));
        CHECK(says(check(item(each.type), twice), "response-repeats", "QuestionnaireResponse.item[0]"));
        CHECK_FALSE(check(item(each.type, R"("repeats":true)"), twice).has_errors());
        const auto most = R"("repeats":true,)" + extension("questionnaire-maxOccurs", R"("valueInteger":1)");
        CHECK(says(check(item(each.type, most), twice), "response-max-occurs", "QuestionnaireResponse.item[0]"));
        const auto least = R"("repeats":true,)" + extension("questionnaire-minOccurs", R"("valueInteger":2)");
        CHECK(
            says(check(item(each.type, least), answers(good)), "response-min-occurs", "QuestionnaireResponse.item[0]"));
    }
}

TEST_CASE("QuestionnaireResponse: what is under way may lack answers") {
    CHECK_FALSE(check(item("string", R"("required":true)"), "", "in-progress").has_errors());
    CHECK_FALSE(check(item("string", R"("required":true)"), "", "stopped").has_errors());
    CHECK(check(item("string", R"("required":true)"), "", "amended").has_errors());
}

TEST_CASE("QuestionnaireResponse: bounds of numbers, dates and quantities") {
    struct Bound {
        const char *type, *least, *most, *below, *inside, *above;
    };
    constexpr Bound bounds[] = {
        {"integer", R"("valueInteger":2)", R"("valueInteger":4)", R"({"valueInteger":1})", R"({"valueInteger":3})",
         R"({"valueInteger":5})"},
        {"decimal", R"("valueDecimal":0.2)", R"("valueDecimal":0.4)", R"({"valueDecimal":0.19})",
         R"({"valueDecimal":0.20})", R"({"valueDecimal":0.41})"},
        {"date", R"("valueDate":"2026-02-01")", R"("valueDate":"2026-03-01")", R"({"valueDate":"2026-01-31"})",
         R"({"valueDate":"2026-02"})", R"({"valueDate":"2026-03-02"})"},
        {"dateTime", R"("valueDateTime":"2026-02-01T00:00:00Z")", R"("valueDateTime":"2026-02-01T12:00:00Z")",
         R"({"valueDateTime":"2026-02-01T00:30:00+01:00"})", R"({"valueDateTime":"2026-02-01T06:00:00Z"})",
         R"({"valueDateTime":"2026-02-01T12:00:01Z"})"},
        {"time", R"("valueTime":"09:00:00")", R"("valueTime":"17:00:00")", R"({"valueTime":"08:59:59"})",
         R"({"valueTime":"12:00:00"})", R"({"valueTime":"17:00:01"})"},
    };
    for (const auto& each : bounds) {
        CAPTURE(each.type);
        const auto least = item(each.type, extension("minValue", each.least));
        const auto most = item(each.type, extension("maxValue", each.most));
        CHECK(says(check(least, answers(each.below)), "response-minValue"));
        CHECK_FALSE(check(least, answers(each.inside)).has_errors());
        CHECK_FALSE(check(most, answers(each.inside)).has_errors());
        CHECK(says(check(most, answers(each.above)), "response-maxValue"));
    }
    const auto quantity = [](const std::string& value, const std::string& unit) {
        return answers(R"({"valueQuantity":{"value":)" + value + R"(,"system":"http://unitsofmeasure.org","code":")" +
                       unit + R"("}})");
    };
    const auto heavy = item("quantity", extension("minQuantity", R"("valueQuantity":{"value":1,"code":"kg",
        "system":"http://unitsofmeasure.org"})"));
    CHECK_FALSE(check(heavy, quantity("1000", "g")).has_errors());
    CHECK(says(check(heavy, quantity("999", "g")), "response-minQuantity"));
    CHECK(says(check(heavy, quantity("2", "m")), "response-minQuantity"));
}

TEST_CASE("QuestionnaireResponse: lengths, forms and places of texts and decimals") {
    for (const auto* type : {"string", "text"}) {
        CAPTURE(type);
        CHECK(says(check(item(type, R"("maxLength":2)"), answers(R"({"valueString":"abc"})")), "response-max-length"));
        CHECK_FALSE(check(item(type, R"("maxLength":2)"), answers(R"({"valueString":"äö"})")).has_errors());
        CHECK(says(check(item(type, extension("minLength", R"("valueInteger":2)")), answers(R"({"valueString":"a"})")),
                   "response-min-length"));
        CHECK(
            says(check(item(type, extension("regex", R"("valueString":"[a-z]+")")), answers(R"({"valueString":"a1"})")),
                 "response-regex"));
    }
    const auto places = item("decimal", extension("maxDecimalPlaces", R"("valueInteger":1)"));
    CHECK_FALSE(check(places, answers(R"({"valueDecimal":1.5})")).has_errors());
    CHECK(says(check(places, answers(R"({"valueDecimal":1.25})")), "response-decimal-places"));
}

TEST_CASE("QuestionnaireResponse: options of each type, and value sets") {
    const auto options = [](const std::string& value) { return R"("answerOption":[{)" + value + "}]"; };
    const std::pair<const char*, const char*> each[] = {
        {R"("valueInteger":1)", R"("valueInteger":2)"},
        {R"("valueDate":"2026-01-01")", R"("valueDate":"2026-01-02")"},
        {R"("valueTime":"08:00:00")", R"("valueTime":"09:00:00")"},
        {R"("valueString":"a")", R"("valueString":"b")"},
        {R"("valueCoding":{"system":"http://t.example/codes","code":"a"})",
         R"("valueCoding":{"system":"http://t.example/codes","code":"b"})"},
        {R"("valueReference":{"reference":"Patient/1"})", R"("valueReference":{"reference":"Patient/2"})"},
    };
    for (const auto& [right, wrong] : each) {
        CAPTURE(right);
        const auto choice = item("choice", options(right));
        CHECK_FALSE(check(choice, answers("{" + std::string(right) + "}")).has_errors());
        CHECK(says(check(choice, answers("{" + std::string(wrong) + "}")), "response-option"));
    }
    const auto coded = [](const std::string& code) {
        return answers(R"({"valueCoding":{"system":"http://t.example/codes","code":")" + code + R"("}})");
    };
    const auto from_set = item("choice", R"("answerValueSet":"http://t.example/set")");
    CHECK_FALSE(check(from_set, coded("a")).has_errors());
    CHECK(says(check(from_set, coded("b")), "response-value-set"));
    const std::string own = R"("contained":[{"resourceType":"ValueSet","id":"v","status":"active","compose":{"include":[
        {"system":"http://t.example/codes","concept":[{"code":"c"}]}]}}],)";
    const auto from_own = item("choice", R"("answerValueSet":"#v")");
    CHECK_FALSE(check(from_own, coded("c"), "completed", own).has_errors());
    CHECK(says(check(from_own, coded("a"), "completed", own), "response-value-set"));
    const auto open = item("open-choice", R"("answerValueSet":"http://t.example/set")");
    CHECK_FALSE(check(open, answers(R"({"valueString":"something else"})")).has_errors());
    CHECK(says(check(open, coded("b")), "response-value-set"));
}

TEST_CASE("QuestionnaireResponse: attachments, units and references") {
    const auto small = item("attachment", extension("maxSize", R"("valueDecimal":3)"));
    CHECK_FALSE(check(small, answers(R"({"valueAttachment":{"contentType":"image/png","data":"AAAA"}})")).has_errors());
    CHECK(says(check(small, answers(R"({"valueAttachment":{"contentType":"image/png","data":"AAAAAAAA"}})")),
               "response-attachment-size"));
    CHECK(says(check(small, answers(R"({"valueAttachment":{"url":"http://t.example/x","size":4}})")),
               "response-attachment-size"));
    const auto image = item("attachment", extension("mimeType", R"("valueCode":"image/png")"));
    CHECK(says(check(image, answers(R"({"valueAttachment":{"contentType":"image/gif","url":"http://t.example"}})")),
               "response-content-type"));
    const auto patient = item("reference", extension("questionnaire-referenceResource", R"("valueCode":"Patient")"));
    for (const auto* good : {"Patient/1", "https://t.example/fhir/Patient/1/_history/2"})
        CHECK_FALSE(says(check(patient, answers(R"({"valueReference":{"reference":")" + std::string(good) + R"("}})")),
                         "response-reference"));
    CHECK(says(check(patient, answers(R"({"valueReference":{"reference":"Device/1"}})")), "response-reference"));
    const auto unit = item(
        "quantity",
        extension("questionnaire-unitOption", R"("valueCoding":{"system":"http://unitsofmeasure.org","code":"kg"})"));
    CHECK(says(check(unit, answers(R"({"valueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":"g"}})")),
               "response-unit"));
}

TEST_CASE("QuestionnaireResponse: items stand where the Questionnaire has them") {
    const std::string group = R"({"linkId":"g","type":"group","item":[{"linkId":"1","type":"string"}]})";
    const std::string in_group = R"({"linkId":"g","item":[)" + answers(R"({"valueString":"x"})") + "]}";
    CHECK_FALSE(check(group, in_group).has_errors());
    CHECK(says(check(group, answers(R"({"valueString":"x"})")), "response-place", "QuestionnaireResponse"));
    CHECK(says(check(group, answers(R"({"valueString":"x"})", "9")), "response-link-id", "QuestionnaireResponse"));
    CHECK(says(check(group, R"({"linkId":"g","answer":[{"valueString":"x"}]})"), "response-no-answer",
               "QuestionnaireResponse.item[0]"));
    CHECK(says(check(item("display"), answers(R"({"valueString":"x"})")), "response-no-answer"));
    const std::string nested = R"({"linkId":"1","type":"string","item":[{"linkId":"2","type":"string"}]})";
    CHECK_FALSE(check(nested, R"({"linkId":"1","answer":[{"valueString":"x","item":[)" +
                                  answers(R"({"valueString":"y"})", "2") + "]}]}")
                    .has_errors());
    CHECK(says(check(nested, R"({"linkId":"1","item":[)" + answers(R"({"valueString":"y"})", "2") + "]}"),
               "response-nesting", "QuestionnaireResponse.item[0]"));
    const std::string two = item("string") + R"(,{"linkId":"2","type":"string"})";
    CHECK(says(check(two, answers(R"({"valueString":"x"})", "2") + "," + answers(R"({"valueString":"x"})", "1")),
               "response-order", "QuestionnaireResponse"));
    CHECK(says(
        check(item("string", R"("text":"Why?")"), R"({"linkId":"1","text":"How?","answer":[{"valueString":"x"}]})"),
        "response-text", "QuestionnaireResponse.item[0]"));
}

TEST_CASE("QuestionnaireResponse: answers to questions that are not enabled") {
    const std::string asked = R"({"linkId":"0","type":"boolean"},)";
    const auto conditional = [&](const std::string& op, const std::string& value) {
        return asked + item("string", R"("required":true,"enableWhen":[{"question":"0","operator":")" + op + R"(",)" +
                                          value + "}]");
    };
    const auto yes = conditional("=", R"("answerBoolean":true)");
    const auto truth = [](const std::string& value) { return answers(R"({"valueBoolean":)" + value + "}", "0"); };
    CHECK_FALSE(check(yes, truth("false")).has_errors());
    CHECK(says(check(yes, truth("true")), "response-required"));
    CHECK(says(check(yes, truth("false") + "," + answers(R"({"valueString":"x"})")), "response-not-enabled",
               "QuestionnaireResponse.item[1]"));
    const auto missing = conditional("exists", R"("answerBoolean":false)");
    CHECK_FALSE(check(missing, answers(R"({"valueString":"x"})")).has_errors());
    CHECK(says(check(missing, truth("true") + "," + answers(R"({"valueString":"x"})")), "response-not-enabled"));
    const auto expression = asked + item("string", extension("enableWhenExpression", R"("valueExpression":{
        "language":"text/fhirpath","expression":"%resource.item.where(linkId='0').answer.value"})"));
    CHECK_FALSE(check(expression, truth("true") + "," + answers(R"({"valueString":"x"})")).has_errors());
    CHECK(says(check(expression, truth("false") + "," + answers(R"({"valueString":"x"})")), "response-not-enabled"));
}

TEST_CASE("QuestionnaireResponse: in a repeated group each condition asks its own repetition") {
    const std::string group = R"({"linkId":"g","type":"group","repeats":true,"item":[{"linkId":"0","type":"boolean"},
        {"linkId":"1","type":"string","required":true,"enableWhen":[{"question":"0","operator":"=","answerBoolean":true}]}]})";
    const auto repetition = [](const std::string& inside) { return R"({"linkId":"g","item":[)" + inside + "]}"; };
    const auto yes = repetition(answers(R"({"valueBoolean":true})", "0") + "," + answers(R"({"valueString":"x"})"));
    CHECK_FALSE(check(group, yes + "," + repetition(answers(R"({"valueBoolean":false})", "0"))).has_errors());
    CHECK(says(check(group, yes + "," + repetition(answers(R"({"valueBoolean":true})", "0"))), "response-required",
               "QuestionnaireResponse.item[1]"));
}
