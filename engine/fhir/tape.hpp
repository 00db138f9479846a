#pragma once
/// The index that a FHIR document is decoded into: a flat vector of records over one buffer, for those who walk a
/// document by number (codecs, validation). All others use tree::Node.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/document.hpp"

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

/// One element. The children of record i follow it and are chained by `next`, so that a record's number is above its
/// parent's, and a document is walked in order by counting.
struct Record {
    enum Flag : std::uint16_t {
        kChoice = 1,         ///< Written with its type: "valueQuantity".
        kHidden = 2,         ///< A `_name` sibling that became the children of its primitive.
        kExtra = 4,          ///< Comes from a `_name` property: hidden, or a primitive without a value.
        kNull = 8,           ///< Padding of a primitive array.
        kResource = 16,      ///< An object with a resourceType.
        kResourceType = 32,  ///< That property; not listed among the children.
        kEmpty = 64,         ///< Lenient reading: an object without properties.
        kRepeated = 128,     ///< Lenient reading: a property that its object had already; hidden.
    };

    std::uint32_t name = 0;     ///< Name of the element: "value" for "valueQuantity", "given" for "_given".
    std::uint32_t type = 0;     ///< Name of the type: "HumanName", "Patient"; 0 where it is not known.
    std::uint32_t element = 0;  ///< Element of the base definition (FhirDocument::element()); 0: unknown.
    std::uint32_t offset = 0;   ///< Of the value in the source; of a text: after the quote.
    std::uint32_t length = 0;   ///< Of the decoded text.
    std::uint32_t parent = 0;
    std::uint32_t next = 0;   ///< Next sibling, 0: none.
    std::uint32_t extra = 0;  ///< Primitive: its `_name` record. `_name` record: its primitive. Else 0.
    std::uint32_t item = 0;   ///< 1-based index in a list; 0: not in one.
    tree::Kind kind = tree::Kind::none;
    std::uint16_t flags = 0;

    bool is(Flag flag) const noexcept { return (flags & flag) != 0; }
    /// Is it part of the tree (no `_name` sibling of a primitive, no padding, no resourceType)?
    bool is_shown() const noexcept { return (flags & (kHidden | kResourceType | kRepeated)) == 0; }
};

/// The decoded document.
class Tape final : public FhirDocument {
public:
    explicit Tape(Payload payload, Format encoding = Format::json, DefinitionsPtr definitions = nullptr);

    /// The tape of a document that fhir::parse() or parse_json() gave.
    static const Tape& of(const FhirDocument& document) noexcept { return static_cast<const Tape&>(document); }

    const Payload& payload() const noexcept override { return payload_; }
    Format encoding() const noexcept override { return encoding_; }
    const DefinitionsPtr& definitions() const noexcept override { return definitions_; }
    std::span<const Finding> findings() const noexcept override { return findings_; }
    Index element(tree::Node::Handle node) const noexcept override { return at(node).element; }
    Index name_id(std::string_view name) const noexcept override { return names_.find(name); }

    tree::Node root() const override { return node(0); }
    std::string_view name(tree::Node::Handle node) const override;
    std::string_view type(tree::Node::Handle node) const override;
    /// Kind::none for a primitive without a value (Record::kExtra).
    tree::Kind kind(tree::Node::Handle node) const override;
    std::string_view text(tree::Node::Handle node) const override;
    tree::Position position(tree::Node::Handle node) const override;
    std::string path(tree::Node::Handle node) const override;
    void children(tree::Node::Handle node, std::vector<tree::Node>& out) const override;
    void children(tree::Node::Handle node, std::string_view name, std::vector<tree::Node>& out) const override;
    void children_of(tree::Node::Handle node, Index name, std::vector<tree::Node>& out) const override;

    /// In document order; the first is the root.
    std::span<const Record> records() const noexcept { return records_; }
    const Names& names() const noexcept { return names_; }
    /// First record below `index` (of a primitive: below its `_name` record), hidden ones included; 0: none.
    std::uint32_t first_child(std::uint32_t index) const noexcept;
    tree::Node node(std::uint32_t index) const noexcept { return {this, index}; }
    /// The document in UTF-8, to which offsets refer.
    std::string_view source() const noexcept { return payload_.reveal(); }

private:
    friend class JsonReader;

    const Record& at(tree::Node::Handle node) const noexcept { return records_[static_cast<std::size_t>(node)]; }

    Payload payload_;
    Format encoding_ = Format::json;
    DefinitionsPtr definitions_;
    std::string buffer_;
    Names names_;
    std::vector<Record> records_;
    std::vector<Finding> findings_;
    mutable std::vector<std::uint32_t> lines_;  // Offsets of line starts, made when first asked for.
};

/// Line and column (in characters) of an offset, both from 1.
tree::Position position_at(std::string_view text, std::size_t offset) noexcept;

}  // namespace causeway::fhir
