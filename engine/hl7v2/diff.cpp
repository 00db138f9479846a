#include "hl7v2/diff.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "hl7v2/naming.hpp"
#include "hl7v2/walk.hpp"

namespace causeway::hl7v2 {
namespace {

/// Beyond this many pairs segments are matched by position.
constexpr std::size_t kMostPairs = 25'000'000;

/// A leaf's number of field, repetition, component and sub-component.
using Place = std::array<std::uint32_t, 4>;
using Values = std::map<Place, std::string>;

/// MSH-1 and MSH-2 are how a message is written, not what it says.
Values values_of(const Message& message, std::size_t segment) {
    Values out;
    std::string scratch;
    const SegmentWalk walk(message, segment);
    for (std::uint32_t number = segment == 0 ? 3 : 1; number <= walk.fields(); ++number) {
        auto repetitions = walk.repetitions(number);
        while (repetitions.next()) {
            auto components = walk.components(number, repetitions.part);
            while (components.next()) {
                auto leaves = walk.subcomponents(number, components.part);
                while (leaves.next())
                    if (!leaves.part.empty())
                        out[{number, repetitions.number, components.number, leaves.number}] =
                            message.value(leaves.part, scratch);
            }
        }
    }
    return out;
}

struct Segment {
    std::string_view name;
    std::uint32_t number = 1;  ///< Among those of its name.
    bool alone = true;
    Values values;
};

std::vector<Segment> segments_of(const Message& message) {
    std::vector<Segment> out;
    std::map<std::string_view, std::uint32_t> seen;
    const auto& segments = message.index().segments();
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const auto name = segments[i].name_view();
        out.push_back({name, ++seen[name], true, values_of(message, i)});
    }
    for (auto& segment : out) segment.alone = seen[segment.name] == 1;
    return out;
}

class Comparison {
public:
    Comparison(const Message& before, const Message& after)
        : before_(before),
          after_(after),
          first_(segments_of(before)),
          second_(segments_of(after)),
          first_names_(before),
          second_names_(after) {}

    std::vector<Difference> run() {
        std::size_t begin = 0;
        while (begin < std::min(first_.size(), second_.size()) && alike(begin, begin) == kSame) ++begin;
        std::size_t end_first = first_.size(), end_second = second_.size();
        while (end_first > begin && end_second > begin && alike(end_first - 1, end_second - 1) == kSame)
            --end_first, --end_second;
        if ((end_first - begin) * (end_second - begin) > kMostPairs)
            by_position(begin, end_first, end_second);
        else
            align(begin, end_first, end_second);
        return std::move(out_);
    }

private:
    static constexpr int kSame = 3;

    /// 0: other names; else how well two segments match.
    int alike(std::size_t a, std::size_t b) const {
        if (first_[a].name != second_[b].name) return 0;
        if (first_[a].values == second_[b].values) return kSame;
        const auto first = first_[a].values.begin(), second = second_[b].values.begin();
        const bool same_start =
            first != first_[a].values.end() && second != second_[b].values.end() && *first == *second;
        return same_start ? 2 : 1;
    }

    void by_position(std::size_t begin, std::size_t end_first, std::size_t end_second) {
        std::size_t a = begin, b = begin;
        while (a < end_first || b < end_second) {
            const bool both = a < end_first && b < end_second && first_[a].name == second_[b].name;
            if (both)
                differ(a++, b++);
            else if (a < end_first)
                lone(before_, first_, a++, true);
            else
                lone(after_, second_, b++, false);
        }
    }

    /// The pairing with the best sum of matches.
    void align(std::size_t begin, std::size_t end_first, std::size_t end_second) {
        const auto rows = end_first - begin, columns = end_second - begin;
        std::vector<std::uint32_t> best((rows + 1) * (columns + 1));
        const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& { return best[i * (columns + 1) + j]; };
        for (std::size_t i = rows; i-- > 0;)
            for (std::size_t j = columns; j-- > 0;) {
                const auto match = static_cast<std::uint32_t>(alike(begin + i, begin + j));
                at(i, j) = std::max({at(i + 1, j), at(i, j + 1), match == 0 ? 0 : at(i + 1, j + 1) + match});
            }
        std::size_t i = 0, j = 0;
        while (i < rows || j < columns) {
            const auto match = i < rows && j < columns ? static_cast<std::uint32_t>(alike(begin + i, begin + j)) : 0;
            if (match != 0 && at(i, j) == at(i + 1, j + 1) + match) {
                differ(begin + i++, begin + j++);
            } else if (i < rows && (j == columns || at(i, j) == at(i + 1, j))) {
                lone(before_, first_, begin + i++, true);
            } else {
                lone(after_, second_, begin + j++, false);
            }
        }
    }

    static std::string path(const Segment& segment) {
        std::string out(segment.name);
        return segment.alone ? out : out + '[' + std::to_string(segment.number) + ']';
    }

    void lone(const Message& message, const std::vector<Segment>& segments, std::size_t at, bool is_first) {
        const auto& place = message.index().segments()[at];
        Difference found{
            path(segments[at]), std::string((is_first ? first_names_ : second_names_).title(at)), {}, {}, true};
        (is_first ? found.before : found.after) = slice(message.utf8(), {place.begin, place.end});
        out_.push_back(std::move(found));
    }

    void differ(std::size_t a, std::size_t b) {
        const auto& old = first_[a].values;
        const auto& now = second_[b].values;
        auto i = old.begin();
        auto j = now.begin();
        while (i != old.end() || j != now.end()) {
            if (j == now.end() || (i != old.end() && i->first < j->first)) {
                value(a, i->first, i->second, {});
                ++i;
            } else if (i == old.end() || j->first < i->first) {
                value(a, j->first, {}, j->second);
                ++j;
            } else {
                if (i->second != j->second) value(a, i->first, i->second, j->second);
                ++i, ++j;
            }
        }
    }

    void value(std::size_t segment, const Place& place, std::string before, std::string after) {
        const auto [field, repetition, component, leaf] = place;
        auto where = path(first_[segment]) + '-' + std::to_string(field);
        if (repetition > 1) where += '[' + std::to_string(repetition) + ']';
        const auto definition = first_names_.field(segment, field);
        std::string name(definition.name);
        const auto type = first_names_.dictionary().type(definition.type);
        if (component > 1 || leaf > 1 || (type && type->fields > 0)) {
            where += '.' + std::to_string(component);
            const auto part = first_names_.component(definition, component);
            if (!part.name.empty() && part.name != name) name += ", " + std::string(part.name);
            if (leaf > 1) where += '.' + std::to_string(leaf);
        }
        out_.push_back({std::move(where), std::move(name), std::move(before), std::move(after), false});
    }

    const Message& before_;
    const Message& after_;
    std::vector<Segment> first_, second_;
    Naming first_names_, second_names_;
    std::vector<Difference> out_;
};

}  // namespace

std::vector<Difference> compare(const Message& before, const Message& after) {
    return Comparison(before, after).run();
}

}  // namespace causeway::hl7v2
