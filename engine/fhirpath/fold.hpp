#pragma once
/// Calculates at load what no document can change: 18 years - 1, 'a' + 'b', -1.

#include "fhirpath/program.hpp"

namespace causeway::fhirpath {

void fold(Program& program);

}  // namespace causeway::fhirpath
