/// The compiler of maps takes any bytes: it reports mistakes and never crashes or hangs.
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "mapping/map.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto file =
        std::filesystem::temp_directory_path() / ("causeway-map-fuzz-" + std::to_string(::getpid()) + ".map");
    std::ofstream(file, std::ios::binary | std::ios::trunc)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    std::vector<causeway::config::Mistake> mistakes;
    const auto map = causeway::mapping::Map::load(file, mistakes);
    if (!map.empty()) (void)map.test();
    std::filesystem::remove(file);
    return 0;
}
