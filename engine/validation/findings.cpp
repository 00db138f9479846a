#include "validation/findings.hpp"

#include <algorithm>

namespace causeway::validation {
namespace {

/// "Bundle.entry[1].resource.name[0]" → "Bundle.entry.resource.name".
std::string without_indexes(std::string_view expression) {
    std::string plain;
    for (std::size_t i = 0; i < expression.size(); ++i) {
        if (expression[i] == '[') {
            const auto close = expression.find(']', i);
            if (close == std::string_view::npos) break;
            i = close;
        } else {
            plain += expression[i];
        }
    }
    return plain;
}

bool lies_in(std::string_view expression, std::string_view path) {
    if (!expression.starts_with(path)) return false;
    return expression.size() == path.size() || expression[path.size()] == '.';
}

/// The path counts from the root, or from the type of any resource on the way.
bool covers(const std::string& path, std::string_view expression) {
    if (path.empty()) return true;
    const auto plain = without_indexes(expression);
    if (lies_in(plain, path)) return true;
    const auto dot = path.find('.');
    if (dot == std::string::npos) return false;
    const std::string below = "resource" + path.substr(dot);
    const auto at = plain.find(below);
    return at != std::string::npos && lies_in(std::string_view(plain).substr(at), below);
}

bool is_error(Severity severity) {
    return severity == Severity::error || severity == Severity::fatal;
}

}  // namespace

void Findings::add(std::uint32_t record, const Say& say, std::string text, std::string_view below) {
    causeway::Finding finding;
    finding.severity = say.severity;
    finding.issue = say.issue;
    finding.rule = say.rule;
    finding.profile = say.profile;
    finding.text = std::move(text);
    finding.expression = tape_.path(record);
    if (!below.empty()) finding.expression.append(".").append(below);
    const auto position = tape_.position(record);
    finding.line = position.line;
    finding.column = position.column;
    add(std::move(finding));
}

void Findings::add(const fhir::Finding& source) {
    causeway::Finding finding;
    finding.severity = source.is_warning ? Severity::warning : Severity::error;
    finding.issue = source.issue;
    finding.rule = source.id;
    finding.text = source.what;
    finding.expression = source.expression;
    const auto position = tape_.position_of(source.offset);
    finding.line = position.line;
    finding.column = position.column;
    add(std::move(finding));
}

void Findings::add(causeway::Finding finding) {
    if (!adjust(finding)) return;
    std::string key = finding.expression;
    key.append("|").append(finding.rule).append("|").append(finding.text);
    if (!said_.insert(std::move(key)).second) return;
    if (has_room(finding.severity)) outcome_.add(std::move(finding));
}

bool Findings::adjust(causeway::Finding& finding) const {
    for (const auto& rule : options_.overrides) {
        if (!rule.rule.empty() && rule.rule != finding.rule) continue;
        if (!covers(rule.path, finding.expression)) continue;
        if (!rule.severity) return false;
        finding.severity = *rule.severity;
        return true;
    }
    return true;
}

bool Findings::has_room(Severity severity) {
    std::size_t& count = is_error(severity) ? errors_ : remarks_;
    if (++count == options_.max_findings + 1) {
        causeway::Finding last;
        last.severity = is_error(severity) ? Severity::error : Severity::information;
        last.issue = Issue::too_costly;
        last.rule = "too-many-findings";
        last.text = "There are more findings than fit here; correct these and check again.";
        outcome_.add(std::move(last));
    }
    return count <= options_.max_findings;
}

}  // namespace causeway::validation
