#pragma once
/// YAML in a test becomes Settings, with the mistakes as text.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace causeway::test {

/// Lints `yaml` as "test.yaml"; mistakes are appended.
inline config::Settings settings(std::string_view yaml, std::span<const config::FieldSpec> specs,
                                 std::vector<config::Mistake>& mistakes) {
    return config::lint(config::parse_yaml(yaml, "test.yaml", ".", mistakes), specs, mistakes);
}

inline std::vector<std::string> texts(const std::vector<config::Mistake>& mistakes) {
    std::vector<std::string> result;
    for (const config::Mistake& mistake : mistakes) result.push_back(config::to_string(mistake));
    return result;
}

/// Is there exactly one mistake, at this line, that contains `words`?
inline bool only_mistake(const std::vector<config::Mistake>& mistakes, std::uint32_t line, std::string_view words) {
    return mistakes.size() == 1 && mistakes[0].line == line && mistakes[0].what.find(words) != std::string::npos;
}

}  // namespace causeway::test
