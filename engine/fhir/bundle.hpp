#pragma once
/// A Bundle's entries, indexed once.

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tree/node.hpp"

namespace causeway::fhir {

/// Lifetime: as long as the document of the Bundle.
class Bundle {
public:
    explicit Bundle(const tree::Node& bundle);

    std::string_view type() const;
    /// All resources, or those of one type, in order.
    const std::vector<tree::Node>& resources() const noexcept { return resources_; }
    std::vector<tree::Node> resources(std::string_view type) const;
    tree::Node first(std::string_view type) const;
    /// Follows a reference string ("urn:uuid:...", "Patient/1", absolute URL; "#id" inside `container`) by the rules of
    /// R4 bundle.html#references; nothing where the Bundle does not hold it. `container` is the entry's resource that
    /// holds the reference: a relative reference counts from the base of its fullUrl first, then names type and id.
    tree::Node resolve(std::string_view reference, const tree::Node& container = {}) const;

private:
    void add(const tree::Node& entry);
    tree::Node find(const std::string& url) const;

    tree::Node bundle_;
    std::vector<tree::Node> resources_;
    std::unordered_map<std::string, tree::Node> by_url_;                // By fullUrl and by type/id.
    std::unordered_map<tree::Node::Handle, std::string_view> by_node_;  // fullUrl of each resource.
};

}  // namespace causeway::fhir
