/// The compiler of maps takes any bytes: it reports mistakes and never crashes or hangs. What compiles is formatted
/// without changing what it says.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "mapping/format.hpp"
#include "mapping/map.hpp"

namespace {

using causeway::mapping::Map;

Map load(const std::filesystem::path& file, std::string_view text) {
    static const auto definitions = [] {
        auto opened = causeway::fhir::Definitions::open(CAUSEWAY_DEFINITIONS_PACK);
        return opened ? *opened : causeway::fhir::DefinitionsPtr();
    }();
    std::ofstream(file, std::ios::binary | std::ios::trunc)
        .write(text.data(), static_cast<std::streamsize>(text.size()));
    std::vector<causeway::config::Mistake> mistakes;
    return Map::load(file, mistakes, {definitions});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto file =
        std::filesystem::temp_directory_path() / ("causeway-map-fuzz-" + std::to_string(::getpid()) + ".map");
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto map = load(file, text);
    const auto formatted = causeway::mapping::format_map(text);
    if (!map.empty()) {
        const auto results = map.test();
        const auto again = load(file, formatted);
        if (again.empty() || again.test().size() != results.size()) std::abort();
        if (causeway::mapping::format_map(formatted) != formatted) std::abort();
    }
    std::filesystem::remove(file);
    return 0;
}
