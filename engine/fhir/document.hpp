#pragma once
/// A decoded FHIR document, whether it came as JSON or XML, and the one way to decode one.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/payload.hpp"
#include "fhir/definitions/definitions.hpp"
#include "tree/node.hpp"

namespace causeway::fhir {

enum class Format : std::uint8_t { json, xml };

/// Something that breaks the format, at a place, in a document that could be read all the same.
struct Finding {
    std::uint32_t record = 0;  ///< The element, or the one around what is wrong: an index of Tape::records().
    std::uint32_t offset = 0;  ///< In Tape::source().
    Issue issue = Issue::structure;
    bool is_warning = false;
    std::string id;          ///< Message id for overrides: "json-empty-array", "xml-order".
    std::string expression;  ///< "DocumentReference.category[0].coding".
    std::string what;        ///< One sentence that says what to do; no values.
};

/// `children("given")` gives every item; a primitive's `_name` sibling (id, extension) is its children; choice elements
/// are found by their base name (`value` finds `valueQuantity`, whose type() is "Quantity"); `resourceType` is found by
/// its name but is not listed among the children. Numbers keep their text. The tree of an XML document is the same as
/// that of the JSON document of equal content.
///
/// Without definitions, types are known of resources and of choice elements; an XML document then has text where JSON
/// has numbers and booleans. With definitions, every element that they know has its type.
/// Lifetime: keeps its payload and its definitions. Threads: one at a time.
class FhirDocument : public tree::Document {
public:
    std::string_view format() const noexcept override { return "fhir"; }
    /// The bytes as they came.
    virtual const Payload& payload() const noexcept = 0;
    virtual Format encoding() const noexcept = 0;
    /// Null where the document was read without.
    virtual const DefinitionsPtr& definitions() const noexcept = 0;
    /// What a lenient reading put up with, in the order of the source, at most 1,000; a strict one has none.
    virtual std::span<const Finding> findings() const noexcept = 0;

    /// The element of a base definition that declares this place ("HumanName.given", "Bundle.entry.resource"); of the
    /// document's root, the root of its structure. 0: unknown.
    virtual Index element(tree::Node::Handle node) const noexcept = 0;
    /// The number by which this document finds a name of an element or type: below definitions()->name_count() it is
    /// the number of definitions(). 0: not in the document.
    virtual Index name_id(std::string_view name) const noexcept = 0;
    /// As children(node, name), by number.
    virtual void children_of(tree::Node::Handle node, Index name, std::vector<tree::Node>& out) const = 0;
    using tree::Document::children;
};

using FhirDocumentPtr = std::shared_ptr<const FhirDocument>;

struct ParseLimits {
    std::size_t max_depth = 64;
    std::size_t max_nodes = 16'000'000;
};

struct ParseOptions {
    enum class Encoding : std::uint8_t { detect, json, xml };

    DefinitionsPtr definitions = nullptr;
    ParseLimits limits = {};
    Encoding encoding = Encoding::detect;
    /// Keep on after what can be told apart from broken text (empty arrays, wrong padding, repeated properties, XML
    /// elements out of order): it becomes findings(). Malformed text stays an error.
    bool lenient = false;
};

/// Decodes FHIR JSON or XML, which it tells apart by the first character after a byte-order mark and white space.
/// Errors have line and column in `where` ("line 3, column 14").
Result<FhirDocumentPtr> parse(Payload payload, const ParseOptions& options = {});

}  // namespace causeway::fhir
