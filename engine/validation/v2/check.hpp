#pragma once
/// A message against a conformance profile.

#include "hl7v2/message.hpp"
#include "model/operation_outcome.hpp"
#include "validation/v2/profile.hpp"

namespace causeway::validation::v2 {

/// All that is found, in the order of the message; at most `max_findings`, and one more that says so. A finding's
/// expression is an HL7 path, so that it becomes ERR-2; its rule is the kind (required, length, type, table,
/// repetitions, structure, usage, message, version, charset); its profile the profile's name; its code that of table
/// 0357. No text holds a value.
OperationOutcome check(const hl7v2::Message& message, const Profile& profile, std::size_t max_findings = 200);

/// Does the profile say that it is for messages of this type?
bool is_for(const Profile& profile, const hl7v2::Message& message);

/// Has the value the form of the data type? What has none (ST, TX) has any. HL7's DT, TM, TS, DTM, NM, SI, and
/// "nhs-number", "digits", "ods", "postcode".
bool has_form(std::string_view type, std::string_view value);

}  // namespace causeway::validation::v2
