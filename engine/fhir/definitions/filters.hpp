#pragma once
/// ValueSet.compose.include.filter over a code system that is held (R4 valueset-filter-operator). Internal.

#include <optional>
#include <vector>

#include "fhir/definitions/terminology.hpp"

namespace causeway::fhir {

/// The indexes of the codes that a filter selects; nothing where it can't be computed.
std::optional<std::vector<bool>> apply_filter(const CodeGraph& graph, const Json& filter);

}  // namespace causeway::fhir
