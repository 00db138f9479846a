#pragma once
/// One ElementDefinition of a differential upon one of a snapshot. Internal to the snapshot generator.

#include "fhir/definitions/json_value.hpp"

namespace causeway::fhir {

/// The element that both together say. `base` may be null. Constraints that `profile` brings get it as their source.
const Json* merge_element(const Json* base, const Json& difference, std::string_view profile, JsonArena& arena);

}  // namespace causeway::fhir
