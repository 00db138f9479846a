#pragma once
/// Type check at load: every step of a path, every call and operator against the definitions.

#include <optional>

#include "fhirpath/program.hpp"

namespace causeway::fhirpath {

/// The first mistake, in the order of reading; nothing where there is none, or where no definitions are given.
std::optional<CompileError> check(const Program& program, const CompileOptions& options);

}  // namespace causeway::fhirpath
