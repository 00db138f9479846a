#include <algorithm>

#include "hl7v2/document.hpp"

namespace causeway::hl7v2 {

/// Walks the places that a path names. `visit` says whether to go on.
class Selection {
public:
    Selection(const IndexedMessage& message, const Path& path) : message_(message), path_(path) {}

    template <class Visit>
    void run(Visit visit) const {
        std::uint32_t kept = 0;
        GroupFilter groups(message_, path_);
        const auto& segments = message_.spans().index().segments();
        for (std::uint32_t i = 0; i < segments.size(); ++i) {
            if (segments[i].name_view() != path_.segment || !groups.takes(i, kept) || !keeps_segment(i)) continue;
            ++kept;
            if (path_.segment_index != 0 && kept != path_.segment_index) continue;
            if (!in_segment(i, visit) || (kept == path_.segment_index && path_.groups.empty())) return;
        }
    }

    template <class Visit>
    bool in_segment(std::uint32_t segment, Visit& visit) const {
        if (path_.field == 0)
            return visit(Place{Level::segment, segment + 1, message_.spans().index().segments()[segment].begin});
        std::uint32_t kept = 0;
        auto repetitions = repetitions_of(segment, path_.field);
        while (repetitions.next()) {
            if (!keeps_repetition(repetitions.part)) continue;
            ++kept;
            if (path_.repetition != 0 && kept != path_.repetition) continue;
            if (!in_repetition(repetitions.part, visit)) return false;
            if (kept == path_.repetition) return true;
        }
        return true;
    }

private:
    template <class Visit>
    bool in_repetition(Range range, Visit& visit) const {
        Place place{Level::field, path_.field, range.begin};
        if (path_.component != 0) {
            range = part(Level::field, range, path_.component);
            place = {Level::component, path_.component, range.begin};
        }
        if (path_.subcomponent != 0) {
            range = part(Level::component, range, path_.subcomponent);
            place = {Level::subcomponent, path_.subcomponent, range.begin};
        }
        return range.empty() || visit(place);
    }

    Parts repetitions_of(std::size_t segment, std::uint32_t number) const {
        const auto field = message_.spans().index().field(segment, number);
        return {message_.spans().text(), field,
                message_.spans().is_literal(field.begin) ? '\0' : message_.delimiters().repetition};
    }

    Range part(Level level, Range range, std::uint32_t number) const {
        return message_.spans().part(level, range, number);
    }

    /// The whole where `number` is 0.
    bool part_equals(Level level, Range range, std::uint32_t number, std::string_view value) const {
        if (number == 0) return message_.spans().equals(level, range, value);
        return message_.spans().equals(static_cast<Level>(static_cast<int>(level) + 1), part(level, range, number),
                                       value);
    }

    bool keeps_repetition(Range range) const {
        const auto& tests = path_.repetition_filter.any_of;
        return tests.empty() || std::any_of(tests.begin(), tests.end(), [&](const PathFilter::Test& test) {
                   return part_equals(Level::component, part(Level::field, range, test.first), test.second,
                                      test.equals);
               });
    }

    bool keeps_segment(std::size_t segment) const {
        const auto& tests = path_.segment_filter.any_of;
        return tests.empty() || std::any_of(tests.begin(), tests.end(), [&](const PathFilter::Test& test) {
                   return any_repetition_equals(segment, test);
               });
    }

    bool any_repetition_equals(std::size_t segment, const PathFilter::Test& test) const {
        auto repetitions = repetitions_of(segment, test.first);
        while (repetitions.next())
            if (part_equals(Level::field, repetitions.part, test.second, test.equals)) return true;
        return false;
    }

    const IndexedMessage& message_;
    const Path& path_;
};

const GroupLookup& IndexedMessage::groups() const {
    if (!groups_) groups_.emplace(index(), get("MSH-12.1"), get("MSH-9.1"), get("MSH-9.2"), get("MSH-9.3"));
    return *groups_;
}

void IndexedMessage::select(const Path& path, std::vector<tree::Node>& out) const {
    Selection(*this, path).run([&](const Place& place) {
        out.emplace_back(this, place.handle());
        return true;
    });
}

void IndexedMessage::select_in(std::size_t segment, const Path& path, std::vector<tree::Node>& out) const {
    const auto add = [&](const Place& place) {
        out.emplace_back(this, place.handle());
        return true;
    };
    Selection(*this, path).in_segment(static_cast<std::uint32_t>(segment), add);
}

tree::Node IndexedMessage::first(const Path& path) const {
    tree::Node out;
    Selection(*this, path).run([&](const Place& place) {
        out = {this, place.handle()};
        return false;
    });
    return out;
}

namespace {

/// How many delimiters stand in the range.
std::uint32_t count_in(std::string_view text, Range range, char c) noexcept {
    const auto value = slice(text, range);
    return c == '\0' ? 0 : static_cast<std::uint32_t>(std::count(value.begin(), value.end(), c));
}

std::uint32_t after_last(std::string_view text, Range range, char c) noexcept {
    const auto at = c == '\0' ? std::string_view::npos : slice(text, range).rfind(c);
    return at == std::string_view::npos ? range.begin : range.begin + static_cast<std::uint32_t>(at) + 1;
}

}  // namespace

std::string IndexedMessage::path(tree::Node::Handle node) const {
    const auto place = Place::of(node);
    if (place.level == Level::root) return {};
    const auto& index = spans_.index();
    const auto segment = index.segment_at(place.begin);
    const auto& segments = index.segments();
    Path out;
    out.segment = segments[segment].name_view();
    const auto same = [&](const Index::Segment& s) { return s.name_view() == out.segment; };
    const auto until = segments.begin() + static_cast<std::ptrdiff_t>(segment) + 1;
    const auto before = std::count_if(segments.begin(), until, same);
    if (before > 1 || std::any_of(until, segments.end(), same)) out.segment_index = static_cast<std::uint32_t>(before);
    if (place.level == Level::segment) return out.text();

    const auto number = index.field_at(segment, place.begin);
    Range passed{index.field(segment, number).begin, place.begin};
    const auto& d = delimiters();
    const bool literal = spans_.is_literal(place.begin);
    std::string text = out.text() + '-' + std::to_string(number) + '[' +
                       std::to_string(literal ? 1 : count_in(text_, passed, d.repetition) + 1) + ']';
    if (place.level == Level::field) return text;
    passed.begin = literal ? place.begin : after_last(text_, passed, d.repetition);
    text += '.' + std::to_string(count_in(text_, passed, d.component) + 1);
    if (place.level == Level::component) return text;
    passed.begin = after_last(text_, passed, d.component);
    return text + '.' + std::to_string(count_in(text_, passed, d.subcomponent) + 1);
}

}  // namespace causeway::hl7v2
