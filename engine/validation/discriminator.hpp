#pragma once
/// What tells a slice from the others, worked out from the profile
/// (http://hl7.org/fhir/R4/profiling.html#discriminator). Internal.

#include <string_view>
#include <vector>

#include "validation/plan.hpp"

namespace causeway::validation {

/// The steps of a discriminator's path; FHIRPath restricted to children, extension('url'), resolve(), ofType(T), as(T).
std::vector<PathStep> parse_discriminator(const fhir::Definitions& definitions, std::string_view path);

/// For an element with slices.
Slicing make_slicing(const Plans& plans, const Plan& sliced);

}  // namespace causeway::validation
