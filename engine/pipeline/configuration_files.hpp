#pragma once
/// The files of a configuration: found, read, hashed, kept as one JSON object and laid out again. Inside this folder
/// only.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "core/error.hpp"

namespace causeway::pipeline {

/// "conf/routes/a.yaml" or "mappings/uk/pid.map" to content; sorted.
using Files = std::map<std::string, std::string, std::less<>>;

/// Where a configuration is read from.
struct Source {
    std::filesystem::path folder;  ///< conf/: what is read.
    std::filesystem::path base;    ///< What relative paths in the files start from; the same folder unless restored.
    std::optional<std::filesystem::path> mappings;  ///< Instead of the folder that causeway.yaml names.
};

/// Files below `folder` whose names end in `ending`, as sorted paths relative to it; hidden ones and ".tests.yaml" are
/// left out. None where the folder does not exist.
std::vector<std::string> list_files(const std::filesystem::path& folder, std::string_view ending);

/// The whole file; nothing where it cannot be read or is larger than 64 MB.
std::optional<std::string> read_file(const std::filesystem::path& file);

/// SHA-256 in hexadecimal over names and contents, each behind its length.
std::string hash_of(const Files& files);

std::string to_json(const Files& files);
Result<Files> files_from_json(std::string_view json);

/// Writes the files below `folder`, which is emptied before. A name that leads out of it is an Error. Inputs of the
/// tests inside maps are no part of a configuration, but a map whose tests name a missing file does not compile: they
/// are laid out with a dash as their content.
Result<void> lay_out(const Files& files, const std::filesystem::path& folder);

}  // namespace causeway::pipeline
