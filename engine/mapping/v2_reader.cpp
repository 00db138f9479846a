#include "mapping/v2_reader.hpp"

#include <algorithm>
#include <bit>

#include "hl7v2/group_lookup.hpp"

namespace causeway::mapping {
namespace {

using hl7v2::Level;
using hl7v2::Span;

bool contains(const std::vector<V2Reader::SegmentName>& names, V2Reader::SegmentName name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr std::uint64_t with_name(V2Reader::SegmentName name, std::uint32_t segment) {
    return static_cast<std::uint64_t>(name) << 32 | segment;
}

}  // namespace

V2Reader::SegmentName V2Reader::number_of(std::string_view name) noexcept {
    const auto at = [&](std::size_t i) { return static_cast<SegmentName>(static_cast<unsigned char>(name[i])); };
    return name.size() == 3 ? at(0) << 16 | at(1) << 8 | at(2) : 0;
}

V2Reader::V2Reader(const tree::Node& root)
    : message_(dynamic_cast<const hl7v2::IndexedMessage*>(root.document())),
      segments_(message_ != nullptr ? static_cast<std::uint32_t>(message_->spans().index().segments().size()) : 0) {
    if (message_ == nullptr) return;
    read_.resize(spans().text().size() + 1);
    constexpr std::size_t kFewest = 64;
    constexpr std::size_t kMost = 2048;
    known_.resize(std::bit_ceil(std::clamp(spans().text().size() / 2, kFewest, kMost)));
    names_.reserve(segments_);
    by_name_.reserve(segments_);
    for (const auto& segment : spans().index().segments()) {
        const auto name = number_of(segment.name_view());
        by_name_.push_back(with_name(name, static_cast<std::uint32_t>(names_.size())));
        names_.push_back(name);
    }
    std::sort(by_name_.begin(), by_name_.end());
}

const Span& V2Reader::at(Level level, std::uint32_t number, std::uint32_t begin) const noexcept {
    auto& known = known_[(begin * 3 + static_cast<std::uint32_t>(level)) & (known_.size() - 1)];
    if (known.begin != begin || known.level != level || known.number != number)
        known = spans().at(level, number, begin);
    return known;
}

template <class Visit>
void V2Reader::split(Level level, hl7v2::Range whole, std::uint32_t number, std::uint32_t step, Visit& visit) const {
    while (whole.begin < whole.end) {
        const auto place = at(level, number, whole.begin);
        if (!place.empty() && !visit(place)) return;
        whole.begin = place.end + 1;
        number += step;
    }
}

/// Calls visit(Span) for each part that is not empty, of a segment for each field repetition, until it returns false.
template <class Visit>
void V2Reader::each_part(const Span& place, Visit visit) const {
    if (place.level != Level::segment) {
        if (place.has_parts) split(hl7v2::Spans::below(place.level), place.range(), 1, 1, visit);
        return;
    }
    bool goes_on = true;
    for (std::uint32_t field = 1; goes_on && field <= spans().index().field_count(place.number - 1); ++field)
        repetitions(place.number - 1, field, [&](const Span& part) { return goes_on = visit(part); });
}

/// Part `number`; 0: the place itself, which also is its own first part where it has none.
Span V2Reader::part(const Span& whole, unsigned number) const {
    if (number == 0 || (number == 1 && !whole.has_parts)) return whole;
    if (whole.level < Level::field || spans().is_literal(whole.begin)) return spans().part(whole, number);
    Span found;
    each_part(whole, [&](const Span& place) {
        if (place.number == number) found = place;
        return place.number < number;
    });
    return found;
}

/// Goes down to the first place that has no parts, or whose type has none; false where another comes first.
bool V2Reader::first_leaf(Span& place) const {
    while (place.has_parts) {
        if (spans().is_leaf(place)) {
            place.has_parts = place.is_plain = false;
            return true;
        }
        Span first;
        each_part(place, [&](const Span& part) {
            first = part;
            return false;
        });
        if (first.empty()) return true;
        if (first.number != 1) return false;
        place = first;
    }
    return true;
}

std::string_view V2Reader::first_text(const Span& place) const {
    auto leaf = place;
    return first_leaf(leaf) ? spans().value(leaf) : std::string_view();
}

bool V2Reader::has_value(const Span& place) const {
    if (!place.has_parts) return !spans().value(place).empty();
    bool any = false;
    each_part(place, [&](const Span& part) {
        any = has_value(part);
        return !any;
    });
    return any;
}

bool V2Reader::has_value(const V2Place& place) const {
    return place.is_plain() ? !place.plain.empty() : has_value(place.span);
}

bool V2Reader::is_part(const Span& place, unsigned second, const std::string& value) const {
    const auto found = part(place, second);
    return !found.empty() && first_text(found) == value;
}

/// Does one alternative of the filter hold for a repetition?
bool V2Reader::keeps(const hl7v2::PathFilter& filter, const Span& field) const {
    return filter.empty() || std::any_of(filter.any_of.begin(), filter.any_of.end(), [&](const auto& test) {
               const auto first = spans().part(field, test.first);
               return !first.empty() && is_part(first, test.second, test.equals);
           });
}

bool V2Reader::keeps_segment(const hl7v2::PathFilter& filter, std::uint32_t segment) const {
    return filter.empty() || std::any_of(filter.any_of.begin(), filter.any_of.end(), [&](const auto& test) {
               bool holds = false;
               repetitions(segment, test.first, [&](const Span& field) {
                   holds = is_part(field, test.second, test.equals);
                   return !holds;
               });
               return holds;
           });
}

bool V2Reader::Scope::holds(SegmentName name) const {
    return contains(names, name) || (shared_names && contains(*shared_names, name));
}

const V2Reader::Scope* V2Reader::scope_of(SegmentName segment) const {
    for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope)
        if (scope->holds(segment)) return &*scope;
    return nullptr;
}

template <class Visit>
void V2Reader::each_segment(const hl7v2::Path& path, SegmentName name, const Scope* scope, Visit visit) const {
    std::uint32_t count = 0;
    std::optional<hl7v2::GroupFilter> groups;
    if (!path.groups.empty()) groups.emplace(*message_, path);
    const auto take = [&](std::uint32_t segment) {
        if ((groups && !groups->takes(segment, count)) || !keeps_segment(path.segment_filter, segment)) return;
        if (path.segment_index == 0 || path.segment_index == ++count) visit(segment);
    };
    if (scope != nullptr) {
        for (const auto segment : scope->segments)
            if (names_[segment] == name) take(segment);
        return;
    }
    const auto first = std::lower_bound(by_name_.begin(), by_name_.end(), with_name(name, 0));
    for (auto at = first; at != by_name_.end() && *at >> 32 == name; ++at) take(static_cast<std::uint32_t>(*at));
}

void V2Reader::add(const hl7v2::Path& path, std::uint32_t segment, const Span& field, V2Places& out) const {
    auto place = path.component == 0 ? field : component_of(field, path.component);
    if (!place.empty()) place = part(place, path.subcomponent);
    if (!place.empty()) out.push_back({place, segment, {}});
}

void V2Reader::select(const hl7v2::Path& path, V2Places& out) const {
    out.clear();
    if (message_ == nullptr) return;
    const auto name = number_of(path.segment);
    const auto* scope = scope_of(name);
    each_segment(path, name, scope, [&](std::uint32_t segment) {
        if (path.field == 0) return out.push_back({spans().segment(segment), segment, {}});
        std::uint32_t count = 0;
        const auto take = [&](const Span& field) {
            if (!keeps(path.repetition_filter, field)) return true;
            if (path.repetition == 0 || path.repetition == ++count) add(path, segment, field, out);
            return true;
        };
        if (scope != nullptr && scope->field == path.field)
            take(scope->repetition.span);
        else
            repetitions(segment, path.field, take);
    });
}

V2Places V2Reader::select(const hl7v2::Path& path) const {
    V2Places places;
    select(path, places);
    return places;
}

std::string_view V2Reader::get(const hl7v2::Path& path) {
    const auto& places = find(path);
    return places.empty() ? std::string_view() : text(places.front());
}

std::string_view V2Reader::get(std::string_view path) {
    const auto parsed = hl7v2::Path::parse(path);
    return parsed ? get(*parsed) : std::string_view();
}

bool V2Reader::is_null(const V2Place& place) const {
    return (place.is_plain() ? place.plain : first_text(place.span)) == "\"\"";
}

std::string_view V2Reader::text(Span place) {
    if (!first_leaf(place)) return {};
    mark(place);
    const auto value = spans().value(place);
    return value == "\"\"" ? std::string_view() : value;
}

std::string_view V2Reader::text(const V2Place& place) {
    if (!place.is_plain()) return text(place.span);
    return place.plain == "\"\"" ? std::string_view() : place.plain;
}

Span V2Reader::component_of(const Span& field, unsigned number) const {
    if (field.level != Level::field || number == 0 || !field.has_parts) return part(field, number);
    auto& split = splits_[field.begin % splits_.size()];
    auto& components = split.components;
    if (split.begin != field.begin) {
        split.begin = field.begin;
        components.clear();
        for (auto rest = field.range(); rest.begin < rest.end; rest.begin = components.back().end + 1)
            components.push_back(at(Level::component, static_cast<std::uint32_t>(components.size() + 1), rest.begin));
    }
    return number <= components.size() ? components[number - 1] : Span();
}

std::string_view V2Reader::component(const V2Place& field, unsigned component, unsigned subcomponent) {
    if (field.is_plain()) return component <= 1 && subcomponent <= 1 ? text(field) : std::string_view();
    auto place = component_of(field.span, component);
    if (!place.empty()) place = part(place, subcomponent);
    return place.empty() ? std::string_view() : text(place);
}

std::string_view V2Reader::verbatim(const Span& place) {
    if (!place.has_parts) return text(place);
    mark(place);
    std::string scratch;
    const auto value = spans().value(place.range(), scratch);
    return scratch.empty() ? value : std::string_view(verbatim_.emplace_back(std::move(scratch)));
}

std::string_view V2Reader::verbatim(const V2Place& place) {
    return place.is_plain() ? text(place) : verbatim(place.span);
}

std::string_view V2Reader::verbatim(const V2Place& field, unsigned component) {
    if (field.is_plain()) return component <= 1 ? text(field) : std::string_view();
    const auto place = component_of(field.span, component);
    return place.empty() ? std::string_view() : verbatim(place);
}

std::size_t V2Reader::gap(const V2Place& first, const V2Place& next) noexcept {
    const auto& a = first.span;
    const auto& b = next.span;
    const bool follows = !first.is_plain() && first.segment == next.segment && a.level == Level::field &&
                         b.level == Level::field && a.number == b.number && b.begin > a.end;
    return follows ? b.begin - a.end - 1 : 0;
}

std::string_view V2Reader::peek(const V2Place& field, unsigned component) const {
    if (field.is_plain()) return component <= 1 ? field.plain : std::string_view();
    const auto place = field.span.empty() ? field.span : part(field.span, component);
    return place.empty() ? std::string_view() : spans().value(place);
}

std::string V2Reader::whole(const Span& place, char separator) {
    std::string joined;
    std::uint32_t last = 0;
    each_part(place, [&](const Span& part) {
        if (part.number > std::max(last, 1U)) joined.append(part.number - std::max(last, 1U), separator);
        last = part.number;
        joined += whole(part, '&');
        return true;
    });
    if (last != 0) return joined;
    mark(place);
    return std::string(spans().value(place));
}

std::string V2Reader::whole(const V2Place& place, char separator) {
    return place.is_plain() ? std::string(place.plain) : whole(place.span, separator);
}

bool V2Reader::is_whole(const V2Place& place, std::string_view text) {
    if (place.is_plain() || place.span.has_parts) return whole(place) == text;
    mark(place.span);
    return spans().value(place.span) == text;
}

std::string V2Reader::path(const V2Place& place) const {
    return node(place).path();
}

tree::Node V2Reader::node(const V2Place& place) const {
    return place.is_plain() ? tree::Node() : message_->node(place.span);
}

V2Place V2Reader::neighbour(const V2Place& place, unsigned field) const {
    if (place.is_plain()) return {};
    return {first_repetition(place.segment, field), place.segment, {}};
}

std::string_view V2Reader::segment_name(const V2Place& place) const {
    return place.is_plain() ? std::string_view() : spans().index().segments()[place.segment].name_view();
}

Span V2Reader::first_repetition(std::uint32_t segment, unsigned field) const {
    Span found;
    repetitions(segment, field, [&](const Span& repetition) {
        found = repetition;
        return false;
    });
    return found;
}

void V2Reader::mark(const V2Place& place) {
    if (!place.is_plain()) mark(place.span);
}

bool V2Reader::was_read(const Span& place) const {
    return (read_[place.begin] & flag(place)) != 0;
}

/// The place or anything in it.
bool V2Reader::any_read(const Span& place) const {
    if (read_[place.begin] >= flag(place)) return true;
    return std::any_of(read_.begin() + place.begin + 1, read_.begin() + place.end,
                       [](std::uint8_t levels) { return levels != 0; });
}

void V2Reader::collect_lost(const Span& place, std::vector<std::string>& out) const {
    if (was_read(place) || !has_value(place)) return;
    if (!any_read(place)) {
        out.push_back(message_->node(place).path());
        return;
    }
    each_part(place, [&](const Span& part) {
        collect_lost(part, out);
        return true;
    });
}

std::vector<std::string> V2Reader::lost() const {
    std::vector<std::string> out;
    for (std::uint32_t i = 0; i < segments_; ++i) {
        const auto segment = spans().segment(i);
        const bool header = spans().index().segments()[i].name_view() == "MSH";
        if (was_read(segment)) continue;
        each_part(segment, [&](const Span& field) {
            if (!header || field.number > 2) collect_lost(field, out);
            return true;
        });
    }
    return out;
}

}  // namespace causeway::mapping
