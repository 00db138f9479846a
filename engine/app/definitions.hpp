#pragma once
/// What the commands that read FHIR documents share (validate, convert, fhirpath): definitions by --fhir and --load,
/// and the bytes of FILE.

#include <optional>
#include <string>

#include "app/command.hpp"
#include "fhir/definitions/definitions.hpp"

namespace causeway::app {

inline constexpr Option kFhirOption = {"--fhir", "VERSION",
                                       "FHIR version: 4.0.1 (default) or 3.0.2, whose core must be loaded."};
inline constexpr Option kLoadOption = {
    "--load", "FILE|DIR|TGZ", "Definitions for this call: profiles, value sets, a FHIR package. May be repeated."};

/// What is wrong with --fhir and --load; nothing where they can be followed.
std::optional<std::string> wrong_definitions(const Arguments& arguments);

/// The core of the version with all that is loaded. What does not fit there is told on standard error.
Result<fhir::DefinitionsPtr> load_definitions(const Arguments& arguments);

}  // namespace causeway::app
