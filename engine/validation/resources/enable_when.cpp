#include "validation/resources/enable_when.hpp"

#include <array>
#include <variant>

#include "fhirpath/expression.hpp"
#include "fhirpath/value.hpp"
#include "validation/resources/rules.hpp"

namespace causeway::validation {
namespace {

using tree::Node;

/// Of Structured Data Capture, and what was used before it.
constexpr std::array<std::string_view, 2> kExpressions = {
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression",
    "http://phr.kanta.fi/StructureDefinition/fiphr-ext-questionnaire-enablewhen"};

void collect_answers(const Node& parent, std::string_view link, std::vector<Node>& out) {
    for (const auto& item : all(parent, "item")) {
        const bool wanted = text_of(item, "linkId") == link;
        for (const auto& answer : all(item, "answer")) {
            if (wanted && answer.child("value")) out.push_back(answer.child("value"));
            collect_answers(answer, link, out);
        }
        collect_answers(item, link, out);
    }
}

bool is_equal(const Node& value, const Node& wanted) {
    if (value.type() == "Coding" || wanted.type() == "Coding") {
        if (!wanted.child("code") && !value.child("code"))
            return text_of(value, "display") == text_of(wanted, "display");
        const auto system = text_of(wanted, "system");
        return text_of(value, "code") == text_of(wanted, "code") &&
               (system.empty() || system == text_of(value, "system"));
    }
    if (value.type() == "Quantity")
        return fhirpath::equal(fhirpath::Value(value), fhirpath::Value(wanted)).value_or(false);
    if (value.type() == "Reference") return text_of(value, "reference") == text_of(wanted, "reference");
    if (value.kind() == tree::Kind::number)
        return fhirpath::equal(fhirpath::Value(value), fhirpath::Value(wanted)).value_or(false);
    return value.text() == wanted.text();
}

bool has_question(const Node& parent, std::string_view link) {
    for (const auto& item : all(parent, "item")) {
        if (text_of(item, "linkId") == link || has_question(item, link)) return true;
        for (const auto& answer : all(item, "answer"))
            if (has_question(answer, link)) return true;
    }
    return false;
}

std::vector<Node> answers_to(std::string_view link, const std::vector<Node>& around) {
    std::vector<Node> answers;
    for (auto place = around.rbegin(); place != around.rend(); ++place) {
        if (text_of(*place, "linkId") == link) {
            for (const auto& answer : all(*place, "answer"))
                if (answer.child("value")) answers.push_back(answer.child("value"));
            return answers;
        }
        if (!has_question(*place, link)) continue;
        collect_answers(*place, link, answers);
        return answers;
    }
    return answers;
}

bool meets(const Node& condition, const std::vector<Node>& around) {
    const auto answers = answers_to(text_of(condition, "question"), around);
    const auto op = text_of(condition, "operator");
    const auto wanted = condition.child("answer");
    if (op == "exists") return answers.empty() == (wanted.text() == "false");
    for (const auto& answer : answers) {
        if (op == "=" && is_equal(answer, wanted)) return true;
        if (op == "!=" && !is_equal(answer, wanted)) return true;
        if (op == "=" || op == "!=") continue;
        const auto order = fhirpath::order(fhirpath::Value(answer), fhirpath::Value(wanted));
        const bool less = order == fhirpath::Order::less;
        const bool greater = order == fhirpath::Order::greater;
        const bool equal = order == fhirpath::Order::equal;
        if ((op == "<" && less) || (op == ">" && greater) || (op == "<=" && (less || equal)) ||
            (op == ">=" && (greater || equal)))
            return true;
    }
    return false;
}

/// A condition in FHIRPath over the response. One that can't be read, or is in another language, enables.
bool holds(const Node& expression, const Node& response) {
    const auto language = text_of(expression, "language");
    if (!language.empty() && language != "text/fhirpath") return true;
    const auto text = expression.has_value() ? expression.text() : text_of(expression, "expression");
    const auto compiled = fhirpath::Expression::compile(std::string(text));
    const auto* program = std::get_if<fhirpath::Expression>(&compiled);
    if (program == nullptr) return true;
    fhirpath::Environment environment;
    environment.resource = response;
    const auto result = program->test(response, environment);
    return !result || result.value();
}

}  // namespace

bool is_enabled(const Node& item, const std::vector<Node>& around) {
    for (const auto url : kExpressions)
        if (const auto expression = extension_value(item, url)) return holds(expression, around.front());
    const auto conditions = all(item, "enableWhen");
    if (conditions.empty()) return true;
    const bool all_needed = text_of(item, "enableBehavior") == "all";
    for (const auto& condition : conditions) {
        const bool met = meets(condition, around);
        if (met != all_needed) return met;
    }
    return all_needed;
}

}  // namespace causeway::validation
