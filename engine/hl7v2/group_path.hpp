#pragma once
/// Groups alone as a path: PATIENT_RESULT.ORDER_OBSERVATION[2].

#include <string_view>

#include "core/error.hpp"
#include "hl7v2/path.hpp"

namespace causeway::hl7v2 {

/// The path's groups; its segment is empty.
Result<Path> parse_groups(std::string_view text);

}  // namespace causeway::hl7v2
