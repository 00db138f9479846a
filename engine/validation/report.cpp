#include "validation/report.hpp"

namespace causeway::validation {

void Report::at(const tree::Node& node, const Statement& statement) {
    if (has_room(statement.severity)) add(node, node.path(), statement);
}

void Report::at(const tree::Node& node, std::string expression, const Statement& statement) {
    if (has_room(statement.severity)) add(node, std::move(expression), statement);
}

void Report::missing(const tree::Node& parent, std::string_view child, const Statement& statement) {
    if (has_room(statement.severity)) add(parent, parent.path() + '.' + std::string(child), statement);
}

/// Remarks may be many and never crowd out an error, nor refuse a Bundle by their number.
bool Report::has_room(Severity severity) {
    const bool error = severity == Severity::error || severity == Severity::fatal;
    std::size_t& count = error ? errors_ : remarks_;
    if (++count == kMost + 1) {
        Finding last;
        last.severity = error ? Severity::error : Severity::information;
        last.issue = error ? Issue::too_costly : Issue::informational;
        last.rule = "too-many-findings";
        last.text = "There are more findings than fit here; correct these and send the Bundle again.";
        outcome_.add(std::move(last));
    }
    return count <= kMost;
}

void Report::add(const tree::Node& node, std::string expression, const Statement& statement) {
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
