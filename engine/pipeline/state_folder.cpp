#include <fstream>
#include <iterator>

#include "pipeline/configuration.hpp"

namespace causeway::pipeline {

std::filesystem::path state_folder(const std::filesystem::path& folder) {
    constexpr std::string_view otherwise = "../var";
    const auto file = folder / "causeway.yaml";
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    std::vector<config::Mistake> ignored;
    const auto yaml = config::parse_yaml(text, file.string(), folder, ignored);
    auto state = yaml ? config::peek(yaml, "state") : std::string();
    if (state.empty()) state = otherwise;
    return std::filesystem::weakly_canonical(folder / state);
}

}  // namespace causeway::pipeline
