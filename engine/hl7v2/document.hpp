#pragma once
/// The document behind Message: places are worked out from offsets when they are asked for.

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hl7v2/charset.hpp"
#include "hl7v2/index.hpp"
#include "hl7v2/message.hpp"
#include "hl7v2/parts.hpp"

namespace causeway::hl7v2 {

/// What a node is.
enum class Level : std::uint8_t { root, segment, field, component, subcomponent };

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

    const Delimiters& delimiters() const noexcept override { return index_.delimiters(); }
    const std::vector<Warning>& warnings() const noexcept override { return index_.warnings(); }
    const Payload& payload() const noexcept override { return payload_; }
    std::string_view utf8() const noexcept override { return text_; }
    const Index& index() const noexcept override { return index_; }
    const Charset& charset() const noexcept override { return charset_; }
    std::string_view value(Range leaf, std::string& scratch) const override;
    void select(const Path& path, std::vector<tree::Node>& out) const override;
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

private:
    friend class Selection;

    /// Where a place ends, and what is in it.
    struct Extent {
        Range range;
        bool has_parts = false;
        bool is_plain = false;  ///< Certainly nothing to decode.
    };
    const Extent& extent(Place place) const noexcept;
    Extent look(Place place) const noexcept;

    /// MSH-1 and MSH-2 have no parts and no escapes.
    bool is_literal(std::uint32_t offset) const noexcept { return offset < literal_end_; }
    /// The delimiter between the parts of a place of that level; 0 where it has none.
    char separator_below(Level level, std::uint32_t offset) const noexcept;
    Range range(Place place) const noexcept { return extent(place).range; }
    Range searched(Place place) const noexcept;
    void mark(char c, std::uint8_t as) noexcept;
    bool has_parts(Level level, Range range) const noexcept;
    bool needs_decoding(Range range) const noexcept;
    std::string decoded(Range range) const;
    /// Escapes resolved, for a leaf; as it stands, for anything else.
    bool equals(Level level, Range range, std::string_view value) const;

    void segment_children(std::vector<tree::Node>& out) const;
    void field_children(std::size_t segment, std::uint32_t number, std::vector<tree::Node>& out) const;
    void part_children(Place place, std::vector<tree::Node>& out) const;
    void part_child(Place place, std::uint32_t number, std::vector<tree::Node>& out) const;
    void add(Level level, std::uint32_t number, Range range, std::vector<tree::Node>& out) const;

    Payload payload_;
    std::string converted_;
    std::string_view text_;
    Charset charset_;
    std::string escape_;
    Index index_;
    std::array<std::uint8_t, 256> marks_{};  ///< What each byte ends or begins.
    std::uint32_t literal_end_ = 0;
    bool has_line_breaks_ = false;
    struct Known {
        std::uint32_t begin = ~std::uint32_t{0};
        Extent extent;
    };
    /// The last one of each level: a reader asks for kind, text and children of the same place, one after another.
    mutable std::array<Known, 5> known_;
    mutable std::unordered_map<std::uint32_t, std::string> decoded_;  ///< By where the value begins.
    mutable std::unordered_map<std::uint32_t, std::string> names_;    ///< Of numbers that have no ready name.
};

}  // namespace causeway::hl7v2
