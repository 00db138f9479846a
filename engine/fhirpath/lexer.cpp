#include "fhirpath/lexer.hpp"

#include <array>
#include <optional>

#include "fhirpath/moment.hpp"
#include "hl7v2/path.hpp"

namespace causeway::fhirpath {
namespace {

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

constexpr auto kSymbols = std::to_array<std::string_view>(
    {"!=", "!~", "<=", ">=", ".", ",", "(", ")", "[", "]", "{", "}", "+", "-", "*", "/", "&", "|", "=", "~", "<", ">"});

void append_utf8(std::string& out, unsigned code) {
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | (code >> 6));
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else {
        out += static_cast<char>(0xE0 | (code >> 12));
        out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) {}

    std::variant<std::vector<Token>, CompileError> all() {
        while (!error_) {
            skip_space();
            if (error_ || done()) break;
            next();
            if (!tokens_.empty()) tokens_.back().end = at_;
        }
        if (error_) return *error_;
        add(Token::Kind::end, {}, at_);
        return std::move(tokens_);
    }

private:
    bool done() const { return at_ >= text_.size(); }
    char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

    void add(Token::Kind kind, std::string text, std::size_t start) {
        tokens_.push_back({kind, std::move(text), start + 1, {}, at_});
    }

    void fail(std::size_t at, std::string what) {
        if (!error_) error_ = CompileError{at + 1, std::move(what)};
    }

    void skip_space() {
        while (!done() && !error_) {
            if (is_blank(peek())) {
                ++at_;
            } else if (peek() == '/' && peek(1) == '/') {
                while (!done() && peek() != '\n' && peek() != '\r') ++at_;
            } else if (peek() == '/' && peek(1) == '*') {
                skip_comment();
            } else {
                return;
            }
        }
    }

    void skip_comment() {
        const auto end = text_.find("*/", at_ + 2);
        if (end == std::string_view::npos) return fail(at_, "Close the comment with */.");
        at_ = end + 2;
    }

    void next() {
        const char c = peek();
        if (is_letter(c)) return word();
        if (is_digit(c)) return number();
        if (c == '\'') return quoted('\'', Token::Kind::string);
        if (c == '`') return quoted('`', Token::Kind::quoted_identifier);
        if (c == '"') return quoted('"', Token::Kind::quoted_identifier);
        if (c == '@') return temporal();
        if (c == '%') return variable();
        if (c == '$') return special();
        symbol();
    }

    void word() {
        const auto start = at_;
        if (const auto length = hl7v2::Path::match(text_.substr(at_)); length > 0 && !is_letter(peek(length))) {
            at_ += length;
            return add(Token::Kind::hl7_path, std::string(text_.substr(start, length)), start);
        }
        add(Token::Kind::identifier, take_word(), start);
    }

    std::string take_word() {
        const auto start = at_;
        while (is_letter(peek()) || is_digit(peek())) ++at_;
        return std::string(text_.substr(start, at_ - start));
    }

    void number() {
        const auto start = at_;
        while (is_digit(peek())) ++at_;
        if (peek() == '.' && is_digit(peek(1))) {
            ++at_;
            while (is_digit(peek())) ++at_;
        }
        add(Token::Kind::number, std::string(text_.substr(start, at_ - start)), start);
    }

    void quoted(char quote, Token::Kind kind) {
        const auto start = at_++;
        std::string out;
        while (!done() && peek() != quote) {
            if (peek() == '\\') {
                escape(out);
                if (error_) return;
            } else {
                out += text_[at_++];
            }
        }
        if (done()) return fail(start, std::string("Close the text with ") + quote + ".");
        ++at_;
        add(kind, std::move(out), start);
    }

    void escape(std::string& out) {
        static constexpr std::string_view kFrom = "'\"`rntf\\/";
        static constexpr std::string_view kTo = "'\"`\r\n\t\f\\/";
        const char c = peek(1);
        if (c == 'u') return unicode(out);
        const auto which = kFrom.find(c);
        if (c == '\0' || which == std::string_view::npos)
            return fail(at_,
                        "Use an escape of FHIRPath here: \\', \\\", \\`, \\r, \\n, \\t, \\f, \\\\, \\/ or \\uXXXX.");
        out += kTo[which];
        at_ += 2;
    }

    void unicode(std::string& out) {
        unsigned code = 0;
        for (std::size_t i = 2; i < 6; ++i) {
            const char c = peek(i);
            const char lower = static_cast<char>(c | 0x20);
            const bool letter = lower >= 'a' && lower <= 'f';
            if (!is_digit(c) && !letter) return fail(at_, "Write four hexadecimal digits after \\u.");
            code = code * 16 + static_cast<unsigned>(letter ? lower - 'a' + 10 : c - '0');
        }
        if (code >= 0xD800 && code <= 0xDFFF)
            return fail(at_, "Write the character itself instead of half a surrogate pair.");
        append_utf8(out, code);
        at_ += 6;
    }

    void temporal() {
        const auto start = at_++;
        const auto from = at_;
        const bool is_time = peek() == 'T';
        if (is_time) ++at_;
        while (is_digit(peek()) || (!is_time && peek() == '-')) ++at_;
        bool has_time = is_time;
        if (!is_time && peek() == 'T') {
            has_time = true;
            ++at_;
        }
        while (has_time && (is_digit(peek()) || peek() == ':' || (peek() == '.' && is_digit(peek(1))))) ++at_;
        if (has_time && !is_time) take_zone();
        std::string text(text_.substr(from, at_ - from));
        const auto kind = is_time ? Temporal::Kind::time : has_time ? Temporal::Kind::date_time : Temporal::Kind::date;
        if (!Moment::parse(text, kind))
            return fail(start, "Write a real date or time, such as @2026-11-21, @2026-11-21T21:45:00Z or @T21:45.");
        if (is_time) text.erase(0, 1);
        if (text.back() == 'T') text.pop_back();
        tokens_.push_back({Token::Kind::temporal, std::move(text), start + 1, kind, at_});
    }

    void take_zone() {
        if (peek() == 'Z') {
            ++at_;
        } else if ((peek() == '+' || peek() == '-') && is_digit(peek(1)) && is_digit(peek(2)) && peek(3) == ':') {
            at_ += 6;
            if (at_ > text_.size()) at_ = text_.size();
        }
    }

    void variable() {
        const auto start = at_++;
        if (peek() == '`' || peek() == '\'') {
            quoted(peek(), Token::Kind::variable);
            if (!error_) tokens_.back().column = start + 1;
            return;
        }
        if (!is_letter(peek())) return fail(start, "Write a variable's name after %.");
        add(Token::Kind::variable, take_word(), start);
    }

    void special() {
        const auto start = at_++;
        auto name = take_word();
        if (name != "this" && name != "index" && name != "total") return fail(start, "Use $this, $index or $total.");
        add(Token::Kind::special, std::move(name), start);
    }

    void symbol() {
        for (const auto each : kSymbols) {
            if (!text_.substr(at_).starts_with(each)) continue;
            add(Token::Kind::symbol, std::string(each), at_);
            at_ += each.size();
            return;
        }
        fail(at_, "Take out this character: it has no meaning in FHIRPath.");
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<Token> tokens_;
    std::optional<CompileError> error_;
};

}  // namespace

std::variant<std::vector<Token>, CompileError> lex(std::string_view text) {
    return Lexer(text).all();
}

}  // namespace causeway::fhirpath
