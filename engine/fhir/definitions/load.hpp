#pragma once
/// The definitions of one call or installation: the core of a FHIR version and what is loaded upon it.

#include <filesystem>
#include <string>
#include <vector>

#include "fhir/definitions/compile.hpp"

namespace causeway::fhir {

struct DefinitionSources {
    std::string fhir_version = "4.0.1";       ///< "4.0.1", "3.0.2".
    std::filesystem::path pack;               ///< Core of R4; empty: default_pack().
    std::vector<std::filesystem::path> load;  ///< Files, folders, archives. For STU3 the core is among them.
};

/// $CAUSEWAY_DEFINITIONS, else definitions/r4.pack beside this program.
std::filesystem::path default_pack();

/// Loads all. Issues tell what does not fit: missing dependencies of packages and other FHIR versions as warnings,
/// faults in profiles as errors. An Error where there is no core, or something can't be read.
Result<Compiled> load_definitions(const DefinitionSources& sources);

/// What packages need that is neither among them nor part of the core; packages of another FHIR version.
std::vector<DefinitionIssue> check_packages(const std::vector<PackageInfo>& packages, std::string_view fhir_version);

/// Does a version meet what a dependency asks for: "1.2.3", "1.2.x", "4.0.1-ballot", "latest", "current", "dev"?
bool meets_version(std::string_view version, std::string_view asked) noexcept;

}  // namespace causeway::fhir
