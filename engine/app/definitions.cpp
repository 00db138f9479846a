#include "app/definitions.hpp"

#include <iostream>

#include "fhir/definitions/load.hpp"

namespace causeway::app {
namespace {

std::string version_of(const Arguments& arguments) {
    return arguments.get("--fhir", "4.0.1");
}

}  // namespace

std::optional<std::string> wrong_definitions(const Arguments& arguments) {
    const auto version = version_of(arguments);
    const bool is_stu3 = version.starts_with("3.0");
    if (!is_stu3 && !version.starts_with("4.0")) return "--fhir is 4.0.1 or 3.0.2.";
    if (is_stu3 && !arguments.has("--load"))
        return "name the STU3 core with --load: a package or archive (.tgz), or the folder of an unpacked "
               "definitions.json.zip.";
    return std::nullopt;
}

Result<fhir::DefinitionsPtr> load_definitions(const Arguments& arguments) {
    fhir::DefinitionSources sources;
    sources.fhir_version = version_of(arguments);
    for (const auto& path : arguments.all("--load")) sources.load.emplace_back(path);
    auto loaded = fhir::load_definitions(sources);
    if (!loaded) return loaded.error();
    for (const auto& issue : loaded->issues)
        std::cerr << (issue.is_error ? "error: " : "warning: ") << issue.where << ": " << issue.what << '\n';
    return loaded->definitions;
}

}  // namespace causeway::app
