#include "bench/hl7/peers.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "bench/hl7/samples.hpp"

namespace causeway::bench {

void run_peers() {
    const std::filesystem::path folder = CAUSEWAY_SOURCE_DIR "/build/bench/hl7";
    if (!std::filesystem::exists(folder / "node_modules")) {
        std::printf("The npm packages to compare with are absent (./dev bench hl7 fetches them): nothing beside.\n");
        return;
    }
    std::printf("\nNpm packages on the same files:\n");
    std::fflush(stdout);
    write_for_peers(folder / "files");
    const auto command =
        "node '" + (folder / "peers.mjs").string() + "' '" + (folder / "files").string() + "' 2>/dev/null";
    if (std::system(command.c_str()) != 0) std::printf("Node ended with a mistake; what it gave before counts.\n");
}

}  // namespace causeway::bench
