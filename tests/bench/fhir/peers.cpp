#include "bench/fhir/peers.hpp"

#include <array>
#include <cstdio>

#include "core/text.hpp"

namespace causeway::bench {
namespace {

const std::filesystem::path kPeers = CAUSEWAY_SOURCE_DIR "/build/bench/fhir";

}  // namespace

Peers::Peers(const std::filesystem::path& folder) {
    if (!std::filesystem::exists(kPeers / "node_modules")) {
        std::printf("The npm packages to compare with are absent (./dev bench fhir fetches them): nothing beside.\n\n");
        return;
    }
    std::printf("Node is at work for two minutes with the same files.\n\n");
    std::fflush(stdout);
    const auto command = "node '" + (kPeers / "peers.mjs").string() + "' '" + folder.string() + "' 2>/dev/null";
    std::FILE* const pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return;
    std::array<char, 4096> line{};
    while (std::fgets(line.data(), static_cast<int>(line.size()), pipe) != nullptr) {
        const auto fields = split(line.data(), '\t');
        if (fields.size() != 4) continue;
        const std::string peer(fields[0]);
        versions_[peer] = fields[1];
        passes_[{peer, std::string(fields[2])}] = std::stod(std::string(fields[3]));
    }
    if (::pclose(pipe) != 0) std::printf("Node ended with a mistake; what it gave before counts.\n\n");
}

std::optional<double> Peers::passes(const std::string& peer, const std::string& job) const {
    const auto found = passes_.find({peer, job});
    return found == passes_.end() ? std::nullopt : std::optional(found->second);
}

std::string Peers::name(const std::string& peer) const {
    const auto found = versions_.find(peer);
    return found == versions_.end() ? peer : peer + " " + found->second;
}

}  // namespace causeway::bench
