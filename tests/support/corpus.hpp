#pragma once
/// Where the published payloads lie that tests read and the repository does not hold.

#include <cstdlib>
#include <filesystem>

namespace causeway::test {

/// A folder of the corpus; empty where the corpus is absent.
inline std::filesystem::path corpus(const std::filesystem::path& folder) {
    const char* set = std::getenv("CAUSEWAY_CORPUS");
    const std::filesystem::path root = set != nullptr ? set : CAUSEWAY_SOURCE_DIR "/../shared/corpus";
    std::error_code ignored;
    return std::filesystem::exists(root / folder, ignored) ? root / folder : std::filesystem::path();
}

}  // namespace causeway::test
