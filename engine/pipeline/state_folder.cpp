#include <fstream>
#include <iterator>

#include "pipeline/configuration.hpp"

namespace causeway::pipeline {

namespace {

std::filesystem::path folder_of(const std::filesystem::path& folder, const std::string& option,
                                std::string_view otherwise) {
    const auto file = folder / "causeway.yaml";
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    std::vector<config::Mistake> ignored;
    const auto yaml = config::parse_yaml(text, file.string(), folder, ignored);
    auto named = yaml ? config::peek(yaml, option) : std::string();
    if (named.empty()) named = otherwise;
    return std::filesystem::weakly_canonical(folder / named);
}

}  // namespace

std::filesystem::path state_folder(const std::filesystem::path& folder) {
    return folder_of(folder, "state", "../var");
}

std::filesystem::path mappings_folder(const std::filesystem::path& folder) {
    return folder_of(folder, "mappings", "../mappings");
}

}  // namespace causeway::pipeline
