#pragma once
/// Which organisation gets it? Sources are asked in order of trust; all that know a code must agree. Never guessed.

#include <string>
#include <vector>

#include "core/error.hpp"
#include "directory/directory.hpp"
#include "route/route.hpp"

namespace causeway::route {

/// What one source said: every different code, upper case.
struct Told {
    std::string source;
    std::vector<std::string> ods_codes;
};

/// Who gets it, or why nobody can be named. A code with a cause: it is known who, but it cannot be sent there.
struct Addressee {
    std::string ods_code;
    std::string cause;  ///< In words for the owner; empty: send. Names sources and organisations, never a patient.
};

/// Asks every source. An Error is an expression that failed.
Result<std::vector<Told>> ask(const std::vector<Source>& sources, const tree::Node& message,
                              const fhirpath::Environment& environment);

Addressee agree(const std::vector<Told>& told, const directory::Directory& directory);

}  // namespace causeway::route
