#include "validation/findings.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "fhir/utf8.hpp"

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

bool Findings::is_new(std::uint32_t record, std::string_view rule, std::string_view text) {
    const std::hash<std::string_view> hash;
    const std::uint64_t place = static_cast<std::uint64_t>(record) * 0x9E3779B97F4A7C15U;
    return said_.insert(place ^ (hash(rule) * 31) ^ hash(text)).second;
}

void Findings::add_at(std::uint32_t record, std::uint32_t place, const Say& say, std::string text) {
    const bool is_error_like = is_error(say.severity);
    // Past the limit only the count goes on; overrides may still change severities.
    if (options_.overrides.empty() && (is_error_like ? errors_ : remarks_) > options_.max_findings) return;
    if (!is_new(record, say.rule, text)) return;
    causeway::Finding finding;
    finding.severity = say.severity;
    finding.issue = say.issue;
    finding.rule = say.rule;
    finding.profile = say.profile;
    finding.text = std::move(text);
    finding.expression = tape_.path(record);
    const auto start = tape_.start_of(tape_.records()[place]);
    add(std::move(finding), place == record ? start : name_before(start));
}

/// Where the JSON property begins whose value begins at `start`; of XML, and of items of arrays, the value itself.
std::size_t Findings::name_before(std::size_t start) const {
    const auto source = tape_.source();
    if (tape_.encoding() != fhir::Format::json || start > source.size()) return start;
    const auto before = [&](std::size_t at) { return source.find_last_not_of(" \t\r\n", at); };
    if (start == 0) return start;
    auto at = before(start - 1);
    if (at != std::string_view::npos && source[at] == '[' && at > 0) at = before(at - 1);
    if (at == std::string_view::npos || source[at] != ':' || at == 0) return start;
    const auto close = before(at - 1);
    const auto open = close == std::string_view::npos || close == 0 ? close : source.rfind('"', close - 1);
    return open == std::string_view::npos ? start : open;
}

void Findings::add(const fhir::Finding& source) {
    causeway::Finding finding;
    finding.severity = source.is_warning ? Severity::warning : Severity::error;
    finding.issue = source.issue;
    finding.rule = source.id;
    finding.text = source.what;
    finding.expression = source.expression;
    add(std::move(finding), source.offset);
}

void Findings::add(causeway::Finding finding, std::size_t offset) {
    if (!adjust(finding) || !has_room(finding.severity)) return;
    outcome_.add(std::move(finding));
    offsets_.push_back(offset);
}

/// Lines and columns are counted in one pass over the source, however many findings there are.
OperationOutcome Findings::take() {
    std::vector<std::size_t> order(offsets_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return offsets_[a] < offsets_[b]; });
    const auto source = tape_.source();
    std::size_t at = source.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    for (const auto index : order) {
        const auto end = std::max(at, std::min(offsets_[index], source.size()));
        const auto before = source.substr(0, end);
        for (auto next = before.find('\n', at); next != std::string_view::npos; next = before.find('\n', at))
            at = next + 1, ++line, column = 1;
        column += static_cast<std::uint32_t>(fhir::count_characters(before.substr(at)));
        at = end;
        outcome_.issues[index].line = line;
        outcome_.issues[index].column = column;
    }
    return std::move(outcome_);
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
        offsets_.push_back(0);
    }
    return count <= options_.max_findings;
}

}  // namespace causeway::validation
