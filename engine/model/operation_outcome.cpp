#include "model/operation_outcome.hpp"

#include <array>
#include <charconv>
#include <iterator>

namespace causeway {
namespace {

constexpr std::array kSeverities = std::to_array<std::string_view>({"fatal", "error", "warning", "information"});

/// Takes `prefix` and a number from the front of `text`.
bool take_number(std::string_view& text, std::string_view prefix, std::uint32_t& number) {
    if (!text.starts_with(prefix)) return false;
    const char* const begin = text.data() + prefix.size();
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(begin, end, number);
    if (read.ec != std::errc()) return false;
    text.remove_prefix(static_cast<std::size_t>(read.ptr - text.data()));
    return true;
}

/// Decoders say where as "line 3, column 14"; anything else is a path.
void set_place(Finding& finding, const std::string& where) {
    std::string_view rest = where;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
    if (take_number(rest, "line ", line) && take_number(rest, ", column ", column) && rest.empty()) {
        finding.line = line;
        finding.column = column;
        return;
    }
    finding.expression = where;
}

}  // namespace

std::string_view to_code(Severity severity) noexcept {
    return kSeverities[static_cast<std::size_t>(severity)];
}

bool OperationOutcome::has_errors() const noexcept {
    for (const Finding& finding : issues)
        if (finding.severity == Severity::error || finding.severity == Severity::fatal) return true;
    return false;
}

void OperationOutcome::append(OperationOutcome other) {
    issues.insert(issues.end(), std::make_move_iterator(other.issues.begin()),
                  std::make_move_iterator(other.issues.end()));
}

OperationOutcome to_outcome(const Error& error) {
    Finding finding;
    finding.issue = error.issue;
    finding.text = error.what;
    finding.hl7_code = error.hl7_code;
    set_place(finding, error.where);
    OperationOutcome outcome;
    outcome.add(std::move(finding));
    return outcome;
}

}  // namespace causeway
