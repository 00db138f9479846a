#include "mapping/v2_reader.hpp"

#include <algorithm>
#include <optional>

#include "mapping/attachment.hpp"

namespace causeway::mapping {
namespace {

using tree::Node;

std::vector<Node> children(const Node& node) {
    std::vector<Node> found;
    node.children(found);
    return found;
}

std::vector<Node> children(const Node& node, unsigned name) {
    std::vector<Node> found;
    node.children(std::to_string(name), found);
    return found;
}

/// The place, or the first one in it that has no parts; nothing where another comes first.
std::optional<Node> first_leaf(Node node) {
    while (!node.has_value()) {
        const auto first = children(node, 1);
        if (first.empty()) return children(node).empty() ? std::optional(node) : std::nullopt;
        node = first.front();
    }
    return node;
}

std::string_view first_text(const Node& node) {
    const auto leaf = first_leaf(node);
    return leaf ? leaf->text() : std::string_view();
}

Node part(const Node& node, unsigned index) {
    if (index == 0 || (index == 1 && node.has_value())) return node;
    const auto found = children(node, index);
    return found.empty() ? Node() : found.front();
}

/// Does one test of a filter hold for a repetition (or, with the field first, for a segment)?
bool holds(const Node& node, const hl7v2::PathFilter::Test& test) {
    const auto firsts = children(node, test.first);
    if (firsts.empty() && test.first == 1 && children(node).empty()) return first_text(node) == test.equals;
    return std::any_of(firsts.begin(), firsts.end(), [&](const Node& first) {
        const auto place = part(first, test.second);
        return place && first_text(place) == test.equals;
    });
}

bool keeps(const hl7v2::PathFilter& filter, const Node& node) {
    if (filter.empty()) return true;
    return std::any_of(filter.any_of.begin(), filter.any_of.end(), [&](const auto& test) { return holds(node, test); });
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

V2Reader::V2Reader(const Node& root) : all_(children(root)) {
}

const V2Reader::Scope* V2Reader::scope_of(std::string_view segment) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
        if (contains(scope->names, segment)) return &*scope;
    return nullptr;
}

std::vector<Node> V2Reader::segments(const hl7v2::Path& path) const {
    const auto* scope = scope_of(path.segment);
    std::vector<Node> found;
    for (const auto& segment : scope != nullptr ? scope->segments : all_)
        if (segment.name() == path.segment && keeps(path.segment_filter, segment)) found.push_back(segment);
    if (path.segment_index == 0) return found;
    if (path.segment_index > found.size()) return {};
    return {found[path.segment_index - 1]};
}

std::vector<V2Place> V2Reader::select(const hl7v2::Path& path) const {
    std::vector<V2Place> places;
    const auto* scope = scope_of(path.segment);
    for (const auto& segment : segments(path)) {
        if (path.field == 0) {
            places.push_back({segment, segment});
            continue;
        }
        auto fields = children(segment, path.field);
        if (scope != nullptr && scope->field == path.field && scope->field != 0) fields = {scope->repetition};
        std::uint32_t count = 0;
        for (const auto& field : fields) {
            if (!keeps(path.repetition_filter, field)) continue;
            if (path.repetition != 0 && path.repetition != ++count) continue;
            const auto place = part(part(field, path.component), path.subcomponent);
            if (place) places.push_back({place, segment});
        }
    }
    return places;
}

std::string V2Reader::get(std::string_view path) {
    const auto parsed = hl7v2::Path::parse(path);
    if (!parsed) return {};
    const auto places = select(*parsed);
    return places.empty() ? std::string() : text(places.front().node);
}

bool V2Reader::is_null(const Node& node) {
    return first_text(node) == "\"\"";
}

bool V2Reader::has_value(const Node& node) {
    if (node.has_value()) return !node.text().empty();
    const auto below = children(node);
    return std::any_of(below.begin(), below.end(), [](const Node& child) { return has_value(child); });
}

std::string V2Reader::text(const Node& node) {
    const auto place = first_leaf(node);
    if (!place) return {};
    mark(*place);
    const auto value = place->text();
    return value == "\"\"" ? std::string() : std::string(value);
}

std::string V2Reader::component(const Node& field, unsigned component, unsigned subcomponent) {
    const auto place = part(field, component);
    if (!place) return {};
    const auto inner = part(place, subcomponent);
    return inner ? text(inner) : std::string();
}

std::string V2Reader::whole(const Node& node, char separator) {
    const auto below = children(node);
    if (below.empty()) {
        mark(node);
        return std::string(node.text());
    }
    std::string joined;
    std::size_t last = 1;
    for (const auto& child : below) {
        const auto index = static_cast<std::size_t>(std::max(1, std::atoi(std::string(child.name()).c_str())));
        if (index > last) joined.append(index - last, separator);
        last = std::max(last, index);
        joined += whole(child, '&');
    }
    return joined;
}

std::vector<Node> V2Reader::group(const Node& head, const std::vector<std::string>& with) const {
    std::vector<Node> members = {head};
    const auto* outer = scope_of(head.name());
    const auto& pool = outer != nullptr ? outer->segments : all_;
    auto at = std::find(pool.begin(), pool.end(), head);
    if (at == pool.end()) return members;
    for (++at; at != pool.end() && at->name() != head.name(); ++at)
        if (contains(with, at->name())) members.push_back(*at);
    return members;
}

bool V2Reader::continues(const Node& previous, const Node& segment) const {
    const auto same = [&](unsigned field) {
        const auto a = children(previous, field);
        const auto b = children(segment, field);
        return a.empty() == b.empty() && (a.empty() || first_text(a.front()) == first_text(b.front()));
    };
    const auto data = [](const Node& obx) {
        const auto fields = children(obx, 5);
        return fields.empty() ? Node() : part(fields.front(), 5);
    };
    const auto before = data(previous);
    const auto after = data(segment);
    return before && after && same(2) && same(3) && same(4) && begins_file(before.text()) && !begins_file(after.text());
}

std::vector<V2Reader::Scope> V2Reader::rounds(const hl7v2::Path& path, const std::vector<std::string>& with,
                                              bool joined) const {
    std::vector<Scope> made;
    std::vector<std::string> names = with;
    names.insert(names.begin(), path.segment);
    for (const auto& place : select(path)) {
        if (path.field != 0) {
            if (has_value(place.node)) made.push_back({{path.segment}, {place.segment}, path.field, place.node});
        } else if (joined && !made.empty() && continues(made.back().segments.front(), place.node)) {
            made.back().segments.push_back(place.node);
        } else {
            made.push_back({names, group(place.node, with), 0, {}});
        }
    }
    return made;
}

bool V2Reader::any_read(const Node& node) const {
    if (read_.contains(node.handle())) return true;
    const auto below = children(node);
    return std::any_of(below.begin(), below.end(), [this](const Node& child) { return any_read(child); });
}

void V2Reader::collect_lost(const Node& node, std::vector<std::string>& out) const {
    if (read_.contains(node.handle()) || !has_value(node)) return;
    if (!any_read(node)) {
        out.push_back(node.path());
        return;
    }
    for (const auto& child : children(node)) collect_lost(child, out);
}

std::vector<std::string> V2Reader::lost() const {
    std::vector<std::string> out;
    for (const auto& segment : all_) {
        if (read_.contains(segment.handle())) continue;
        for (const auto& field : children(segment)) {
            const auto name = field.name();
            const bool delimiters = segment.name() == "MSH" && (name == "1" || name == "2");
            if (!delimiters) collect_lost(field, out);
        }
    }
    return out;
}

}  // namespace causeway::mapping
