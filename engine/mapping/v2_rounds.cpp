/// What `for` goes through in a message: segments with those that follow them, repetitions, groups.
#include <algorithm>
#include <set>

#include "hl7v2/group_lookup.hpp"
#include "mapping/attachment.hpp"
#include "mapping/v2_reader.hpp"

namespace causeway::mapping {

/// The head, and the segments of these names that follow it before the next of its kind. A note belongs to the segment
/// that it stands behind.
std::vector<std::uint32_t> V2Reader::group(std::uint32_t head, const std::vector<SegmentName>& names) const {
    std::vector<std::uint32_t> members = {head};
    static const auto note = number_of("NTE"), participation = number_of("PRT"), detail = number_of("TCD");
    bool inside = true;
    const auto add_until = [&](std::uint32_t segment) {
        const auto name = names_[segment];
        if (name == names_[head]) return false;
        const bool named = std::find(names.begin(), names.end(), name) != names.end();
        // PRT, TCD and Z segments say more of the one before them and have no notes.
        if (name != note && name != participation && name != detail && name >> 16 != 'Z') inside = named;
        if (named && (name != note || inside)) members.push_back(segment);
        return true;
    };
    if (const auto* outer = scope_of(names_[head]); outer != nullptr) {
        // They stand in the order of the message: a search from the first one would take ever longer.
        auto at = std::lower_bound(outer->segments.begin(), outer->segments.end(), head);
        while (at != outer->segments.end() && ++at != outer->segments.end() && add_until(*at)) {
        }
    } else {
        for (auto segment = head + 1; segment < segments_ && add_until(segment);) ++segment;
    }
    return members;
}

bool V2Reader::continues(std::uint32_t previous, std::uint32_t segment) const {
    const auto same = [&](unsigned field) {
        const auto a = first_repetition(previous, field);
        const auto b = first_repetition(segment, field);
        return a.empty() == b.empty() && (a.empty() || first_text(a) == first_text(b));
    };
    const auto data = [&](std::uint32_t obx) {
        const auto field = first_repetition(obx, 5);
        return field.empty() ? field : part(field, 5);
    };
    const auto before = data(previous);
    const auto after = data(segment);
    return !before.empty() && !after.empty() && same(2) && same(3) && same(4) && begins_file(spans().value(before)) &&
           !begins_file(spans().value(after));
}

std::vector<V2Reader::Scope> V2Reader::rounds(const hl7v2::Path& path, const std::vector<std::string>& with,
                                              bool joined) const {
    if (path.segment.empty()) return rounds_of_groups(path.groups);
    std::vector<Scope> made;
    const auto places = select(path);
    if (places.empty()) return made;
    std::vector<SegmentName> names{number_of(path.segment)};
    for (const auto& name : with) names.push_back(number_of(name));
    for (const auto& place : places) {
        if (path.field != 0) {
            if (has_value(place)) made.push_back({{names.front()}, {place.segment}, path.field, place, {}});
        } else if (joined && !made.empty() && continues(made.back().segments.front(), place.segment)) {
            made.back().segments.push_back(place.segment);
        } else {
            made.push_back({names, group(place.segment, names), 0, {}, {}});
        }
    }
    return made;
}

std::vector<V2Reader::Scope> V2Reader::rounds_of_groups(const std::vector<hl7v2::PathGroup>& path) const {
    std::vector<Scope> made;
    if (message_ == nullptr) return made;
    const auto& lookup = message_->groups();
    const auto found = lookup.find(path);
    auto segments = lookup.segments_of(found);
    std::set<SegmentName> local;  // Z segments belong to the groups where they stand.
    for (const auto& held : segments)
        for (const auto segment : held)
            if (names_[segment] >> 16 == 'Z') local.insert(names_[segment]);
    const auto shared = std::make_shared<const std::vector<SegmentName>>(local.begin(), local.end());
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (segments[i].empty()) continue;
        const auto* outer = scope_of(names_[segments[i].front()]);
        if (outer != nullptr &&
            !std::binary_search(outer->segments.begin(), outer->segments.end(), segments[i].front()))
            continue;
        std::vector<SegmentName> names;
        for (const auto& name : lookup.names_in(found[i])) names.push_back(number_of(name));
        made.push_back({std::move(names), std::move(segments[i]), 0, {}, shared});
    }
    return made;
}

V2Place V2Reader::head(const Scope& scope) const {
    if (scope.field != 0) return scope.repetition;
    const auto segment = scope.segments.front();
    return {spans().segment(segment), segment, {}};
}

}  // namespace causeway::mapping
