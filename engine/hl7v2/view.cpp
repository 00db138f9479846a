#include "hl7v2/view.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "hl7v2/walk.hpp"

namespace causeway::hl7v2 {
namespace {

constexpr std::size_t kPathWidth = 16;

class View {
public:
    View(const Message& message, std::ostream& out, std::size_t longest)
        : message_(message), out_(out), longest_(longest) {}

    void write() {
        const auto& segments = message_.index().segments();
        std::map<std::string, std::uint32_t, std::less<>> total, seen;
        for (const auto& segment : segments) ++total[std::string(segment.name_view())];
        for (std::size_t i = 0; i < segments.size(); ++i) {
            const std::string name(segments[i].name_view());
            const auto number = ++seen[name];
            segment_ = total[name] > 1 ? name + '[' + std::to_string(number) + ']' : name;
            out_ << segment_ << '\n';
            write_fields(SegmentWalk(message_, i));
        }
    }

private:
    void write_fields(const SegmentWalk& walk) {
        for (std::uint32_t number = 1; number <= walk.fields(); ++number) {
            auto repetitions = walk.repetitions(number);
            const bool repeats = find_in(message_.utf8(), walk.field(number), message_.delimiters().repetition) !=
                                     walk.field(number).end &&
                                 !walk.is_literal(number);
            while (repetitions.next()) {
                auto path = segment_ + '-' + std::to_string(number);
                if (repeats) path += '[' + std::to_string(repetitions.number) + ']';
                write_repetition(walk, number, repetitions.part, path);
            }
        }
    }

    void write_repetition(const SegmentWalk& walk, std::uint32_t number, Range range, const std::string& path) {
        if (!walk.has_components(number, range) && !walk.has_subcomponents(number, range))
            return write_leaf(path, range);
        auto components = walk.components(number, range);
        while (components.next()) {
            const auto below = path + '.' + std::to_string(components.number);
            if (!walk.has_subcomponents(number, components.part)) {
                write_leaf(below, components.part);
                continue;
            }
            auto leaves = walk.subcomponents(number, components.part);
            while (leaves.next()) write_leaf(below + '.' + std::to_string(leaves.number), leaves.part);
        }
    }

    void write_leaf(const std::string& path, Range range) {
        if (range.empty()) return;
        out_ << "  " << path << std::string(path.size() < kPathWidth ? kPathWidth - path.size() : 1, ' ');
        write_value(message_.value(range, scratch_));
    }

    void write_value(std::string_view value) {
        const auto size = value.size();
        auto shown = std::min(size, longest_);
        while (shown < size && (value[shown] & 0xC0) == 0x80) ++shown;
        value = value.substr(0, shown);
        while (!value.empty()) {
            const auto end = std::min(value.find_first_of("\r\n"), value.size());
            out_ << value.substr(0, end);
            value.remove_prefix(end);
            if (value.empty()) break;
            value.remove_prefix(value.starts_with("\r\n") ? 2 : 1);
            out_ << '\n' << std::string(kPathWidth + 2, ' ');
        }
        if (shown < size) out_ << "... (" << size << " bytes)";
        out_ << '\n';
    }

    const Message& message_;
    std::ostream& out_;
    std::size_t longest_;
    std::string segment_;
    std::string scratch_;
};

}  // namespace

void write_view(const Message& message, std::ostream& out, std::size_t longest) {
    View(message, out, longest).write();
}

}  // namespace causeway::hl7v2
