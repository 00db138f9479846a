#pragma once
/// The folder of an installation where FHIR packages lie: name-version.tgz, or a folder name-version. Whatever lies
/// there is loaded with the configuration (load_definitions()).

#include <filesystem>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "fhir/definitions/load.hpp"

namespace causeway::fhir {

struct InstalledPackage {
    PackageInfo info;
    std::filesystem::path path;  ///< Archive or folder.
    std::size_t definitions = 0;
};

/// Sorted by name; none where the folder does not exist. What is no package is an Error with its path.
Result<std::vector<InstalledPackage>> installed_packages(const std::filesystem::path& folder);

struct AddedPackage {
    InstalledPackage package;
    std::vector<std::filesystem::path> replaced;  ///< Other versions of it, which were removed.
    std::vector<DefinitionIssue> issues;          ///< Warnings.
};

/// Checks a package (archive, or unpacked folder) with those that are installed, and puts it into the folder, which is
/// made where it is missing. Refused, and nothing changed: what is no package, is for another FHIR version, depends on
/// what is not installed, or does not compile. Of one package only one version is installed.
Result<AddedPackage> add_package(const std::filesystem::path& folder, const std::filesystem::path& package,
                                 const DefinitionsPtr& core);

}  // namespace causeway::fhir
