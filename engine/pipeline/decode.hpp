#pragma once
/// From received bytes to the one tree.

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/payload.hpp"
#include "fhir/definitions/definitions.hpp"
#include "hl7v2/message.hpp"
#include "tree/node.hpp"

namespace causeway::pipeline {

/// Decodes by media type; HL7 v2 as `v2` says, FHIR with the types of `definitions` (null: as the document tells them).
/// The Error has the HL7 code (v2) or line and column (FHIR).
Result<tree::DocumentPtr> decode(const Payload& payload, std::string_view media_type, const hl7v2::ParseOptions& v2,
                                 const fhir::DefinitionsPtr& definitions);

/// FHIR JSON or XML?
bool is_fhir(std::string_view media_type);

/// "REF^I12" or "Bundle/message".
std::string message_type_of(const tree::Document& document);

}  // namespace causeway::pipeline
