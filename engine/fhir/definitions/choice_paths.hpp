#pragma once
/// Choice elements as STU3 snapshots write them. Internal to this folder.

#include "fhir/definitions/json_value.hpp"

namespace causeway::fhir {

/// A definition in whose snapshot "Observation.valueQuantity" (an element whose base is "Observation.value[x]") stands
/// as "Observation.value[x]": narrowed where it stands alone, a slice for each type where there are several. The same
/// definition where nothing is to be done.
const Json* with_choice_paths(const Json& definition, JsonArena& arena);

}  // namespace causeway::fhir
