#include "adapters/mllp_listener/answer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "hl7v2/acknowledgement.hpp"

namespace causeway::mllp {
namespace {

bool is_error(const Finding& finding) noexcept {
    return finding.severity == Severity::fatal || finding.severity == Severity::error;
}

bool is_rejection(int code) noexcept {
    constexpr auto kRejections = std::to_array({200, 201, 202, 203, 207});
    return std::ranges::find(kRejections, code) != kRejections.end();
}

bool is_positive(const Verdict& verdict) noexcept {
    return verdict.disposition == Disposition::accepted || verdict.disposition == Disposition::duplicate;
}

/// Taken as a message, an acknowledgement is answered at commit level alone, and only where it asks for that.
std::optional<char> acknowledgement_mode(const hl7v2::Header& header, bool success) {
    const auto& wanted = header.accept_acknowledgement;
    const bool answered = wanted == "AL" || (wanted == "SU" && success) || (wanted == "ER" && !success);
    return answered ? std::optional('C') : std::nullopt;
}

/// The first letter of MSA-1, or nothing where the sender wants no answer. `later`: the application acknowledgement
/// follows as a message of its own, which what is refused here never becomes. Otherwise a sender that asks for no
/// accept acknowledgement but for an application acknowledgement gets it at once, since accepting is all that it waits
/// for.
std::optional<char> answer_mode(const std::optional<hl7v2::Header>& header, bool success, bool later) {
    if (!header) return 'A';
    if (hl7v2::is_acknowledgement(*header)) return acknowledgement_mode(*header, success);
    if (!hl7v2::is_enhanced_mode(*header)) return 'A';
    const auto& accept = header->accept_acknowledgement;
    const bool asks = accept != "NE" && (later || !accept.empty());
    if (asks) return hl7v2::wants_acknowledgement(*header, success) ? std::optional('C') : std::nullopt;
    if (later && success) return std::nullopt;
    return hl7v2::wants_application_acknowledgement(*header, success) ? std::optional('A') : std::nullopt;
}

/// What ERR says: every error has a code of table 0357, and a refusal has an error.
OperationOutcome with_codes(const Verdict& verdict) {
    auto outcome = verdict.outcome;
    for (auto& finding : outcome.issues)
        if (is_error(finding) && finding.hl7_code == 0) finding.hl7_code = hl7_code_of(finding.issue);
    if (is_positive(verdict) || outcome.has_errors()) return outcome;
    Finding finding;
    const bool conflict = verdict.disposition == Disposition::conflict;
    finding.issue = conflict ? Issue::conflict : Issue::processing;
    finding.text =
        conflict ? "This control id was used for another message; send a new one." : "The message was refused.";
    finding.expression = "MSH-10";
    finding.hl7_code = hl7_code_of(finding.issue);
    outcome.add(std::move(finding));
    return outcome;
}

}  // namespace

int hl7_code_of(Issue issue) noexcept {
    switch (issue) {
        case Issue::structure:
        case Issue::incomplete:
            return 100;
        case Issue::required:
            return 101;
        case Issue::code_invalid:
            return 103;
        case Issue::not_supported:
            return 200;
        case Issue::not_found:
            return 204;
        case Issue::duplicate:
        case Issue::conflict:
            return 205;
        case Issue::no_store:
        case Issue::transient:
        case Issue::exception:
        case Issue::timeout:
        case Issue::throttled:
            return 207;
        default:
            return 102;
    }
}

char answer_letter(const Verdict& verdict) noexcept {
    if (is_positive(verdict)) return 'A';
    if (verdict.disposition == Disposition::conflict) return 'E';
    for (const auto& finding : verdict.outcome.issues) {
        if (!is_error(finding)) continue;
        return is_rejection(finding.hl7_code != 0 ? finding.hl7_code : hl7_code_of(finding.issue)) ? 'R' : 'E';
    }
    return 'E';
}

std::optional<std::string> answer(const std::optional<hl7v2::Header>& header, const Verdict& verdict,
                                  const Manner& manner) {
    const auto mode = answer_mode(header, is_positive(verdict), verdict.acknowledged_later);
    if (!mode) return std::nullopt;
    hl7v2::Acknowledgement acknowledgement;
    acknowledgement.code = {*mode, answer_letter(verdict)};
    acknowledgement.control_id = verdict.message.text() + manner.suffix;
    acknowledgement.at = verdict.at;
    acknowledgement.outcome = with_codes(verdict);
    acknowledgement.sequence = verdict.sequence;
    return hl7v2::write_acknowledgement(header, acknowledgement);
}

std::optional<std::string> answer_error(const std::optional<hl7v2::Header>& header, const Error& error, Instant now,
                                        const Manner& manner) {
    const auto mode = answer_mode(header, false, false);
    if (!mode) return std::nullopt;
    hl7v2::Acknowledgement acknowledgement;
    acknowledgement.code = {*mode, 'R'};
    acknowledgement.control_id = Id{now.time_since_epoch().count()}.text() + manner.suffix;
    acknowledgement.at = now;
    acknowledgement.outcome = to_outcome(error);
    return hl7v2::write_acknowledgement(header, acknowledgement);
}

}  // namespace causeway::mllp
