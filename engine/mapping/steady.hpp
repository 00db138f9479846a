#pragma once
/// What no message can change: asked of an HL7 v2 message, FHIR elements are never there.

#include "mapping/program.hpp"

namespace causeway::mapping {

/// Sets Term::always where a map between HL7 v2 and FHIR is so certain on the way there, most often the lines that only
/// the way back needs: `let visit = entry.resource.ofType(Encounter)`, and `require %visit.count() <= 1`.
void find_steady(Program& program);

}  // namespace causeway::mapping
