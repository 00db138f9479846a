#pragma once
/// Plain values (facts, results of expressions) as nodes, so that types read them like fields.

#include <string>
#include <vector>

#include "tree/node.hpp"

namespace causeway::mapping {

/// Each text is a leaf without a name. Handles have their top bit set, so they never equal those of a message.
class TextDocument final : public tree::Document {
public:
    explicit TextDocument(std::vector<std::string> texts) : texts_(std::move(texts)) {}

    std::size_t size() const noexcept { return texts_.size(); }
    tree::Node at(std::size_t index) const { return {this, kTop | index}; }

    tree::Node root() const override { return at(0); }
    std::string_view format() const noexcept override { return "text"; }
    std::string_view name(tree::Node::Handle) const override { return {}; }
    std::string_view type(tree::Node::Handle) const override { return {}; }
    tree::Kind kind(tree::Node::Handle) const override { return tree::Kind::text; }
    std::string_view text(tree::Node::Handle node) const override { return texts_[node & ~kTop]; }
    tree::Position position(tree::Node::Handle) const override { return {}; }
    std::string path(tree::Node::Handle) const override { return {}; }
    void children(tree::Node::Handle, std::vector<tree::Node>&) const override {}
    void children(tree::Node::Handle, std::string_view, std::vector<tree::Node>&) const override {}

private:
    static constexpr tree::Node::Handle kTop = tree::Node::Handle{1} << 63;
    std::vector<std::string> texts_;
};

}  // namespace causeway::mapping
