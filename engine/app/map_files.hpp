#pragma once
/// What the commands for maps share: finding them, and the definitions that they are checked against.

#include <filesystem>
#include <string>
#include <vector>

#include "app/command.hpp"
#include "core/error.hpp"
#include "mapping/map.hpp"

namespace causeway::app {

/// All files below a folder with one of these endings, sorted.
std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder,
                                               const std::vector<std::string>& endings);

/// A file that ends in .map, or the map of that name in the mappings folder of the configuration.
Result<std::filesystem::path> find_map(const Arguments& arguments, const std::string& name);

/// The pack of R4 definitions with what --load names; without a pack nothing is checked.
Result<mapping::LoadOptions> map_options(const Arguments& arguments);

}  // namespace causeway::app
