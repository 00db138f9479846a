#pragma once
/// One read-only view of a decoded document, whatever its wire format: idea 1 of the house.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::tree {

/// Place in the source, from 1; line 0 where it is unknown. In HL7 v2 a line is a segment.
struct Position {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

/// What a node's own value is. FHIR JSON tells text, number and boolean apart; in HL7 v2 every value is text.
enum class Kind : std::uint8_t { none, object, text, number, boolean };

class Document;

/// A place in a decoded document: two words, passed by value, valid as long as its Document. A default-constructed node
/// is "nothing": it has no document and no children.
class Node {
public:
    using Handle = std::uint64_t;

    Node() = default;
    Node(const Document* document, Handle handle) noexcept : document_(document), handle_(handle) {}

    explicit operator bool() const noexcept { return document_ != nullptr; }
    const Document* document() const noexcept { return document_; }
    Handle handle() const noexcept { return handle_; }

    /// Element name ("birthDate", "PID"); empty for a root.
    std::string_view name() const;
    /// Type where the document tells it (a FHIR resourceType, a Z-free v2 data type); else empty.
    std::string_view type() const;
    Kind kind() const;
    /// The node's own value, decoded (escapes resolved, UTF-8); empty where it has none. Lives as long as the document.
    std::string_view text() const;
    bool has_value() const { return kind() != Kind::none && kind() != Kind::object; }
    Position position() const;
    /// FHIRPath location "Bundle.entry[0].resource.id", or HL7 path "PID-3[1].4".
    std::string path() const;

    /// All children, or those of one name (repeats and array items each count), appended to `out` in document order.
    void children(std::vector<Node>& out) const;
    void children(std::string_view name, std::vector<Node>& out) const;
    /// First child of that name, or nothing.
    Node child(std::string_view name) const;

    bool operator==(const Node&) const = default;

private:
    const Document* document_ = nullptr;
    Handle handle_ = 0;
};

/// A decoded document: owns (or keeps alive) the bytes and their index. What a handle means is the codec's affair.
/// Lifetime: nodes and texts point into it. Threads: one at a time (decoded texts may be cached).
class Document {
public:
    Document() = default;
    Document(const Document&) = delete;
    Document& operator=(const Document&) = delete;
    virtual ~Document() = default;

    virtual Node root() const = 0;
    /// "hl7v2", "fhir".
    virtual std::string_view format() const noexcept = 0;

    virtual std::string_view name(Node::Handle node) const = 0;
    virtual std::string_view type(Node::Handle node) const = 0;
    virtual Kind kind(Node::Handle node) const = 0;
    virtual std::string_view text(Node::Handle node) const = 0;
    virtual Position position(Node::Handle node) const = 0;
    virtual std::string path(Node::Handle node) const = 0;
    virtual void children(Node::Handle node, std::vector<Node>& out) const = 0;
    virtual void children(Node::Handle node, std::string_view name, std::vector<Node>& out) const = 0;
};

using DocumentPtr = std::shared_ptr<const Document>;

inline std::string_view Node::name() const {
    return document_ ? document_->name(handle_) : std::string_view();
}
inline std::string_view Node::type() const {
    return document_ ? document_->type(handle_) : std::string_view();
}
inline Kind Node::kind() const {
    return document_ ? document_->kind(handle_) : Kind::none;
}
inline std::string_view Node::text() const {
    return document_ ? document_->text(handle_) : std::string_view();
}
inline Position Node::position() const {
    return document_ ? document_->position(handle_) : Position{};
}
inline std::string Node::path() const {
    return document_ ? document_->path(handle_) : std::string();
}
inline void Node::children(std::vector<Node>& out) const {
    if (document_) document_->children(handle_, out);
}
inline void Node::children(std::string_view name, std::vector<Node>& out) const {
    if (document_) document_->children(handle_, name, out);
}
inline Node Node::child(std::string_view name) const {
    std::vector<Node> found;
    children(name, found);
    return found.empty() ? Node() : found.front();
}

}  // namespace causeway::tree
