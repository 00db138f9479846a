#include "core/file.hpp"

#include <fstream>
#include <sstream>

namespace causeway {

Result<std::string> read_file(const std::filesystem::path& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored))
        return fail(Issue::not_found, path.string(), "Name a file; this is a folder.");
    std::ifstream in(path, std::ios::binary);
    std::ostringstream bytes;
    // An empty file sets failbit, which tells nothing.
    if (in) bytes << in.rdbuf();
    if (!in || bytes.bad()) return fail(Issue::not_found, path.string(), "Name a file that can be read.");
    return std::move(bytes).str();
}

}  // namespace causeway
