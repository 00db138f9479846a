#include "hl7v2/dictionary/structure.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "hl7v2/dictionary/tables.hpp"

namespace causeway::hl7v2 {
namespace {

std::string_view text(tables::Text at) noexcept {
    return {tables::kTexts + at.begin, at.length};
}

const tables::Structure* find(const Dictionary& dictionary, std::string_view name) noexcept {
    const auto& version = tables::kVersions[dictionary.row()];
    const auto* end = tables::kStructures + version.structures_end;
    const auto* found =
        std::lower_bound(tables::kStructures + version.structures, end, name,
                         [](const tables::Structure& s, std::string_view n) { return text(s.name) < n; });
    return found != end && text(found->name) == name ? found : nullptr;
}

/// "ADT_A28" where the event is known, then MSH-9.3, then the message alone (2.1, and ACK).
std::array<std::string, 3> names(std::string_view code, std::string_view event, std::string_view structure) {
    if (code == "ACK" || code == "MCF") return {"ACK", "", ""};
    return {event.empty() ? "" : std::string(code) + '_' + std::string(event), std::string(structure),
            std::string(code)};
}

}  // namespace

std::optional<Structure> Structure::of(const Dictionary& dictionary, std::string_view code, std::string_view event,
                                       std::string_view structure) {
    const auto wanted = names(code, event, structure);
    const auto all = Dictionary::all();
    const auto own = static_cast<std::size_t>(&dictionary - all.data());
    // The version itself, then those before it from the newest, then those after it.
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto& version = all[i <= own ? own - i : i];
        for (const auto& name : wanted) {
            const auto* found = name.empty() ? nullptr : find(version, name);
            if (found == nullptr) continue;
            Structure out;
            out.name_ = text(found->name);
            out.version_ = version.version();
            out.begin_ = found->first;
            out.end_ = found->end;
            return out;
        }
    }
    return std::nullopt;
}

StructureNode Structure::node(std::uint32_t number) const noexcept {
    const auto& node = tables::kNodes[number];
    return {static_cast<StructureNode::Kind>(node.kind), text(node.name), node.min, node.max, node.end};
}

bool Groups::is_within(std::uint32_t instance, std::uint32_t group) const noexcept {
    while (instance != group && instance != 0) instance = instances[instance].parent;
    return instance == group;
}

namespace {

/// Walks a structure along the segments of a message. A frame is an open occurrence of a group (or choice) and how far
/// in it the message has come.
class Placer {
public:
    Placer(const Structure& structure, const std::vector<std::string_view>& segments)
        : structure_(structure), segments_(segments) {}

    Groups run() {
        out_.instances.push_back({structure_.name(), 0, 0, 1});
        frames_.push_back({structure_.begin(), structure_.end(), structure_.begin(), 0, 0});
        for (const auto name : segments_) ++left_[name];
        for (std::uint32_t i = 0; i < segments_.size(); ++i) {
            --left_[segments_[i]];
            const bool local = segments_[i].starts_with('Z');
            // Strictly first: nothing that is required is passed over. Then with gaps, because something is missing.
            const bool placed = place(segments_[i], false) || (!local && place(segments_[i], true));
            if (!placed && !local) out_.unexpected.push_back(i);
            out_.of_segment.push_back(frames_.back().instance);
            out_.node_of_segment.push_back(placed ? placed_ : Groups::kNone);
        }
        return std::move(out_);
    }

private:
    struct Frame {
        std::uint32_t first, end;  ///< Nodes below it.
        std::uint32_t at;          ///< The node that came last.
        std::uint32_t used;        ///< How often that node came, one after the other.
        std::uint32_t instance;
        bool is_choice = false;
    };

    std::uint32_t next(std::uint32_t node) const noexcept { return structure_.node(node).end; }

    /// Tries the innermost open group first, then those around it.
    bool place(std::string_view name, bool gaps) {
        for (std::size_t depth = frames_.size(); depth-- > 0;) {
            if (forward(depth, name, gaps)) return true;
            if (!gaps && !may_leave(depth)) return false;
        }
        return false;
    }

    /// From where the frame is onwards; what came last may come again. Without gaps nothing required is passed over;
    /// with them only what does not come later, and no group is begun again in its middle.
    bool forward(std::size_t depth, std::string_view name, bool gaps) {
        const auto frame = frames_[depth];
        if (frame.is_choice) return false;
        for (auto node = frame.at; node < frame.end; node = next(node)) {
            const auto what = structure_.node(node);
            const bool is_last = node == frame.at;
            const bool is_free = !is_last || frame.used == 0 || what.max == 0 || frame.used < what.max;
            const bool came = is_last && frame.used > 0;
            std::vector<std::uint32_t> way;
            if (is_free && reaches(node, name, gaps && !came, way)) {
                frames_.resize(depth + 1);
                enter(way);
                return true;
            }
            if (what.min > 0 && !came && (!gaps || is_awaited(node))) return false;
        }
        return false;
    }

    /// Is all that the frame's group requires there?
    bool may_leave(std::size_t depth) const {
        const auto& frame = frames_[depth];
        if (frame.is_choice) return true;
        for (auto node = frame.at; node < frame.end; node = next(node)) {
            const bool came = node == frame.at && frame.used > 0;
            if (!came && structure_.node(node).min > 0) return false;
        }
        return true;
    }

    /// Can the segment be the next one in `node`, as the first of what is there? `way` becomes the nodes down to it.
    bool reaches(std::uint32_t node, std::string_view name, bool gaps, std::vector<std::uint32_t>& way) const {
        const auto what = structure_.node(node);
        way.push_back(node);
        if (what.kind == StructureNode::Kind::segment) {
            if (what.name == name) return true;
            way.pop_back();
            return false;
        }
        for (auto below = node + 1; below < what.end; below = next(below)) {
            if (reaches(below, name, gaps, way)) return true;
            const bool required = structure_.node(below).min > 0 && what.kind == StructureNode::Kind::group;
            const bool stops = required && (!gaps || is_awaited(below));
            if (stops) break;
        }
        way.pop_back();
        return false;
    }

    /// Does the first segment of a required node come later?
    bool is_awaited(std::uint32_t node) const {
        auto what = structure_.node(node);
        while (what.kind == StructureNode::Kind::group) what = structure_.node(++node);
        const auto left = left_.find(what.name);
        return what.kind == StructureNode::Kind::segment && left != left_.end() && left->second > 0;
    }

    /// Opens the groups on the way and takes the segment, from the innermost frame.
    void enter(const std::vector<std::uint32_t>& way) {
        for (const auto node : way) {
            auto& frame = frames_.back();
            frame.used = frame.at == node ? frame.used + 1 : 1;
            frame.at = node;
            const auto what = structure_.node(node);
            if (what.kind == StructureNode::Kind::segment) break;
            auto instance = frame.instance;
            if (what.kind == StructureNode::Kind::group) instance = open(what.name, node, frame);
            frames_.push_back({node + 1, what.end, node + 1, 0, instance, what.kind == StructureNode::Kind::choice});
        }
        placed_ = way.back();
    }

    std::uint32_t open(std::string_view name, std::uint32_t node, const Frame& frame) {
        out_.instances.push_back({name, node, frame.instance, ++numbers_[{frame.instance, name}]});
        return static_cast<std::uint32_t>(out_.instances.size() - 1);
    }

    const Structure& structure_;
    const std::vector<std::string_view>& segments_;
    std::vector<Frame> frames_;
    std::map<std::string_view, std::size_t> left_;  ///< How many of each are still to come.
    std::map<std::pair<std::uint32_t, std::string_view>, std::uint32_t> numbers_;  ///< By parent and name.
    Groups out_;
    std::uint32_t placed_ = 0;
};

}  // namespace

Groups group_segments(const Structure& structure, const std::vector<std::string_view>& segments) {
    return Placer(structure, segments).run();
}

}  // namespace causeway::hl7v2
