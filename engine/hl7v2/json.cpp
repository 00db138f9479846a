#include "hl7v2/json.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/text.hpp"
#include "hl7v2/group_lookup.hpp"
#include "hl7v2/walk.hpp"

namespace causeway::hl7v2 {
namespace {

/// Longer values are escaped piece by piece, so that a document of 100 MB is not held twice.
constexpr std::size_t kPiece = 65536;

void write_string(std::string_view text, std::ostream& out) {
    out << '"';
    while (!text.empty()) {
        auto length = std::min(text.size(), kPiece);
        while (length < text.size() && (text[length] & 0xC0) == 0x80) ++length;  // Not inside a character.
        out << json_escape(text.substr(0, length));
        text.remove_prefix(length);
    }
    out << '"';
}

void write_member(std::string_view name, std::string_view value, std::ostream& out) {
    out << '"' << name << "\":";
    write_string(value, out);
}

void write_place(const JsonPlace& place, std::ostream& out) {
    out << "\"number\":" << place.number << ",\"line\":" << place.line;
    if (place.batch != 0) out << ",\"batch\":" << place.batch;
}

/// Numbered parts that are not empty, as members of one object.
template <class Write>
void write_parts(Parts parts, std::ostream& out, Write write) {
    const char* before = "{";
    while (parts.next()) {
        if (parts.part.empty()) continue;
        out << before << '"' << parts.number << "\":";
        write(parts.part);
        before = ",";
    }
    out << (*before == '{' ? "{}" : "}");
}

class SegmentWriter {
public:
    SegmentWriter(const Message& message, std::size_t segment, std::ostream& out)
        : message_(message), walk_(message, segment), out_(out) {}

    void write_fields() {
        const char* before = "{";
        for (std::uint32_t number = 1; number <= walk_.fields(); ++number) {
            if (walk_.field(number).empty()) continue;
            out_ << before << '"' << number << "\":";
            write_field(number);
            before = ",";
        }
        out_ << (*before == '{' ? "{}" : "}");
    }

private:
    /// Empty repetitions keep their place: what follows would be another one.
    void write_field(std::uint32_t number) {
        auto repetitions = walk_.repetitions(number);
        const char* before = "[";
        while (repetitions.next()) {
            out_ << before;
            write_repetition(number, repetitions.part);
            before = ",";
        }
        out_ << ']';
    }

    void write_repetition(std::uint32_t number, Range range) {
        if (!walk_.has_components(number, range) && !walk_.has_subcomponents(number, range)) return write_leaf(range);
        write_parts(walk_.components(number, range), out_, [&](Range component) {
            if (!walk_.has_subcomponents(number, component)) return write_leaf(component);
            write_parts(walk_.subcomponents(number, component), out_, [&](Range leaf) { write_leaf(leaf); });
        });
    }

    void write_leaf(Range range) { write_string(message_.value(range, scratch_), out_); }

    const Message& message_;
    SegmentWalk walk_;
    std::ostream& out_;
    std::string scratch_;
};

/// Counts line ends up to places that come in order.
class LineCounter {
public:
    explicit LineCounter(std::string_view text, std::uint32_t line) : text_(text), line_(line) {}
    std::uint32_t at(std::size_t offset) noexcept {
        for (; at_ < offset; ++at_)
            if (text_[at_] == '\n' || (text_[at_] == '\r' && (at_ + 1 >= text_.size() || text_[at_ + 1] != '\n')))
                ++line_;
        return line_;
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;
    std::uint32_t line_;
};

/// Where the field of the header begins in `text`, which may be nothing like a message.
std::size_t header_field(std::string_view text, std::uint32_t number) noexcept {
    const auto begin = std::min(text.find("MSH"), text.size());
    if (begin + 3 >= text.size()) return begin;
    const auto end = std::min(text.find_first_of("\r\n", begin), text.size());
    if (number <= 1) return begin + (number == 1 ? 3 : 0);
    std::size_t at = begin + 4;
    for (std::uint32_t field = 2; field < number; ++field) {
        const auto next = text.find(text[begin + 3], at);
        if (next >= end) return end;
        at = next + 1;
    }
    return at;
}

/// Where line `number` of those that are not blank begins.
std::size_t nth_line(std::string_view text, std::uint32_t number) noexcept {
    std::size_t at = 0;
    for (;;) {
        at = std::min(text.find_first_not_of("\r\n \t\v", at), text.size());
        if (at == text.size() || number <= 1) return at;
        --number;
        at = std::min(text.find_first_of("\r\n", at), text.size());
    }
}

std::uint32_t number_in(std::string_view text) noexcept {
    std::uint32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

void write_group(const GroupLookup& groups, std::uint32_t segment, std::ostream& out) {
    if (const auto path = groups.path_of(segment); !path.empty()) {
        out << ',';
        write_member("group", path, out);
    }
    if (groups.is_unexpected(segment)) out << ",\"unexpected\":true";
}

}  // namespace

void write_json(const std::vector<Warning>& warnings, std::ostream& out) {
    out << '[';
    for (const auto& warning : warnings) {
        out << (&warning == &warnings.front() ? "{" : ",{");
        write_member("code", warning.code, out);
        out << ',';
        write_member("where", warning.where, out);
        out << ",\"count\":" << warning.count << ',';
        write_member("text", warning.text, out);
        out << '}';
    }
    out << ']';
}

void write_json(const Piece& envelope, std::ostream& out) {
    const auto text = envelope.text;
    out << '{';
    write_member("segment", text.substr(0, 3), out);
    out << ",\"line\":" << envelope.line << ",\"fields\":{";
    // FHS-1 and BHS-1 are the separator itself.
    const bool header = envelope.kind == Piece::Kind::file_header || envelope.kind == Piece::Kind::batch_header;
    if (header) out << "\"1\":[\"" << json_escape(text.substr(3, 1)) << "\"]";
    Parts fields(text, {0, static_cast<std::uint32_t>(text.size())}, text.size() > 3 ? text[3] : '\0');
    bool first = !header;
    while (fields.next()) {
        if (fields.number == 1 || fields.part.empty()) continue;
        out << (std::exchange(first, false) ? "\"" : ",\"") << fields.number - (header ? 0 : 1) << "\":[";
        const auto value = slice(text, fields.part);
        const auto utf8 =
            is_valid_utf8(value) ? std::string(value) : to_utf8(value, Charset{"windows-1252"}).value_or("");
        write_string(utf8, out);
        out << ']';
    }
    out << "}}";
}

namespace {

/// "ADT^A28^ADT_A05", whatever separates the components in the message: who reads it compares it.
std::string type_of(const Message& message) {
    std::string out(message.get("MSH-9"));
    std::replace(out.begin(), out.end(), message.delimiters().component, '^');
    return out;
}

}  // namespace

void write_json(const Message& message, const JsonPlace& place, std::ostream& out) {
    out << "{\"parsed\":true,";
    write_place(place, out);
    out << ',';
    write_member("type", type_of(message), out);
    for (const auto& [name, path] : {std::pair{"controlId", "MSH-10"}, {"version", "MSH-12"}}) {
        out << ',';
        write_member(name, message.get(path), out);
    }
    out << ',';
    write_member("charset", message.charset().name, out);
    out << ',';
    write_member("delimiters", message.delimiters().field + message.delimiters().msh2(), out);
    out << ",\"warnings\":";
    write_json(message.warnings(), out);
    out << ",\"segments\":[";
    LineCounter lines(message.utf8(), place.line);
    const auto& segments = message.index().segments();
    for (std::size_t i = 0; i < segments.size(); ++i) {
        out << (i == 0 ? "{" : ",{");
        write_member("segment", segments[i].name_view(), out);
        out << ",\"line\":" << lines.at(segments[i].begin);
        write_group(message.groups(), static_cast<std::uint32_t>(i), out);
        out << ",\"fields\":";
        SegmentWriter(message, i, out).write_fields();
        out << '}';
    }
    out << "]}";
}

Refusal locate(const Error& error, std::string_view text, std::uint32_t line, std::size_t offset) {
    std::size_t at = nth_line(text, 1);
    const std::string_view where = error.where;
    if (where.starts_with("MSH-")) at = header_field(text, number_in(where.substr(4)));
    if (where.starts_with("segment ")) at = nth_line(text, number_in(where.substr(8)));
    Refusal out{error, LineCounter(text, line).at(at), 1, offset + at};
    const auto begin = text.substr(0, at).find_last_of("\r\n");
    out.column = static_cast<std::uint32_t>(at - (begin == std::string_view::npos ? 0 : begin + 1)) + 1;
    return out;
}

void write_json(const Refusal& refusal, const JsonPlace& place, std::ostream& out) {
    out << "{\"parsed\":false,";
    write_place(place, out);
    out << ",\"code\":" << refusal.error.hl7_code << ",\"position\":{";
    write_member("path", refusal.error.where, out);
    out << ",\"line\":" << refusal.line << ",\"column\":" << refusal.column << ",\"offset\":" << refusal.offset << "},";
    write_member("text", refusal.error.what, out);
    out << '}';
}

}  // namespace causeway::hl7v2
