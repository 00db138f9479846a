#include "validation/resources/enable_when.hpp"

#include <vector>

#include "fhirpath/value.hpp"
#include "validation/resources/rules.hpp"

namespace causeway::validation {
namespace {

using tree::Node;

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

bool meets(const Node& condition, const Node& response) {
    std::vector<Node> answers;
    collect_answers(response, text_of(condition, "question"), answers);
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

}  // namespace

bool is_enabled(const Node& item, const Node&, const Node& response) {
    const auto conditions = all(item, "enableWhen");
    if (conditions.empty()) return true;
    const bool all_needed = text_of(item, "enableBehavior") == "all";
    for (const auto& condition : conditions) {
        const bool met = meets(condition, response);
        if (met != all_needed) return met;
    }
    return all_needed;
}

}  // namespace causeway::validation
