#pragma once
/// Snapshots of profiles that are published as differentials only
/// (http://hl7.org/fhir/R4/profiling.html#snapshot).

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "fhir/definitions/compile.hpp"
#include "fhir/definitions/json_value.hpp"

namespace causeway::fhir {

/// The StructureDefinition of a canonical with its snapshot, or null where it is not held (or is just being made).
using SnapshotSource = std::function<const Json*(std::string_view canonical)>;

/// A copy of `definition` whose snapshot is its base's with the differential merged in. What in the differential does
/// not fit becomes an issue (where: canonical and element id) and is left out. An Error where there is no base to begin
/// with, or the snapshot grows without end.
Result<const Json*> make_snapshot(const Json& definition, const SnapshotSource& source, JsonArena& arena,
                                  std::vector<DefinitionIssue>& issues);

}  // namespace causeway::fhir
