#pragma once
/// From received bytes to the one tree.

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/payload.hpp"
#include "tree/node.hpp"

namespace causeway::pipeline {

/// Decodes by media type. The Error has the HL7 code (v2) or line and column (FHIR).
Result<tree::DocumentPtr> decode(const Payload& payload, std::string_view media_type, const std::string& charset);

/// "REF^I12" or "Bundle/message".
std::string message_type_of(const tree::Document& document);

}  // namespace causeway::pipeline
