#include "validation/resources/enable_when.hpp"

#include <algorithm>
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

void add_answers(const Node& item, std::vector<Node>& out) {
    for (const auto& answer : all(item, "answer"))
        if (const auto value = answer.child("value")) out.push_back(value);
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

std::vector<Node> answers_to(std::string_view link, const std::vector<Node>& around, const ResponseItems& items) {
    std::vector<Node> answers;
    for (auto place = around.rbegin(); place != around.rend(); ++place) {
        const auto found = items.at_or_inside(*place, link);
        for (const auto& item : found) add_answers(item, answers);
        if (!found.empty()) break;
    }
    return answers;
}

bool meets(const Node& condition, const std::vector<Node>& around, const ResponseItems& items) {
    const auto answers = answers_to(text_of(condition, "question"), around, items);
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

void ResponseItems::add(const Node& place, std::string_view link) {
    const auto first = count_;
    for (const auto& item : all(place, "item")) {
        const auto own = text_of(item, "linkId");
        by_link_[own].push_back({++count_, item});
        add(item, own);
    }
    for (const auto& answer : all(place, "answer")) add(answer, {});
    spans_[place.handle()] = {link, first, count_};
}

std::vector<Node> ResponseItems::at_or_inside(const Node& place, std::string_view link) const {
    const auto items = by_link_.find(link);
    const auto span = spans_.find(place.handle());
    if (items == by_link_.end() || span == spans_.end()) return {};
    if (span->second.link == link) return {place};
    std::vector<Node> found;
    auto item = std::upper_bound(items->second.begin(), items->second.end(), span->second.first,
                                 [](std::size_t first, const Item& each) { return first < each.number; });
    for (; item != items->second.end() && item->number <= span->second.last; ++item) found.push_back(item->node);
    return found;
}

bool is_enabled(const Node& item, const std::vector<Node>& around, const ResponseItems& items) {
    for (const auto url : kExpressions)
        if (const auto expression = extension_value(item, url)) return holds(expression, around.front());
    const auto conditions = all(item, "enableWhen");
    if (conditions.empty()) return true;
    const bool all_needed = text_of(item, "enableBehavior") == "all";
    for (const auto& condition : conditions) {
        const bool met = meets(condition, around, items);
        if (met != all_needed) return met;
    }
    return all_needed;
}

}  // namespace causeway::validation
