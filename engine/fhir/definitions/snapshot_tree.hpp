#pragma once
/// Elements of a snapshot or a differential as a tree. Internal to the snapshot generator.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/json_value.hpp"

namespace causeway::fhir {

/// One element. Its slices follow it among its siblings, with the same name.
struct SnapshotNode {
    const Json* json = nullptr;  ///< ElementDefinition; null where a differential passes an element over.
    const Json* base = nullptr;  ///< Of a snapshot in the making: what it was before this differential.
    std::string_view name;       ///< Last step of the path, with "[x]"; the type at the root.
    std::string_view slice;      ///< "" where it is no slice.
    std::vector<std::unique_ptr<SnapshotNode>> children;

    std::unique_ptr<SnapshotNode> clone() const;
    /// Index among the children; npos where there is none.
    std::size_t find(std::string_view child_name, std::string_view child_slice) const noexcept;
    static constexpr std::size_t npos = static_cast<std::size_t>(-1);
};

/// The elements of a snapshot or differential: by their ids where they have some, else by their order. Null where there
/// are none.
std::unique_ptr<SnapshotNode> read_tree(const Json& elements, JsonArena& arena);

/// Writes a tree as the elements of a snapshot: path, id and sliceName are those of the place.
const Json* write_tree(const SnapshotNode& root, JsonArena& arena);

std::size_t count_nodes(const SnapshotNode& root) noexcept;

}  // namespace causeway::fhir
