#include "mapping/same_format.hpp"

namespace causeway::mapping {

bool SameFormatRun::is_true(const fhirpath::Collection& values) {
    if (values.empty()) return false;
    if (const auto* truth = std::get_if<bool>(&values.front())) return *truth;
    const auto* node = std::get_if<tree::Node>(&values.front());
    return node == nullptr || node->kind() != tree::Kind::boolean || node->text() == "true";
}

void SameFormatRun::unmet(const Require& line) {
    const auto& policy = line.policy;
    if (policy.kind == Policy::Kind::reject) {
        const auto sentence = policy.text.empty() ? "The map needs this: " + line.condition.text : policy.text;
        return stop(fail(Issue::required, line.place.text(), sentence, Retry::never, policy.hl7_code));
    }
    Finding finding;
    finding.severity = Severity::warning;
    finding.issue = Issue::incomplete;
    finding.text = policy.replacement.value_or("The map wants this: " + line.condition.text);
    finding.rule = "M310";
    finding.expression = line.place.text();
    output_.outcome.add(std::move(finding));
}

std::optional<std::string> SameFormatRun::after_failure(const Row& row, const Failure& failure,
                                                        const std::string& source, const std::string& value) {
    const auto& policy = row.policy;
    const bool is_kept = policy.kind == Policy::Kind::keep || policy.keep_after_warning;
    if (policy.kind == Policy::Kind::reject) {
        reject(row, failure, source);
        return std::nullopt;
    }
    if (policy.kind != Policy::Kind::drop && policy.kind != Policy::Kind::keep)
        find(row, Severity::warning, Issue::value, failure, source,
             is_kept              ? "; it is kept as it is"
             : policy.replacement ? "; the map's own value stands in for it"
                                  : "; it is left out");
    if (is_kept) return value;
    return policy.replacement;
}

Failure SameFormatRun::no_code(const Row& row, std::string_view system, std::string_view code) {
    missed(row, system, code);
    return {"M303", "holds a code that its table does not map"};
}

}  // namespace causeway::mapping
