#pragma once
/// Vital signs (http://hl7.org/fhir/R4/observation-vitalsigns.html): an Observation with one of these codes shall meet
/// the profile of its sign, whether it claims it or not. Internal.

#include <string_view>

namespace causeway::validation {

/// Canonical of the profile for a LOINC code; empty for codes of other things.
std::string_view vital_sign_profile(std::string_view loinc) noexcept;

}  // namespace causeway::validation
