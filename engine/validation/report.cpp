#include "validation/report.hpp"

namespace causeway::validation {

void Report::at(const tree::Node& node, const Statement& statement) {
    add(node, node.path(), statement);
}

void Report::missing(const tree::Node& parent, std::string_view child, const Statement& statement) {
    add(parent, parent.path() + '.' + std::string(child), statement);
}

void Report::add(const tree::Node& node, std::string expression, const Statement& statement) {
    if (outcome_.issues.size() > kMost) return;
    if (outcome_.issues.size() == kMost) {
        Finding last;
        last.issue = Issue::too_costly;
        last.rule = "too-many-findings";
        last.text = "There are more findings than fit here; correct these and send the Bundle again.";
        outcome_.add(std::move(last));
        return;
    }
    const tree::Position position = node.position();
    Finding finding;
    finding.severity = statement.severity;
    finding.issue = statement.issue;
    finding.text = statement.text;
    finding.expression = std::move(expression);
    finding.rule = statement.rule;
    finding.line = position.line;
    finding.column = position.column;
    finding.hl7_code = statement.hl7_code;
    outcome_.add(std::move(finding));
}

}  // namespace causeway::validation
