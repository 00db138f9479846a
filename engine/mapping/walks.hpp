#pragma once
/// What each walk over a map stops at.

#include "mapping/program.hpp"

namespace causeway::mapping {

/// Sets the walks of a map between HL7 v2 and FHIR and of its blocks. Statements must stay where they are afterwards.
void find_walks(Program& program);

}  // namespace causeway::mapping
