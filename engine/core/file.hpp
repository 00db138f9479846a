#pragma once
/// Whole files.

#include <filesystem>
#include <string>

#include "core/error.hpp"

namespace causeway {

/// The bytes of a file or pipe. An Error (Issue::not_found) where it can't be read, as a folder can't.
Result<std::string> read_file(const std::filesystem::path& path);

}  // namespace causeway
