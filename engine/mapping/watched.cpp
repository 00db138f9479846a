#include "mapping/watched.hpp"

#include <algorithm>
#include <array>

namespace causeway::mapping {
namespace {

constexpr std::array<std::string_view, 7> kServing = {"resourceType", "id",   "fullUrl", "meta",
                                                      "reference",    "text", "request"};

/// A narrative serves; the text of a CodeableConcept or an Annotation is a value.
bool serves(const tree::Node& node) {
    if (std::find(kServing.begin(), kServing.end(), node.name()) == kServing.end()) return false;
    return node.name() != "text" || !node.has_value();
}

}  // namespace

std::string_view WatchedDocument::text(tree::Node::Handle node) const {
    read_.insert(node);
    return inner_->text(node);
}

void WatchedDocument::adopt(std::vector<tree::Node>& nodes, std::size_t from) const {
    for (auto i = from; i < nodes.size(); ++i) nodes[i] = tree::Node(this, nodes[i].handle());
}

void WatchedDocument::children(tree::Node::Handle node, std::vector<tree::Node>& out) const {
    const auto from = out.size();
    inner_->children(node, out);
    adopt(out, from);
}

void WatchedDocument::children(tree::Node::Handle node, std::string_view name, std::vector<tree::Node>& out) const {
    const auto from = out.size();
    inner_->children(node, name, out);
    adopt(out, from);
}

void WatchedDocument::mark(const tree::Node& node) const {
    read_.insert(node.handle());
    std::vector<tree::Node> below;
    children(node.handle(), below);
    for (const auto& child : below) mark(child);
}

void WatchedDocument::collect(const tree::Node& node, std::vector<std::string>& out) const {
    std::vector<tree::Node> below;
    children(node.handle(), below);
    const bool has_value = node.has_value();
    if (has_value && !read_.contains(node.handle())) out.push_back(node.path());
    for (const auto& child : below)
        if (!serves(child)) collect(child, out);
}

std::vector<std::string> WatchedDocument::lost() const {
    std::vector<std::string> out;
    collect(root(), out);
    return out;
}

}  // namespace causeway::mapping
