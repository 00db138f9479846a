#include "hl7v2/group_lookup.hpp"

#include <algorithm>
#include <utility>

#include "hl7v2/message.hpp"

namespace causeway::hl7v2 {
namespace {

using Kind = StructureNode::Kind;

/// The node of a group of that name; end() for none.
std::uint32_t group_named(const Structure& structure, std::string_view name) {
    for (auto node = structure.begin(); node < structure.end(); ++node)
        if (const auto what = structure.node(node); what.kind == Kind::group && what.name == name) return node;
    return structure.end();
}

std::string_view first_segment(const Structure& structure, std::uint32_t node) {
    while (structure.node(node).kind != Kind::segment) ++node;
    return structure.node(node).name;
}

/// The group that begins with this segment.
std::string_view group_beginning(const Structure& structure, std::string_view segment) {
    for (auto node = structure.begin(); node < structure.end(); ++node)
        if (const auto what = structure.node(node);
            what.kind == Kind::group && first_segment(structure, node) == segment)
            return what.name;
    return {};
}

}  // namespace

GroupLookup::GroupLookup(const Index& index, std::string_view version, std::string_view code, std::string_view event,
                         std::string_view structure)
    : code_(code),
      event_(event),
      id_(structure),
      structure_(Structure::of(Dictionary::of(version), code, event, structure)) {
    if (!structure_) return;
    std::vector<std::string_view> names;
    for (const auto& segment : index.segments()) names.push_back(segment.name_view());
    groups_ = group_segments(*structure_, names);
}

std::string_view GroupLookup::own_name(std::string_view name) const {
    if (group_named(*structure_, name) != structure_->end()) return name;
    for (const auto& dictionary : Dictionary::all()) {
        const auto other = Structure::of(dictionary, code_, event_, id_);
        const auto node = other ? group_named(*other, name) : 0;
        if (other && node != other->end()) return group_beginning(*structure_, first_segment(*other, node));
    }
    return {};
}

std::vector<std::uint32_t> GroupLookup::find(const std::vector<PathGroup>& path) const {
    std::vector<std::uint32_t> found{0};
    if (!structure_) return {};
    for (const auto& group : path) {
        const auto name = own_name(group.name);
        std::vector<std::uint32_t> below;
        for (const auto outer : found) {
            std::uint32_t number = 0;
            // What is within an occurrence follows it.
            for (auto i = outer + 1; i < groups_.instances.size() && groups_.is_within(i, outer); ++i)
                if (groups_.instances[i].name == name && (++number == group.index || group.index == 0))
                    below.push_back(i);
        }
        found = std::move(below);
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

std::optional<std::uint32_t> GroupLookup::holder(std::uint32_t segment, const std::vector<std::uint32_t>& found) const {
    if (is_unexpected(segment)) return std::nullopt;
    for (auto group = groups_.of_segment[segment];; group = groups_.instances[group].parent) {
        if (std::binary_search(found.begin(), found.end(), group)) return group;
        if (group == 0) return std::nullopt;
    }
}

std::vector<std::vector<std::uint32_t>> GroupLookup::segments_of(const std::vector<std::uint32_t>& found) const {
    std::vector<std::vector<std::uint32_t>> out(found.size());
    for (std::uint32_t segment = 0; segment < groups_.of_segment.size(); ++segment)
        if (const auto group = holder(segment, found))
            out[static_cast<std::size_t>(std::lower_bound(found.begin(), found.end(), *group) - found.begin())]
                .push_back(segment);
    return out;
}

std::vector<std::string> GroupLookup::names_in(std::uint32_t group) const {
    std::vector<std::string> names;
    if (!structure_) return names;
    const auto first = groups_.instances[group].node;
    for (auto node = first + 1; node < structure_->node(first).end; ++node)
        if (const auto what = structure_->node(node); what.kind == Kind::segment) names.emplace_back(what.name);
    return names;
}

bool GroupLookup::is_unexpected(std::uint32_t segment) const {
    return std::binary_search(groups_.unexpected.begin(), groups_.unexpected.end(), segment);
}

std::string GroupLookup::path_of(std::uint32_t segment) const {
    std::string out;
    if (!structure_ || is_unexpected(segment)) return out;
    for (auto at = groups_.of_segment[segment]; at != 0; at = groups_.instances[at].parent) {
        const auto& group = groups_.instances[at];
        auto step = std::string(group.name) + '[' + std::to_string(group.number) + ']';
        out = out.empty() ? std::move(step) : std::move(step) + '.' + out;
    }
    return out;
}

GroupFilter::GroupFilter(const Message& message, const Path& path) {
    if (path.groups.empty()) return;
    lookup_ = &message.groups();
    found_ = lookup_->find(path.groups);
}

bool GroupFilter::takes(std::uint32_t segment, std::uint32_t& counted) {
    if (lookup_ == nullptr) return true;
    const auto group = found_.empty() ? std::nullopt : lookup_->holder(segment, found_);
    if (!group) return false;
    if (group != last_) counted = 0;
    last_ = group;
    return true;
}

}  // namespace causeway::hl7v2
