#include "mapping/scanner.hpp"

#include <algorithm>
#include <cctype>

#include "core/text.hpp"
#include "hl7v2/path.hpp"

namespace causeway::mapping {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Walks a text and knows whether it stands in quotes or brackets.
class Cursor {
public:
    explicit Cursor(std::string_view text) : text_(text) {}

    bool done() const { return at_ >= text_.size(); }
    std::size_t at() const { return at_; }
    bool quoted() const { return quote_ != 0; }
    bool outside() const { return quote_ == 0 && depth_ == 0; }

    void next() {
        const char c = text_[at_];
        if (quote_ != 0) {
            if (c == '\\') ++at_;
            if (c == quote_) quote_ = 0;
        } else if (c == '\'' || c == '"' || c == '`') {
            quote_ = c;
        } else if (c == '(' || c == '[' || c == '{') {
            ++depth_;
        } else if ((c == ')' || c == ']' || c == '}') && depth_ > 0) {
            --depth_;
        }
        ++at_;
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;
    char quote_ = 0;
    int depth_ = 0;
};

Chunk chunk(std::string keyword, std::string_view text, std::size_t begin, std::size_t end, std::size_t offset) {
    while (begin < end && is_blank(text[begin])) ++begin;
    return {std::move(keyword), std::string(trim(text.substr(begin, end - begin))), offset + begin};
}

bool begins_word(std::string_view text, std::size_t at, std::string_view word) {
    if (text.substr(at, word.size()) != word) return false;
    if (at > 0 && !is_blank(text[at - 1])) return false;
    return at + word.size() == text.size() || is_blank(text[at + word.size()]);
}

/// After these, and at its beginning, a condition goes on with a name, even if that is a keyword: required =
/// 'accepted'.
bool expects_operand(std::string_view before) {
    constexpr std::string_view kBefore[] = {"and", "or", "xor", "implies",  "=", "!=", "~", "!~", "<", ">",
                                            "<=",  ">=", "in",  "contains", "+", "-",  "*", "/",  "&", "|"};
    const auto last = before.substr(before.find_last_of(" \t") + 1);
    return before.empty() || std::find(std::begin(kBefore), std::end(kBefore), last) != std::end(kBefore);
}

/// "=" before a constant in double quotes; inside a condition any other "=" compares.
bool belongs_to_condition(std::string_view text, std::size_t begin, std::size_t at, std::string_view keyword) {
    if (keyword == ":" || expects_operand(trim(text.substr(begin, at - begin)))) return true;
    if (keyword != "=") return false;
    const auto rest = trim(text.substr(at + 1));
    return rest.empty() || rest.front() != '"';
}

}  // namespace

std::string_view without_comment(std::string_view line) {
    for (Cursor cursor(line); !cursor.done(); cursor.next()) {
        const auto at = cursor.at();
        if (!cursor.quoted() && line[at] == '#' && (at == 0 || is_blank(line[at - 1]))) return line.substr(0, at);
    }
    return line;
}

ArrowPlace find_arrow(std::string_view line) {
    for (Cursor cursor(line); !cursor.done(); cursor.next()) {
        if (!cursor.outside()) continue;
        for (const std::string_view arrow : {"<->", "->", "<-"})
            if (begins_word(line, cursor.at(), arrow)) return {cursor.at(), arrow.size()};
    }
    return {};
}

std::vector<Chunk> split_options(std::string_view text, const std::vector<std::string_view>& keywords,
                                 std::size_t offset) {
    std::vector<Chunk> chunks;
    std::string keyword;
    std::size_t begin = 0;
    for (Cursor cursor(text); !cursor.done(); cursor.next()) {
        if (!cursor.outside()) continue;
        const auto at = cursor.at();
        for (const auto candidate : keywords) {
            if (!begins_word(text, at, candidate)) continue;
            if (keyword == "when" && belongs_to_condition(text, begin, at, candidate)) continue;
            // What comes first is a name, whatever it is called: Appointment.participant.required.
            if (chunks.empty() && is_word(candidate[0]) && trim(text.substr(0, at)).empty()) continue;
            chunks.push_back(chunk(keyword, text, begin, at, offset));
            keyword = candidate;
            begin = at + candidate.size();
            break;
        }
    }
    chunks.push_back(chunk(keyword, text, begin, text.size(), offset));
    return chunks;
}

std::vector<Chunk> words(std::string_view text, std::size_t offset) {
    std::vector<Chunk> found;
    std::size_t begin = 0;
    for (Cursor cursor(text); !cursor.done();) {
        const auto at = cursor.at();
        if (!cursor.quoted() && is_blank(text[at])) {
            if (at > begin) found.push_back(chunk("", text, begin, at, offset));
            begin = at + 1;
        }
        cursor.next();
    }
    if (begin < text.size()) found.push_back(chunk("", text, begin, text.size(), offset));
    return found;
}

std::vector<Chunk> split_list(std::string_view text, std::size_t offset) {
    std::vector<Chunk> found;
    std::size_t begin = 0;
    for (Cursor cursor(text); !cursor.done(); cursor.next()) {
        if (!cursor.outside() || text[cursor.at()] != ',') continue;
        found.push_back(chunk("", text, begin, cursor.at(), offset));
        begin = cursor.at() + 1;
    }
    found.push_back(chunk("", text, begin, text.size(), offset));
    std::erase_if(found, [](const Chunk& part) { return part.text.empty(); });
    return found;
}

bool unquote(std::string_view text, std::string& out) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
    text = text.substr(1, text.size() - 2);
    out.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') return false;
        if (text[i] == '\\' && i + 1 == text.size()) return false;
        if (text[i] != '\\') {
            out += text[i];
            continue;
        }
        const char next = text[++i];
        out += next == 'n' ? '\n' : next;
    }
    return true;
}

std::vector<Chunk> variables_of(std::string_view text, std::size_t offset) {
    std::vector<Chunk> found;
    for (Cursor cursor(text); !cursor.done(); cursor.next()) {
        const auto at = cursor.at();
        if (cursor.quoted() || text[at] != '%') continue;
        auto end = at + 1;
        while (end < text.size() && is_word(text[end])) ++end;
        if (end > at + 1) found.push_back({"", std::string(text.substr(at + 1, end - at - 1)), offset + at});
    }
    return found;
}

std::size_t match_path(std::string_view text) {
    if (const auto length = hl7v2::Path::match(text); length != 0) return length;
    if (text.empty() || std::isupper(static_cast<unsigned char>(text[0])) == 0) return 0;
    for (auto dot = text.find('.'); dot != std::string_view::npos && dot + 1 < text.size();
         dot = text.find('.', dot + 1)) {
        if (std::islower(static_cast<unsigned char>(text[dot + 1])) == 0) continue;
        const auto path = hl7v2::Path::parse(text.substr(0, dot));
        return path && path->field == 0 ? dot : 0;
    }
    return 0;
}

bool is_segment_line(std::string_view line) {
    return line.size() >= 4 && line[3] == '|' && std::all_of(line.begin(), line.begin() + 3, [](unsigned char c) {
               return std::isupper(c) != 0 || std::isdigit(c) != 0;
           });
}

int brackets_after(std::string_view line, int depth) {
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (quoted && line[i] == '\\') {
            ++i;
        } else if (line[i] == '"') {
            quoted = !quoted;
        } else if (!quoted) {
            if (line[i] == '{' || line[i] == '[') ++depth;
            if (line[i] == '}' || line[i] == ']') --depth;
        }
    }
    return depth;
}

}  // namespace causeway::mapping
