#pragma once
/// The index that a FHIR document is decoded into: a flat vector of records over one buffer, for those who walk a
/// document by number (codecs, validation). All others use tree::Node.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/document.hpp"
#include "fhir/names.hpp"

namespace causeway::fhir {

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
        kDropped = 128,      ///< Lenient reading: left out (repeated property, padding that pads nothing).
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
    bool is_shown() const noexcept { return (flags & (kHidden | kResourceType | kDropped)) == 0; }
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
    std::string_view text_of(const Record& record) const noexcept {
        return {(buffer_.empty() ? source().data() : buffer_.data()) + record.offset, record.length};
    }
    /// The document in UTF-8, to which offsets refer; a byte-order mark is part of it.
    std::string_view source() const noexcept { return converted_ ? std::string_view(*converted_) : payload_.reveal(); }

    /// From now on each value that text() gives sets the flag of its record; null: none. The flags are as many as
    /// records(), and outlive the watch.
    void watch(std::vector<std::uint8_t>* read) const noexcept { watch_ = read; }

    /// Bytes that the document holds, the payload included.
    std::size_t memory() const noexcept;
    /// Line and column of an offset in source().
    tree::Position position_of(std::size_t offset) const;
    /// Where a record's element begins in source(): its JSON value, or its XML start tag.
    std::size_t start_of(const Record& record) const noexcept;

private:
    friend class TapeBuilder;
    friend class Typer;

    const Record& at(tree::Node::Handle node) const noexcept { return records_[static_cast<std::size_t>(node)]; }

    Payload payload_;
    Format encoding_ = Format::json;
    DefinitionsPtr definitions_;
    std::optional<std::string> converted_;  // Of a payload that is not UTF-8.
    std::string buffer_;                    // The source with escapes resolved in place; empty where there are none.
    Names names_;
    std::vector<Record> records_;
    std::vector<Finding> findings_;
    mutable std::vector<std::uint8_t>* watch_ = nullptr;
    mutable std::vector<std::uint32_t> lines_;  // Offsets of line starts, made when first asked for.
};

/// Line and column (in characters) of an offset, both from 1; a byte-order mark does not count.
tree::Position position_at(std::string_view source, std::size_t offset) noexcept;

}  // namespace causeway::fhir
