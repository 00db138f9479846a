#pragma once
/// HL7 v2 into HL7 v2: which line wrote each part of the message.

#include <string>
#include <vector>

#include "hl7v2/message.hpp"
#include "mapping/map.hpp"
#include "mapping/v2_draft.hpp"

namespace causeway::mapping {

/// What is copied, segment by segment, each followed by what rows wrote into it. `rows` have the field as their place,
/// and `written_in` their segments.
std::vector<Trace> explain_draft(const V2Draft& draft, const hl7v2::Message& message, const std::string& copy_line,
                                 std::vector<Trace> rows, const std::vector<const DraftSegment*>& written_in);

}  // namespace causeway::mapping
