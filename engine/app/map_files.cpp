#include "app/map_files.hpp"

#include <algorithm>
#include <fstream>

#include "app/commands.hpp"
#include "core/text.hpp"
#include "fhir/definitions/load.hpp"
#include "pipeline/configuration.hpp"

namespace causeway::app {
namespace {

namespace fs = std::filesystem;

/// The name in a map line: "map NAME v2 ...".
std::string name_in(const fs::path& file) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        const auto text = trim(line);
        if (!text.starts_with("map ")) continue;
        const auto rest = trim(text.substr(4));
        return std::string(rest.substr(0, rest.find_first_of(" \t")));
    }
    return {};
}

}  // namespace

std::vector<fs::path> files_below(const fs::path& folder, const std::vector<std::string>& endings) {
    std::vector<fs::path> files;
    std::error_code failed;
    for (const auto& entry : fs::recursive_directory_iterator(folder, failed))
        if (std::find(endings.begin(), endings.end(), entry.path().extension()) != endings.end())
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

Result<fs::path> find_map(const Arguments& arguments, const std::string& name) {
    std::error_code ignored;
    if (name.ends_with(".map") && fs::is_regular_file(name, ignored)) return fs::path(name);
    const auto folder = pipeline::mappings_folder(config_folder(arguments));
    std::vector<std::string> known;
    for (const auto& file : files_below(folder, {".map"})) {
        known.push_back(name_in(file));
        if (known.back() == name) return file;
    }
    return fail(Issue::not_found, "",
                "There is no map \"" + name + "\" in " + folder.string() + "." + did_you_mean(name, known));
}

Result<mapping::LoadOptions> map_options(const Arguments& arguments) {
    fhir::DefinitionSources sources;
    for (const auto& path : arguments.all("--load")) sources.load.emplace_back(path);
    std::error_code ignored;
    if (sources.load.empty() && !fs::exists(fhir::default_pack(), ignored)) return mapping::LoadOptions{};
    auto loaded = fhir::load_definitions(sources);
    if (!loaded) return loaded.error();
    return mapping::LoadOptions{loaded->definitions};
}

}  // namespace causeway::app
