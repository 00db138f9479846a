/// What `for` goes through in a message: segments with those that follow them, repetitions, groups.
#include <algorithm>
#include <functional>
#include <set>

#include "hl7v2/group_lookup.hpp"
#include "mapping/attachment.hpp"
#include "mapping/v2_reader.hpp"

namespace causeway::mapping {
namespace {

bool contains(const std::vector<std::string>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::vector<std::uint32_t> V2Reader::group(std::uint32_t head, const std::vector<std::string>& with) const {
    std::vector<std::uint32_t> members = {head};
    const auto& all = spans().index().segments();
    const auto name = all[head].name_view();
    const auto add_until = [&](std::uint32_t segment) {
        if (all[segment].name_view() == name) return false;
        if (contains(with, all[segment].name_view())) members.push_back(segment);
        return true;
    };
    if (const auto* outer = scope_of(name); outer != nullptr) {
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
    std::vector<std::string> names = with;
    names.insert(names.begin(), path.segment);
    for (const auto& place : select(path)) {
        if (path.field != 0) {
            if (has_value(place)) made.push_back({{path.segment}, {place.segment}, path.field, place, {}});
        } else if (joined && !made.empty() && continues(made.back().segments.front(), place.segment)) {
            made.back().segments.push_back(place.segment);
        } else {
            made.push_back({names, group(place.segment, with), 0, {}, {}});
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
    const auto& all = spans().index().segments();
    std::set<std::string, std::less<>> local;  // Z segments belong to the groups where they stand.
    for (const auto& held : segments)
        for (const auto segment : held)
            if (const auto name = all[segment].name_view(); name.starts_with('Z')) local.emplace(name);
    const auto shared = std::make_shared<const std::vector<std::string>>(local.begin(), local.end());
    for (std::size_t i = 0; i < found.size(); ++i) {
        if (segments[i].empty()) continue;
        const auto* outer = scope_of(all[segments[i].front()].name_view());
        if (outer != nullptr &&
            !std::binary_search(outer->segments.begin(), outer->segments.end(), segments[i].front()))
            continue;
        made.push_back({lookup.names_in(found[i]), std::move(segments[i]), 0, {}, shared});
    }
    return made;
}

V2Place V2Reader::head(const Scope& scope) const {
    if (scope.field != 0) return scope.repetition;
    const auto segment = scope.segments.front();
    return {spans().segment(segment), segment, {}};
}

}  // namespace causeway::mapping
