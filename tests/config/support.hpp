#pragma once
/// Words that the tests of this folder share.

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "config/settings.hpp"

namespace causeway::config::test {

inline std::string first_line(const std::vector<Mistake>& mistakes) {
    return mistakes.empty() ? std::string() : to_string(mistakes.front());
}

/// All mistakes, one a line.
inline std::string lines(const std::vector<Mistake>& mistakes) {
    std::string out;
    for (const auto& mistake : mistakes) out += to_string(mistake) + "\n";
    return out;
}

/// What parsing alone says.
inline std::string parse_mistakes(std::string_view text) {
    std::vector<Mistake> mistakes;
    parse_yaml(text, "a.yaml", "/conf", mistakes);
    return lines(mistakes);
}

/// What parsing and lint say.
inline std::string lint_mistakes(std::string_view text, std::span<const FieldSpec> specs) {
    std::vector<Mistake> mistakes;
    lint(parse_yaml(text, "a.yaml", "/conf", mistakes), specs, mistakes);
    return lines(mistakes);
}

/// Settings of text that must be right.
inline Settings settings(std::string_view text, std::span<const FieldSpec> specs) {
    std::vector<Mistake> mistakes;
    auto made = lint(parse_yaml(text, "a.yaml", "/conf", mistakes), specs, mistakes);
    if (!mistakes.empty()) throw std::runtime_error(lines(mistakes));
    return made;
}

}  // namespace causeway::config::test
