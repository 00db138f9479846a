#pragma once
/// The document behind Message: places are worked out from offsets when they are asked for.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hl7v2/charset.hpp"
#include "hl7v2/group_lookup.hpp"
#include "hl7v2/index.hpp"
#include "hl7v2/message.hpp"
#include "hl7v2/spans.hpp"

namespace causeway::hl7v2 {

/// A handle: level (3 bits), number in its parent (29 bits), offset in the text (32 bits). For a field the number is
/// the field's, so that its repetitions share it and differ in the offset.
struct Place {
    Level level = Level::root;
    std::uint32_t number = 0;
    std::uint32_t begin = 0;

    static Place of(tree::Node::Handle handle) noexcept;
    tree::Node::Handle handle() const noexcept;
};

class IndexedMessage final : public Message {
public:
    /// `converted` is the text in UTF-8 where the payload is not; else the text is `text`, which is in the payload.
    IndexedMessage(Payload payload, std::string_view text, std::optional<std::string> converted, Charset charset);

    /// Indexes and checks the text.
    std::optional<Error> build(std::size_t max_segments, std::vector<Warning> warnings);

    const Delimiters& delimiters() const noexcept override { return spans_.delimiters(); }
    const std::vector<Warning>& warnings() const noexcept override { return spans_.index().warnings(); }
    const Payload& payload() const noexcept override { return payload_; }
    std::string_view utf8() const noexcept override { return text_; }
    const Index& index() const noexcept override { return spans_.index(); }
    const Charset& charset() const noexcept override { return spans_.charset(); }
    std::string_view value(Range leaf, std::string& scratch) const override { return spans_.value(leaf, scratch); }
    const GroupLookup& groups() const override;
    void select(const Path& path, std::vector<tree::Node>& out) const override;
    void select_in(std::size_t segment, const Path& path, std::vector<tree::Node>& out) const override;
    tree::Node first(const Path& path) const override;

    tree::Node root() const override { return {this, Place{}.handle()}; }
    std::string_view format() const noexcept override { return "hl7v2"; }
    std::string_view name(tree::Node::Handle node) const override;
    std::string_view type(tree::Node::Handle) const override { return {}; }
    tree::Kind kind(tree::Node::Handle node) const override;
    std::string_view text(tree::Node::Handle node) const override;
    tree::Position position(tree::Node::Handle node) const override;
    std::string path(tree::Node::Handle node) const override;
    void children(tree::Node::Handle node, std::vector<tree::Node>& out) const override;
    void children(tree::Node::Handle node, std::string_view name, std::vector<tree::Node>& out) const override;

    /// The same by offsets. Lives as long as the message.
    const Spans& spans() const noexcept { return spans_; }
    tree::Node node(const Span& place) const noexcept {
        return {this, Place{place.level, place.number, place.begin}.handle()};
    }

private:
    /// The last place of each level stays known: a reader asks for kind, text and children of one, one after another.
    const Span& span(Place place) const noexcept;

    void segment_children(std::vector<tree::Node>& out) const;
    void add(const Span& place, std::vector<tree::Node>& out) const { out.push_back(node(place)); }

    Payload payload_;
    std::string converted_;
    std::string_view text_;
    Spans spans_;
    mutable std::array<Span, 5> known_;
    mutable std::optional<GroupLookup> groups_;
    mutable std::unordered_map<std::uint32_t, std::string> names_;  ///< Of numbers that have no ready name.
};

}  // namespace causeway::hl7v2
