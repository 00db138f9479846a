#pragma once
/// A FHIR document that remembers which of its values were read.

#include <string>
#include <unordered_set>
#include <vector>

#include "tree/node.hpp"

namespace causeway::mapping {

/// Passes everything on to another document. Lifetime: shorter than that one's. Threads: one.
class WatchedDocument final : public tree::Document {
public:
    explicit WatchedDocument(const tree::Node& root) : inner_(root.document()), root_(root.handle()) {}

    tree::Node root() const override { return {this, root_}; }
    std::string_view format() const noexcept override { return inner_->format(); }
    std::string_view name(tree::Node::Handle node) const override { return inner_->name(node); }
    std::string_view type(tree::Node::Handle node) const override { return inner_->type(node); }
    tree::Kind kind(tree::Node::Handle node) const override { return inner_->kind(node); }
    std::string_view text(tree::Node::Handle node) const override;
    tree::Position position(tree::Node::Handle node) const override { return inner_->position(node); }
    std::string path(tree::Node::Handle node) const override { return inner_->path(node); }
    void children(tree::Node::Handle node, std::vector<tree::Node>& out) const override;
    void children(tree::Node::Handle node, std::string_view name, std::vector<tree::Node>& out) const override;

    /// Everything below the node counts as read.
    void mark(const tree::Node& node) const;
    /// Paths of values that nobody read; what only serves the document itself (resourceType, ids, fullUrl, meta,
    /// references, narrative) is left out.
    std::vector<std::string> lost() const;

private:
    void adopt(std::vector<tree::Node>& nodes, std::size_t from) const;
    void collect(const tree::Node& node, std::vector<std::string>& out) const;

    const tree::Document* inner_;
    tree::Node::Handle root_;
    mutable std::unordered_set<tree::Node::Handle> read_;
};

}  // namespace causeway::mapping
