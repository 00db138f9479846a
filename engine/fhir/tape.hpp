#pragma once
/// The index that a FHIR document is decoded into: a flat vector of records over one buffer. Internal to the codecs.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json.hpp"

namespace causeway::fhir {

/// Property and type names, each once. 0 is the empty name.
class Names {
public:
    struct Name {
        std::string_view text;          ///< As in the source: "valueQuantity", "_given".
        std::uint32_t element = 0;      ///< Of "_given": "given". Else 0.
        std::uint32_t choice_base = 0;  ///< Of "valueQuantity": "value". Else 0.
        std::uint32_t choice_type = 0;  ///< "Quantity".
        bool choice_primitive = false;
    };

    Names();
    /// The number of a name; its text must live as long as the table.
    std::uint32_t intern(std::string_view text);
    /// 0 where the name is not in the document.
    std::uint32_t find(std::string_view text) const noexcept;
    const Name& operator[](std::uint32_t id) const noexcept { return names_[id]; }
    std::size_t size() const noexcept { return names_.size(); }

private:
    std::size_t slot_of(std::string_view text) const noexcept;
    void grow();
    void classify(std::uint32_t id);

    std::vector<Name> names_;
    std::vector<std::uint32_t> slots_;  // Open addressing, a power of two.
};

/// One element. Children of record i follow it and are chained by `next`.
struct Record {
    enum Flag : std::uint8_t {
        kChoice = 1,  ///< The name stands for its choice base.
        kHidden = 2,  ///< A `_name` sibling that became the children of its primitive.
        kExtra = 4,   ///< Comes from a `_name` property.
        kNull = 8,    ///< Padding of a primitive array.
    };

    std::uint32_t name = 0;
    std::uint32_t type = 0;    ///< Name of the type, 0 where the document does not tell it.
    std::uint32_t offset = 0;  ///< Of the value in the source; of a text: after the quote.
    std::uint32_t length = 0;  ///< Of the decoded text.
    std::uint32_t parent = 0;
    std::uint32_t next = 0;   ///< Next sibling, 0: none.
    std::uint32_t extra = 0;  ///< Primitive: its `_name` record. `_name` record: its primitive. Else 0.
    std::uint32_t item = 0;   ///< 1-based index in a JSON array; 0: not in one.
    tree::Kind kind = tree::Kind::none;
    std::uint8_t flags = 0;

    bool is(Flag flag) const noexcept { return (flags & flag) != 0; }
};

/// The decoded document. The buffer is a copy of the payload in which strings have been unescaped in place, so that
/// offsets are those of the payload.
class Tape final : public JsonDocument {
public:
    explicit Tape(Payload payload) : payload_(std::move(payload)), buffer_(payload_.reveal()) {}

    const Payload& payload() const noexcept override { return payload_; }
    tree::Node root() const override { return node(0); }
    std::string_view format() const noexcept override { return "fhir"; }
    std::string_view name(tree::Node::Handle node) const override;
    std::string_view type(tree::Node::Handle node) const override;
    tree::Kind kind(tree::Node::Handle node) const override;
    std::string_view text(tree::Node::Handle node) const override;
    tree::Position position(tree::Node::Handle node) const override;
    std::string path(tree::Node::Handle node) const override;
    void children(tree::Node::Handle node, std::vector<tree::Node>& out) const override;
    void children(tree::Node::Handle node, std::string_view name, std::vector<tree::Node>& out) const override;

    const std::vector<Record>& records() const noexcept { return records_; }
    const Names& names() const noexcept { return names_; }
    /// First record below `index`, hidden ones included; 0: none.
    std::uint32_t first_child(std::uint32_t index) const noexcept;

private:
    friend class JsonReader;

    tree::Node node(std::uint32_t index) const noexcept { return {this, index}; }
    const Record& at(tree::Node::Handle node) const noexcept { return records_[static_cast<std::size_t>(node)]; }

    Payload payload_;
    std::string buffer_;
    Names names_;
    std::vector<Record> records_;
    mutable std::vector<std::uint32_t> lines_;  // Offsets of line starts, made when first asked for.
};

/// Line and column (in characters) of an offset, both from 1.
tree::Position position_at(std::string_view text, std::size_t offset) noexcept;

}  // namespace causeway::fhir
