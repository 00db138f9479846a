#pragma once
/// What Settings share: inside this folder only.

#include <memory>
#include <span>
#include <vector>

#include "config/settings.hpp"
#include "config/yaml.hpp"

namespace causeway::config {

struct Settings::Data {
    std::shared_ptr<const Yaml> yaml;
    const YamlNode* node = nullptr;   ///< The object; null where it is absent and all its fields are their fallbacks.
    const YamlNode* place = nullptr;  ///< Where to point at: the nearest object that was written.
    std::span<const FieldSpec> specs{};
    std::shared_ptr<const std::vector<FieldSpec>>
        owner{};  ///< Keeps the outermost specs; callers may join them ad hoc.
};

}  // namespace causeway::config
