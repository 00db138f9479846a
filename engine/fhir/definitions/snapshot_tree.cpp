#include "fhir/definitions/snapshot_tree.hpp"

#include <algorithm>

namespace causeway::fhir {
namespace {

struct Step {
    std::string_view name;
    std::string_view slice;
};

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto dot = text.find('.');
        parts.push_back(text.substr(0, dot));
        if (dot == std::string_view::npos) return parts;
        text.remove_prefix(dot + 1);
    }
}

/// Reads elements one by one into a tree.
class TreeReader {
public:
    explicit TreeReader(JsonArena& arena) : arena_(arena) {}

    void add(const Json& element) {
        const auto path = split(element("path"));
        if (!root_) {
            root_ = std::make_unique<SnapshotNode>();
            root_->name = path.front();
        }
        const auto ids = split(element("id"));
        auto* at = root_.get();
        for (std::size_t i = 1; i < path.size(); ++i) {
            Step step{path[i], {}};
            const bool is_last = i + 1 == path.size();
            const bool has_id = ids.size() == path.size();
            // The element itself is a slice by its sliceName only; ids tell which slices it is in.
            if (has_id && !is_last) step.slice = slice_of(ids[i]);
            if (is_last) step.slice = element("sliceName");
            if (is_last && step.slice.empty()) step.slice = implied_slice(*at, path[i], element);
            at = has_id || is_last ? &child(*at, step) : &last_child(*at, step);
        }
        // The same element twice: what comes later counts too.
        at->json = at->json ? joined(*at->json, element) : &element;
    }

    std::unique_ptr<SnapshotNode> take() { return std::move(root_); }

private:
    static std::string_view slice_of(std::string_view id) {
        const auto colon = id.find(':');
        return colon == std::string_view::npos ? std::string_view() : id.substr(colon + 1);
    }

    // An extension without a slice name is named by its profile.
    static std::string_view implied_slice(const SnapshotNode& parent, std::string_view name, const Json& element) {
        if (name != "extension" && name != "modifierExtension") return {};
        const auto& profile = element["type"].item(0)["profile"];
        const auto url = profile.is_array() ? profile.item(0).text : profile.text;
        if (url.empty() || (parent.find(name, "") == SnapshotNode::npos && element.has("slicing"))) return {};
        const auto tail = url.substr(url.rfind('/') + 1);
        return tail.substr(0, tail.find('|'));
    }

    SnapshotNode& child(SnapshotNode& parent, const Step& step) {
        const auto found = parent.find(step.name, step.slice);
        if (found != SnapshotNode::npos) return *parent.children[found];
        auto made = std::make_unique<SnapshotNode>();
        made->name = step.name;
        made->slice = step.slice;
        parent.children.push_back(std::move(made));
        return *parent.children.back();
    }

    // Without ids, an element belongs to the one of that name that came last, whichever slice it is.
    SnapshotNode& last_child(SnapshotNode& parent, const Step& step) {
        for (auto at = parent.children.rbegin(); at != parent.children.rend(); ++at)
            if ((*at)->name == step.name) return **at;
        return child(parent, step);
    }

    const Json* joined(const Json& first, const Json& second) {
        auto* both = arena_.copy(first);
        for (const auto& member : second) both->set(member.name, member.value);
        return both;
    }

    JsonArena& arena_;
    std::unique_ptr<SnapshotNode> root_;
};

class TreeWriter {
public:
    explicit TreeWriter(JsonArena& arena) : arena_(arena), elements_(arena.make(Json::Kind::array)) {}

    void add(const SnapshotNode& node, const std::string& parent_path, const std::string& parent_id) {
        const auto path = parent_path.empty() ? std::string(node.name) : parent_path + "." + std::string(node.name);
        auto id = parent_id.empty() ? std::string(node.name) : parent_id + "." + std::string(node.name);
        if (!node.slice.empty()) id += ":" + std::string(node.slice);
        auto* element = arena_.make(Json::Kind::object);
        element->set("id", arena_.text(id));
        element->set("path", arena_.text(path));
        if (!node.slice.empty()) element->set("sliceName", arena_.text(node.slice));
        if (node.json)
            for (const auto& member : *node.json)
                if (member.name != "id" && member.name != "path" && member.name != "sliceName")
                    element->push(member.name, member.value);
        elements_->push(element);
        for (const auto& child : node.children) add(*child, path, id);
    }

    const Json* elements() const noexcept { return elements_; }

private:
    JsonArena& arena_;
    Json* elements_;
};

}  // namespace

std::unique_ptr<SnapshotNode> SnapshotNode::clone() const {
    auto copy = std::make_unique<SnapshotNode>();
    copy->json = json;
    copy->base = base;
    copy->name = name;
    copy->slice = slice;
    copy->children.reserve(children.size());
    for (const auto& child : children) copy->children.push_back(child->clone());
    return copy;
}

std::size_t SnapshotNode::find(std::string_view child_name, std::string_view child_slice) const noexcept {
    for (std::size_t i = 0; i < children.size(); ++i)
        if (children[i]->name == child_name && children[i]->slice == child_slice) return i;
    return npos;
}

std::unique_ptr<SnapshotNode> read_tree(const Json& elements, JsonArena& arena) {
    TreeReader reader(arena);
    for (const auto& item : elements)
        if (item.value->has("path")) reader.add(*item.value);
    return reader.take();
}

const Json* write_tree(const SnapshotNode& root, JsonArena& arena) {
    TreeWriter writer(arena);
    writer.add(root, "", "");
    return writer.elements();
}

std::size_t count_nodes(const SnapshotNode& root) noexcept {
    std::size_t count = 1;
    for (const auto& child : root.children) count += count_nodes(*child);
    return count;
}

}  // namespace causeway::fhir
