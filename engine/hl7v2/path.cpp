#include "hl7v2/path.hpp"

#include <cctype>
#include <limits>
#include <optional>

#include "hl7v2/group_path.hpp"
#include "hl7v2/segment_names.hpp"

namespace causeway::hl7v2 {
namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
bool is_word(char c) noexcept {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Reads from the front; a part that does not fit is left unread. Allocates only for filter values.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    std::size_t at() const noexcept { return at_; }
    void back_to(std::size_t at) noexcept { at_ = at; }
    bool done() const noexcept { return at_ == text_.size(); }
    char peek() const noexcept { return done() ? '\0' : text_[at_]; }

    bool take(char c) noexcept {
        if (peek() != c) return false;
        ++at_;
        return true;
    }

    void blanks() noexcept {
        while (peek() == ' ') ++at_;
    }

    bool word(std::string_view expected) noexcept {
        if (text_.substr(at_, expected.size()) != expected) return false;
        at_ += expected.size();
        return true;
    }

    /// A number from 1 that fits T and has no digit before it that counts for nothing.
    template <class T>
    bool number(T& out) noexcept {
        const auto start = at_;
        std::uint64_t value = 0;
        while (is_digit(peek()) && value <= std::numeric_limits<T>::max())
            value = value * 10 + static_cast<std::uint64_t>(text_[at_++] - '0');
        if (at_ == start || text_[start] == '0' || value > std::numeric_limits<T>::max()) {
            at_ = start;
            return false;
        }
        out = static_cast<T>(value);
        return true;
    }

    /// "..." or '...', in which a backslash takes the next character as it is.
    bool quoted(std::string& out) {
        const char quote = peek();
        if (quote != '"' && quote != '\'') return false;
        const auto start = at_++;
        while (!done() && peek() != quote) {
            if (peek() == '\\') ++at_;
            if (!done()) out += text_[at_++];
        }
        if (take(quote)) return true;
        at_ = start;
        return false;
    }

    /// Capitals, digits and underscores: the name of a group.
    std::string_view group_name() noexcept {
        const auto start = at_;
        while ((peek() >= 'A' && peek() <= 'Z') || (at_ > start && (is_digit(peek()) || peek() == '_'))) ++at_;
        return text_.substr(start, at_ - start);
    }

    std::string_view name() noexcept {
        const auto found = text_.substr(at_, 3);
        if (!is_segment_name(found)) return {};
        at_ += 3;
        return found;
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

bool read_test(Reader& in, PathFilter::Test& test) {
    in.blanks();
    if (!in.number(test.first)) return false;
    if (in.take('.') && !in.number(test.second)) return false;
    in.blanks();
    if (!in.take('=')) return false;
    in.blanks();
    if (!in.quoted(test.equals)) return false;
    in.blanks();
    return true;
}

bool read_tests(Reader& in, PathFilter& filter) {
    do {
        if (!read_test(in, filter.any_of.emplace_back())) return false;
    } while (in.word("or"));
    return true;
}

/// One `[...]`: index, filter or `*`. Leaves the reader where it was if it is none of them.
bool read_bracket(Reader& in, PathFilter& filter, std::uint32_t& index, bool filter_allowed) {
    const auto start = in.at();
    if (!in.take('[')) return false;
    PathFilter found;
    const bool read = in.take('*') || (in.number(index) && in.peek() == ']');
    if (read && in.take(']')) return true;
    in.back_to(start + 1);
    index = 0;
    if (filter_allowed && read_tests(in, found) && in.take(']')) {
        filter = std::move(found);
        return true;
    }
    in.back_to(start);
    return false;
}

/// `[filter]`, `[n]`, or both in this order: the n-th of those that the filter keeps.
void read_brackets(Reader& in, PathFilter& filter, std::uint32_t& index) {
    if (read_bracket(in, filter, index, true) && !filter.empty()) read_bracket(in, filter, index, false);
}

/// `.4`, unless a word goes on after the number.
bool read_part(Reader& in, std::uint16_t& out) {
    const auto start = in.at();
    if (in.take('.') && in.number(out) && !is_word(in.peek())) return true;
    out = 0;
    in.back_to(start);
    return false;
}

/// `-3[1].4.1` after the segment.
bool read_field(Reader& in, Path& path) {
    const auto start = in.at();
    if (!in.take('-') || !in.number(path.field) || is_word(in.peek())) {
        path.field = 0;
        in.back_to(start);
        return false;
    }
    read_brackets(in, path.repetition_filter, path.repetition);
    if (read_part(in, path.component)) read_part(in, path.subcomponent);
    return true;
}

/// `PROVIDER_CONTACT[2].`: a name of a group is followed by a point, that of a segment never.
bool read_group(Reader& in, Path& path) {
    const auto start = in.at();
    PathGroup group{std::string(in.group_name()), 0};
    PathFilter none;
    if (group.name.size() > 1 && in.peek() == '[') read_bracket(in, none, group.index, false);
    if (group.name.size() > 1 && in.take('.')) {
        path.groups.push_back(std::move(group));
        return true;
    }
    in.back_to(start);
    return false;
}

bool read_segment(Reader& in, Path& path) {
    while (read_group(in, path)) {
    }
    const auto name = in.name();
    if (name.empty()) return false;
    path.segment = name;
    read_brackets(in, path.segment_filter, path.segment_index);
    return true;
}

void write_filter(std::string& out, const PathFilter& filter) {
    if (filter.empty()) return;
    out += '[';
    for (const auto& test : filter.any_of) {
        if (&test != &filter.any_of.front()) out += " or ";
        out += std::to_string(test.first);
        if (test.second != 0) out += '.' + std::to_string(test.second);
        out += "=\"";
        for (const char c : test.equals) {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
        out += '"';
    }
    out += ']';
}

void write_index(std::string& out, std::uint32_t index) {
    if (index != 0) out += '[' + std::to_string(index) + ']';
}

/// Capitals up to a point or a bracket: no FHIRPath begins so.
bool begins_with_group(std::string_view text) noexcept {
    std::size_t at = 0;
    const auto is_name = [](char c) { return (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_'; };
    while (at < text.size() && is_name(text[at])) ++at;
    return at > 1 && at + 5 < text.size() && !is_digit(text[0]) && text[0] != '_' &&
           (text[at] == '.' || text[at] == '[');
}

}  // namespace

Result<Path> Path::parse(std::string_view text) {
    Path path;
    Reader in(text);
    if (read_segment(in, path)) {
        read_field(in, path);
        if (in.done()) return path;
    }
    return fail(Issue::value, "",
                "Write an HL7 path such as PID-3[1].4 or OBX[3.1=\"PDF\"]-5: it cannot be read from column " +
                    std::to_string(in.at() + 1) + ".");
}

Result<Path> parse_groups(std::string_view text) {
    Path path;
    const auto with_point = std::string(text) + '.';
    Reader in(with_point);
    while (read_group(in, path)) {
    }
    if (in.done() && !path.groups.empty()) return path;
    return fail(Issue::value, "", "Write groups such as PATIENT_RESULT.ORDER_OBSERVATION[1].");
}

std::size_t Path::match(std::string_view text) noexcept {
    // A cheap look first: nearly every token that is asked about is none.
    const bool is_segment =
        text.size() >= 5 && (text[3] == '-' || text[3] == '[') && is_segment_name(text.substr(0, 3));
    if (!is_segment && !begins_with_group(text)) return 0;
    try {
        Path path;
        Reader in(text);
        return read_segment(in, path) && read_field(in, path) ? in.at() : 0;
    } catch (...) {
        return 0;  // Only for want of memory.
    }
}

std::string Path::text() const {
    std::string out;
    for (const auto& group : groups) {
        out += group.name;
        write_index(out, group.index);
        out += '.';
    }
    if (segment.empty() && !out.empty()) out.pop_back();
    out += segment;
    write_filter(out, segment_filter);
    write_index(out, segment_index);
    if (field == 0) return out;
    out += '-' + std::to_string(field);
    write_filter(out, repetition_filter);
    write_index(out, repetition);
    if (component != 0) out += '.' + std::to_string(component);
    if (subcomponent != 0) out += '.' + std::to_string(subcomponent);
    return out;
}

}  // namespace causeway::hl7v2
