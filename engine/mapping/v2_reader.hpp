#pragma once
/// Reads values of an HL7 v2 message by path, within the groups that rows stand in, and remembers what was read.

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "hl7v2/path.hpp"
#include "tree/node.hpp"

namespace causeway::mapping {

/// A place with its segment, so that a type can look at its neighbours (OBX-3 beside OBX-5).
struct V2Place {
    tree::Node node;
    tree::Node segment;
};

/// Lifetime: as long as the message. Threads: one.
class V2Reader {
public:
    explicit V2Reader(const tree::Node& root);

    /// All places that the path names in the innermost group that holds its segment.
    std::vector<V2Place> select(const hl7v2::Path& path) const;
    /// Text of the first place; empty where there is none. Counts as read.
    std::string get(std::string_view path);

    /// Decoded text of a place: its own, or that of its first component. Counts as read; `""` gives nothing.
    std::string text(const tree::Node& node);
    /// Text of a component (and sub-component) of a field, from 1; the field itself is its first component.
    std::string component(const tree::Node& field, unsigned component, unsigned subcomponent = 0);
    /// Everything below a place, joined with ^ and & as it was written. Counts as read.
    std::string whole(const tree::Node& node, char separator = '^');
    /// Is it `""`, the sender's wish to delete?
    static bool is_null(const tree::Node& node);
    static bool has_value(const tree::Node& node);

    /// One round of `for`: paths to these segments (and to one field repetition) stay within it.
    struct Scope {
        std::vector<std::string> names;  ///< Segments that this group holds.
        std::vector<tree::Node> segments;
        unsigned field = 0;     ///< A `for` over repetitions: that field of names[0] ...
        tree::Node repetition;  ///< ... is this one.
    };
    void enter(Scope scope) { scopes_.push_back(std::move(scope)); }
    void leave() { scopes_.pop_back(); }
    /// The rounds of `for PATH with NAMES`; `joined` keeps the pieces of one attachment together.
    std::vector<Scope> rounds(const hl7v2::Path& path, const std::vector<std::string>& with, bool joined) const;

    void mark(const tree::Node& node) { read_.insert(node.handle()); }
    /// Paths with a value that nobody read, each as high in the tree as nothing below it was read.
    std::vector<std::string> lost() const;

private:
    const Scope* scope_of(std::string_view segment) const;
    std::vector<tree::Node> segments(const hl7v2::Path& path) const;
    std::vector<tree::Node> group(const tree::Node& head, const std::vector<std::string>& with) const;
    bool continues(const tree::Node& previous, const tree::Node& segment) const;
    bool any_read(const tree::Node& node) const;
    void collect_lost(const tree::Node& node, std::vector<std::string>& out) const;

    std::vector<tree::Node> all_;
    std::vector<Scope> scopes_;
    std::unordered_set<tree::Node::Handle> read_;
};

}  // namespace causeway::mapping
