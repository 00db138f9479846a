#include "hl7v2/view.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "hl7v2/naming.hpp"
#include "hl7v2/walk.hpp"

namespace causeway::hl7v2 {
namespace {

constexpr std::size_t kPathWidth = 14;
constexpr std::size_t kNameWidth = 40;

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size() + 1, width), ' ');
    return text;
}

/// Titles of the standard may hold what a narrow column does not.
std::string shortened(std::string_view name) {
    if (name.size() < kNameWidth) return std::string(name);
    return std::string(name.substr(0, kNameWidth - 4)) + "...";
}

class View {
public:
    View(const Message& message, std::ostream& out, std::size_t longest)
        : message_(message), naming_(message), out_(out), longest_(longest) {}

    void write() {
        const auto& segments = message_.index().segments();
        std::map<std::string, std::uint32_t, std::less<>> total, seen;
        for (const auto& segment : segments) ++total[std::string(segment.name_view())];
        for (at_ = 0; at_ < segments.size(); ++at_) {
            const std::string name(segments[at_].name_view());
            const auto number = ++seen[name];
            segment_ = total[name] > 1 ? name + '[' + std::to_string(number) + ']' : name;
            out_ << segment_ << "  " << naming_.title(at_) << '\n';
            write_fields();
        }
    }

private:
    void write_fields() {
        const SegmentWalk walk(message_, at_);
        for (std::uint32_t number = 1; number <= walk.fields(); ++number) {
            const auto field = naming_.field(at_, number);
            const auto all = walk.field(number);
            const bool repeats =
                !walk.is_literal(number) && find_in(message_.utf8(), all, message_.delimiters().repetition) != all.end;
            auto repetitions = walk.repetitions(number);
            while (repetitions.next()) {
                auto path = segment_ + '-' + std::to_string(number);
                if (repeats) path += '[' + std::to_string(repetitions.number) + ']';
                write_repetition(walk, number, repetitions.part, path, field);
            }
        }
    }

    void write_repetition(const SegmentWalk& walk, std::uint32_t number, Range range, const std::string& path,
                          const FieldDefinition& field) {
        if (range.empty()) return;
        if (!walk.has_components(number, range) && !walk.has_subcomponents(number, range))
            return write_leaf(2, path, field, naming_.component(field, 1), range);
        out_ << "  " << padded(path, kPathWidth) << field.name << '\n';
        auto components = walk.components(number, range);
        while (components.next()) {
            auto component = naming_.component(field, components.number);
            // A coded field's table is its first component's.
            if (components.number == 1 && component.table == 0) component.table = field.table;
            const auto below = '.' + std::to_string(components.number);
            if (!walk.has_subcomponents(number, components.part)) {
                write_leaf(4, below, component, component, components.part);
                continue;
            }
            auto leaves = walk.subcomponents(number, components.part);
            while (leaves.next()) {
                auto leaf = naming_.component(component, leaves.number);
                const auto name = std::string(component.name) + ", " + std::string(leaf.name);
                leaf.name = leaf.name.empty() ? component.name : std::string_view(name);
                write_leaf(4, below + '.' + std::to_string(leaves.number), leaf, leaf, leaves.part);
            }
        }
    }

    /// `named` gives the name, `typed` (a part of it) how the value is read.
    void write_leaf(std::size_t indent, const std::string& path, const FieldDefinition& named,
                    const FieldDefinition& typed, Range range) {
        if (range.empty()) return;
        out_ << std::string(indent, ' ') << padded(path, kPathWidth + 2 - indent)
             << padded(shortened(named.name), kNameWidth);
        const auto value = message_.value(range, scratch_);
        write_value(value);
        write_meaning(named, typed, value);
        out_ << '\n';
    }

    void write_meaning(const FieldDefinition& named, const FieldDefinition& typed, std::string_view value) {
        if (value == "\"\"") {
            out_ << "  (deleted)";
            return;
        }
        const bool is_time = is_time_type(typed.type) || is_time_type(named.type);
        if (const auto time = is_time ? readable_time(typed.type, value) : std::string();
            !time.empty() && time != value)
            out_ << "  (" << time << ')';
        const auto table = typed.table != 0 ? typed.table : named.table;
        if (const auto text = Dictionary::code_text(table, value); !text.empty() && text != value)
            out_ << "  (" << text << ')';
    }

    void write_value(std::string_view value) {
        const auto size = value.size();
        auto shown = std::min(size, longest_);
        while (shown < size && (value[shown] & 0xC0) == 0x80) ++shown;
        value = value.substr(0, shown);
        while (!value.empty()) {
            const auto end = std::min(value.find_first_of("\r\n"), value.size());
            write_line(value.substr(0, end));
            value.remove_prefix(end);
            if (value.empty()) break;
            value.remove_prefix(value.starts_with("\r\n") ? 2 : 1);
            out_ << '\n' << std::string(kPathWidth + 2 + kNameWidth, ' ');
        }
        if (shown < size) out_ << "... (" << size << " bytes)";
    }

    /// A terminal must not take a value for commands.
    void write_line(std::string_view line) {
        for (const char c : line) out_ << (static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c);
    }

    const Message& message_;
    Naming naming_;
    std::ostream& out_;
    std::size_t longest_;
    std::size_t at_ = 0;
    std::string segment_;
    std::string scratch_;
};

}  // namespace

void write_view(const Message& message, std::ostream& out, std::size_t longest) {
    View(message, out, longest).write();
}

}  // namespace causeway::hl7v2
