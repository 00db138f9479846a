#include "pipeline/checks.hpp"

#include <algorithm>
#include <array>

#include "core/nhs_number.hpp"
#include "core/text.hpp"
#include "pipeline/decode.hpp"
#include "pipeline/keys.hpp"
#include "validation/referral.hpp"

namespace causeway::pipeline {
namespace {

/// HL7 table 0076, the messages of chapters 2 to 12 that hospital systems send.
constexpr std::array kMessageCodes = std::to_array<std::string_view>(
    {"ACK", "ADT", "BAR", "BPS", "BRP", "BRT", "BTS", "CCF", "CCI", "CCM", "CCQ", "CCR", "CCU", "CQU", "CRM", "CSU",
     "DBC", "DBU", "DFT", "DOC", "DSR", "EAC", "EAN", "EAR", "EHC", "ESR", "ESU", "INR", "INU", "LSR", "LSU", "MCF",
     "MDM", "MFD", "MFK", "MFN", "MFQ", "MFR", "NMD", "NMQ", "NMR", "OMB", "OMD", "OMG", "OMI", "OML", "OMN", "OMP",
     "OMQ", "OMS", "OPL", "OPR", "OPU", "ORA", "ORB", "ORD", "ORF", "ORG", "ORI", "ORL", "ORM", "ORN", "ORP", "ORR",
     "ORS", "ORU", "ORX", "OSM", "OSQ", "OSR", "OSU", "OUL", "PEX", "PGL", "PIN", "PMU", "PPG", "PPP", "PPR", "PPT",
     "PPV", "PRR", "PTR", "QBP", "QCK", "QCN", "QRY", "QSB", "QSX", "QVR", "RAR", "RAS", "RCI", "RCL", "RDE", "RDR",
     "RDS", "RDY", "REF", "RER", "RGR", "RGV", "ROR", "RPA", "RPI", "RPL", "RPR", "RQA", "RQC", "RQI", "RQP", "RRA",
     "RRD", "RRE", "RRG", "RRI", "RSP", "RTB", "SDR", "SDS", "SIU", "SLN", "SLR", "SMD", "SQM", "SQR", "SRM", "SRR",
     "SSR", "SSU", "STC", "STI", "SUR", "TBR", "TCR", "TCU", "UDM", "VXQ", "VXR", "VXU", "VXX"});

Finding finding(Issue issue, std::string expression, std::string text, int hl7_code) {
    Finding made;
    made.issue = issue;
    made.expression = std::move(expression);
    made.text = std::move(text);
    made.hl7_code = hl7_code;
    return made;
}

std::string listed(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Does any accepted type have this message code?
bool accepts_code(const Channel& channel, std::string_view code) {
    return std::any_of(channel.accepts.begin(), channel.accepts.end(), [&](const std::string& type) {
        return std::string_view(type).substr(0, type.find('^')) == code;
    });
}

void check_type(const hl7v2::Message& message, const Channel& channel, OperationOutcome& outcome) {
    const auto code = message.get("MSH-9.1");
    const auto type = message_type_of(message);
    const bool known = channel.accepts.empty() ? is_known_message_code(code) : accepts_code(channel, code);
    if (!known) {
        const auto takes = channel.accepts.empty() ? "a message type of HL7 table 0076" : listed(channel.accepts);
        return outcome.add(
            finding(Issue::not_supported, "MSH-9.1", "This channel takes " + takes + "; send one of these.", 200));
    }
    if (!channel.accepts.empty() && !contains(channel.accepts, type) && !contains(channel.accepts, code))
        outcome.add(finding(Issue::not_supported, "MSH-9.2",
                            "This channel takes " + listed(channel.accepts) + "; send one of these events.", 201));
}

Severity severity_of(Strictness strictness) {
    return strictness == Strictness::refuse ? Severity::error : Severity::warning;
}

}  // namespace

bool is_known_message_code(std::string_view code) {
    return std::find(kMessageCodes.begin(), kMessageCodes.end(), code) != kMessageCodes.end();
}

void check_header(const hl7v2::Message& message, const Channel& channel, OperationOutcome& outcome) {
    check_type(message, channel, outcome);
    const auto id = message.get("MSH-11.1");
    if (!id.empty() && !contains(channel.processing_ids, id))
        outcome.add(finding(Issue::not_supported, "MSH-11",
                            "This channel takes processing id " + listed(channel.processing_ids) +
                                "; send training and test messages to a test channel.",
                            202));
}

void check_nhs_numbers(const tree::Document& document, const Channel& channel, OperationOutcome& outcome) {
    for (const auto& stated : nhs_numbers_of(document)) {
        if (is_valid_nhs_number(stated.value)) continue;
        auto wrong = finding(Issue::value, stated.path,
                             "Correct the NHS number: its check digit (modulus 11) does not hold.", 102);
        wrong.severity = severity_of(channel.nhs_number);
        wrong.rule = "nhs-number-check-digit";
        wrong.line = stated.position.line;
        wrong.column = stated.position.column;
        outcome.add(std::move(wrong));
    }
}

void check_kind(const tree::Document& document, const Channel& channel, OperationOutcome& outcome) {
    if (channel.accepts.empty() || contains(channel.accepts, message_type_of(document)) ||
        contains(channel.accepts, document.root().type()))
        return;
    outcome.add(finding(Issue::not_supported, "Resource",
                        "This channel takes " + listed(channel.accepts) + "; send one of these.", 200));
}

void check_structure(const tree::Document& document, const Channel& channel, const std::string& operation,
                     OperationOutcome& outcome) {
    validation::BundleRules rules;
    rules.type = operation == "$process-message" ? "message" : operation;
    rules.nhs_number_required = channel.nhs_number_required;
    rules.nhs_number_strict = channel.nhs_number == Strictness::refuse;
    outcome.append(validation::check_bundle(document.root(), rules));
}

std::string check_conformance(const hl7v2::Message& message, const Channel& channel, OperationOutcome& outcome) {
    if (channel.validation.conformance.empty()) return {};
    auto result = channel.validation.check(message);
    append_unsaid(outcome, std::move(result.findings));
    return std::move(result.hold);
}

std::string check_validity(const tree::Document& document, const Channel& channel, OperationOutcome& outcome) {
    const auto* fhir = dynamic_cast<const fhir::FhirDocument*>(&document);
    if (fhir == nullptr || !channel.validation.validator) return {};
    auto result = channel.validation.check(*fhir);
    append_unsaid(outcome, std::move(result.findings));
    return std::move(result.hold);
}

void check_pathways(const tree::Document& document, const Channel& channel, const Configuration& configuration,
                    const Facts& facts, OperationOutcome& outcome) {
    const auto routes = configuration.routes.matching(channel.name, document.root(), facts.environment());
    if (!routes) return;  // The message is accepted and held: a rule that fails is our mistake, not the sender's.
    for (const auto* route : *routes) {
        if (route->pathway.empty()) continue;
        auto assessment =
            configuration.pathways.find(route->pathway)->second.assess(document.root(), facts.environment());
        if (assessment) outcome.append(std::move(assessment->outcome));
    }
}

void check_organisations(const tree::Document& document, const Channel& channel, const Configuration& configuration,
                         const Facts& facts, OperationOutcome& outcome) {
    if (channel.unknown_organisation != Strictness::refuse) return;
    const auto routes = configuration.routes.matching(channel.name, document.root(), facts.environment());
    if (!routes) return;
    for (const auto* route : *routes) {
        const auto owed =
            configuration.routes.owed(*route, document.root(), facts.environment(), configuration.directory, "");
        if (!owed) continue;
        for (const auto& one : *owed)
            if (one.held) outcome.add(finding(Issue::not_found, "", "Correct the organisation: " + one.cause, 103));
    }
}

}  // namespace causeway::pipeline
