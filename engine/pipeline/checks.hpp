#pragma once
/// The checks of intake, one a question. Each adds findings; an error refuses.

#include "hl7v2/message.hpp"
#include "model/operation_outcome.hpp"
#include "pipeline/configuration.hpp"
#include "pipeline/facts.hpp"
#include "tree/node.hpp"

namespace causeway::pipeline {

/// Type and event that the channel takes (AR 200/201), processing id (AR 202).
void check_header(const hl7v2::Message& message, const Channel& channel, OperationOutcome& outcome);

/// Modulus 11 of every NHS number of a v2 message: an error or a warning, as the channel says (AE 102).
void check_nhs_numbers(const tree::Document& document, const Channel& channel, OperationOutcome& outcome);

/// The channel's conformance profiles (AE, with the codes of table 0357). Gives why the message is held; empty where it
/// is not.
std::string check_conformance(const hl7v2::Message& message, const Channel& channel, OperationOutcome& outcome);

/// Kind of resource that the channel takes ("Bundle/message").
void check_kind(const tree::Document& document, const Channel& channel, OperationOutcome& outcome);

/// Structure and references of a Bundle, as `operation` takes it.
void check_structure(const tree::Document& document, const Channel& channel, const std::string& operation,
                     OperationOutcome& outcome);

/// The base specification and the channel's profiles: what check_structure() has said of a place is not said again.
/// Gives why the message is held; empty where it is not.
std::string check_validity(const tree::Document& document, const Channel& channel, OperationOutcome& outcome);

/// Exclusions and completeness of the pathway of every route that would take the message.
void check_pathways(const tree::Document& document, const Channel& channel, const Configuration& configuration,
                    const Facts& facts, OperationOutcome& outcome);

/// Organisations that cannot be sent to, where the channel refuses them at once (AE 103).
void check_organisations(const tree::Document& document, const Channel& channel, const Configuration& configuration,
                         const Facts& facts, OperationOutcome& outcome);

/// Codes that HL7 defines for MSH-9.1 and that the engine can carry.
bool is_known_message_code(std::string_view code);

}  // namespace causeway::pipeline
