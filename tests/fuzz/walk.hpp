#pragma once
/// What fuzz targets share that read FHIR documents.

#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "tree/node.hpp"

namespace causeway::fuzz {

inline void require(bool condition) {
    if (!condition) std::abort();
}

/// Looks at a node and what is below it, up to `left` nodes: each has a place, and is found by its name.
inline void walk(const tree::Node& node, std::size_t& left) {
    if (left == 0) return;
    --left;
    require(node.position().line > 0);
    (void)node.path();
    (void)node.text();
    std::vector<tree::Node> children;
    node.children(children);
    for (const auto& child : children) {
        require(static_cast<bool>(node.child(child.name())));
        walk(child, left);
    }
}

}  // namespace causeway::fuzz
