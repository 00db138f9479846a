#include "hl7v2/escape.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>

#include "core/text.hpp"

namespace causeway::hl7v2 {
namespace {

bool is_hex(char c) noexcept {
    return std::isxdigit(static_cast<unsigned char>(c)) != 0;
}

int hex_value(char c) noexcept {
    if (c <= '9') return c - '0';
    return (c | 0x20) - 'a' + 10;
}

/// The bytes of "X4869" (without the escape characters).
std::optional<std::string> hex_bytes(std::string_view name) {
    if (name.size() < 3 || name.size() % 2 == 0 || name[0] != 'X') return std::nullopt;
    name.remove_prefix(1);
    if (!std::all_of(name.begin(), name.end(), is_hex)) return std::nullopt;
    std::string out;
    for (std::size_t i = 0; i < name.size(); i += 2)
        out += static_cast<char>(hex_value(name[i]) * 16 + hex_value(name[i + 1]));
    return out;
}

/// Could this stand between two escape characters? Otherwise the first of them is a lone one.
bool is_sequence_name(std::string_view name) noexcept {
    if (name.empty() || (name[0] != '.' && (name[0] < 'A' || name[0] > 'Z'))) return false;
    return std::all_of(name.begin() + 1, name.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '-' || c == '.';
    });
}

/// Formatting commands of FT (chapter 2.7.6) that take a count: "sp3"; the default is one, more than 99 is not
/// believed.
std::optional<std::string> repeated(std::string_view command, std::string_view name, char c) {
    if (!command.starts_with(name)) return std::nullopt;
    command.remove_prefix(name.size());
    if (command.starts_with('+')) command.remove_prefix(1);
    unsigned count = 1;
    if (!command.empty()) {
        const auto [end, error] = std::from_chars(command.data(), command.data() + command.size(), count);
        if (error != std::errc() || end != command.data() + command.size() || count > 99) return std::nullopt;
    }
    return std::string(count, c);
}

std::optional<std::string> formatting(std::string_view command) {
    if (command == "br" || command == "BR" || command == "ce") return "\n";
    if (command == "fi" || command == "nf") return "";
    if (auto indent = repeated(command, "in", ' ')) return "";
    if (auto indent = repeated(command, "ti", ' ')) return "";
    if (auto lines = repeated(command, "sp", '\n')) return lines;
    return repeated(command, "sk", ' ');
}

/// The delimiter, or the recommended one where the message declares none.
std::string one(char c, char recommended) {
    return std::string(1, c == '\0' ? recommended : c);
}

std::optional<std::string> sequence(std::string_view name, const Delimiters& d) {
    if (name.size() > 1 && name[0] == '.') return formatting(name.substr(1));
    if (name.size() != 1) return std::nullopt;
    switch (name[0]) {
        case 'F':
            return one(d.field, '|');
        case 'S':
            return one(d.component, '^');
        case 'R':
            return one(d.repetition, '~');
        case 'T':
            return one(d.subcomponent, '&');
        case 'E':
            return d.escape_text();
        case 'P':
            return one(d.truncation, '#');
        case 'H':
        case 'N':
            return "";
        default:
            return std::nullopt;
    }
}

/// Collects the text; neighbouring \X..\ sequences are one run, because a character may be spread over them.
class Unescaper {
public:
    Unescaper(std::string_view value, const Delimiters& delimiters, const Charset& charset)
        : value_(value), delimiters_(delimiters), charset_(charset), mark_(delimiters.escape_text()) {
        out_.reserve(value.size());
    }

    std::string run() {
        std::size_t at = 0;
        for (;;) {
            const auto open = value_.find(mark_, at);
            if (open == std::string_view::npos) break;
            if (open != at) plain(value_.substr(at, open - at));
            const auto close = value_.find(mark_, open + mark_.size());
            if (close == std::string_view::npos) {
                at = open;
                break;
            }
            at = one_sequence(open, close);
        }
        plain(value_.substr(at));
        return std::move(out_);
    }

private:
    /// Where to go on.
    std::size_t one_sequence(std::size_t open, std::size_t close) {
        const auto name = value_.substr(open + mark_.size(), close - open - mark_.size());
        const auto end = close + mark_.size();
        if (const auto bytes = hex_bytes(name)) {
            if (run_bytes_.empty()) run_begin_ = open;
            run_bytes_ += *bytes;
            run_end_ = end;
            return end;
        }
        if (const auto text = sequence(name, delimiters_)) {
            plain(*text);
            return end;
        }
        const auto kept = is_sequence_name(name) ? end : open + mark_.size();
        plain(value_.substr(open, kept - open));
        return kept;
    }

    void plain(std::string_view text) {
        flush();
        out_ += text;
    }

    void flush() {
        if (run_bytes_.empty()) return;
        const auto text = to_utf8(run_bytes_, charset_);
        out_ += text ? std::string_view(*text) : value_.substr(run_begin_, run_end_ - run_begin_);
        run_bytes_.clear();
    }

    std::string_view value_;
    const Delimiters& delimiters_;
    const Charset& charset_;
    std::string mark_;
    std::string out_;
    std::string run_bytes_;
    std::size_t run_begin_ = 0;
    std::size_t run_end_ = 0;
};

char delimiter_letter(char c, const Delimiters& d) noexcept {
    if (c == '\0') return '\0';
    if (c == d.field) return 'F';
    if (c == d.component) return 'S';
    if (c == d.repetition) return 'R';
    if (c == d.subcomponent) return 'T';
    return c == d.escape && !d.escape_is_utf8 ? 'E' : '\0';
}

/// Bytes of the UTF-8 character that `text` begins with; 0 where it begins with none.
std::size_t character_length(std::string_view text) noexcept {
    for (std::size_t length = 2; length <= 4 && length <= text.size(); ++length)
        if (is_valid_utf8(text.substr(0, length))) return length;
    return 0;
}

std::string hex_name(char c) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    const auto u = static_cast<unsigned char>(c);
    return {'X', digits[u >> 4U], digits[u & 0xFU]};
}

/// The name of the sequence for the character that `rest` begins with; empty where it can stand as it is.
std::string sequence_for(std::string_view rest, const Delimiters& d, std::size_t& length) {
    const char c = rest[0];
    const auto u = static_cast<unsigned char>(c);
    length = 1;
    if (const char letter = delimiter_letter(c, d); letter != '\0') return std::string(1, letter);
    if (c == '\n') return ".br";
    if (u < 0x20 || u == 0x7f) return hex_name(c);
    if (u < 0x80) return {};
    length = character_length(rest);
    if (length == 0) {
        length = 1;
        return hex_name(c);
    }
    if (d.escape_is_utf8 && rest.starts_with("\xC2\xA5")) return "E";
    return {};
}

using Characters = std::array<bool, 256>;

Characters plain_of(const Delimiters& delimiters) noexcept {
    Characters plain{};
    for (std::size_t c = 0x20; c < 0x7f; ++c) plain[c] = delimiter_letter(static_cast<char>(c), delimiters) == '\0';
    return plain;
}

/// ASCII that stands for itself.
const Characters& plain_characters(const Delimiters& delimiters) {
    static const Delimiters usual;
    static const auto plain = plain_of(usual);
    thread_local auto last = std::pair(usual, plain);
    if (delimiters == usual) return plain;
    if (!(delimiters == last.first)) last = {delimiters, plain_of(delimiters)};
    return last.second;
}

}  // namespace

std::string unescape(std::string_view value, const Delimiters& delimiters, const Charset& charset) {
    if (delimiters.escape == '\0') return std::string(value);
    return Unescaper(value, delimiters, charset).run();
}

void append_escaped(std::string& out, std::string_view value, const Delimiters& delimiters) {
    const auto& plain = plain_characters(delimiters);
    const auto is_plain = [&](char c) { return plain[static_cast<unsigned char>(c)]; };
    while (!value.empty()) {
        const auto special = std::find_if_not(value.begin(), value.end(), is_plain);
        out.append(value.begin(), special);
        value.remove_prefix(static_cast<std::size_t>(special - value.begin()));
        if (value.empty()) return;
        std::size_t length = 1;
        const auto name = sequence_for(value, delimiters, length);
        const auto mark = delimiters.escape_text();
        if (name.empty())
            out += value.substr(0, length);
        else if (mark.empty())
            out += ' ';
        else
            out.append(mark).append(name).append(mark);
        value.remove_prefix(length);
    }
}

std::string escape(std::string_view value, const Delimiters& delimiters) {
    std::string out;
    out.reserve(value.size());
    append_escaped(out, value, delimiters);
    return out;
}

std::string escape(std::string_view value) {
    return escape(value, Delimiters{});
}

}  // namespace causeway::hl7v2
