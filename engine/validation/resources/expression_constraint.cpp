#include "validation/resources/expression_constraint.hpp"

#include <algorithm>
#include <array>

namespace causeway::validation {
namespace {

using std::string_view;

constexpr int kMostDepth = 50;

bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Recursive descent; every function takes what it is named for, or says no.
class Parser {
public:
    explicit Parser(string_view text) noexcept : text_(text) {}

    bool run() noexcept { return expression(0) && (space(), text_.empty()); }

private:
    void space() noexcept {
        while (!text_.empty()) {
            if (is_space(text_.front())) {
                text_.remove_prefix(1);
            } else if (text_.starts_with("/*")) {
                const auto end = text_.find("*/", 2);
                text_.remove_prefix(end == string_view::npos ? text_.size() : end + 2);
            } else {
                return;
            }
        }
    }
    bool take(string_view token) noexcept {
        space();
        if (!text_.starts_with(token)) return false;
        text_.remove_prefix(token.size());
        return true;
    }
    bool word(string_view wanted) noexcept {
        space();
        if (text_.size() < wanted.size()) return false;
        for (std::size_t i = 0; i < wanted.size(); ++i)
            if (lower(text_[i]) != wanted[i]) return false;
        if (text_.size() > wanted.size() && is_letter(text_[wanted.size()])) return false;
        text_.remove_prefix(wanted.size());
        return true;
    }

    bool expression(int depth) noexcept {
        if (depth > kMostDepth || !part(depth)) return false;
        if (take(":")) return refinement(depth + 1);
        return joined(depth);
    }

    bool joined(int depth) noexcept {
        if (word("minus")) return part(depth);
        const bool is_and = word("and") || take(",");
        if (!is_and && !word("or")) return dots(depth);
        do {
            if (!part(depth)) return false;
        } while (is_and ? word("and") || take(",") : word("or"));
        return true;
    }

    bool dots(int depth) noexcept {
        while (take("."))
            if (!part(depth)) return false;
        return true;
    }

    /// "<< ^ 123 |term| {{ ... }}" or "<< ( ... )".
    bool part(int depth) noexcept {
        take_operator();
        if (take("^")) {
            if (take("[") && !skip_to(']')) return false;
        }
        if (take("(")) {
            if (!expression(depth + 1) || !take(")")) return false;
        } else if (!take("*") && !focus()) {
            return false;
        }
        while (take("{{")) {
            const auto end = text_.find("}}");
            if (end == string_view::npos) return false;
            text_.remove_prefix(end + 2);
        }
        return true;
    }

    void take_operator() noexcept {
        constexpr auto kOperators =
            std::to_array<string_view>({"<<!", "<!", "<<", "<", ">>!", ">!", ">>", ">", "!!>", "!!<"});
        (void)std::any_of(kOperators.begin(), kOperators.end(), [&](string_view each) { return take(each); });
    }

    bool skip_to(char end) noexcept {
        const auto at = text_.find(end);
        if (at == string_view::npos) return false;
        text_.remove_prefix(at + 1);
        return true;
    }

    /// An identifier, or one of another scheme ("LOINC#8867-4"), perhaps with a term.
    bool focus() noexcept {
        space();
        std::size_t n = 0;
        while (n < text_.size() && is_digit(text_[n])) ++n;
        if (n == 0) {
            while (n < text_.size() && (is_letter(text_[n]) || is_digit(text_[n]) || text_[n] == '-')) ++n;
            if (n == 0 || n == text_.size() || text_[n] != '#') return false;
            ++n;
            while (n < text_.size() && !is_space(text_[n]) && text_[n] != ')') ++n;
        } else if (n < 6 || n > 18) {
            return false;
        }
        text_.remove_prefix(n);
        return !take("|") || skip_to('|');
    }

    bool refinement(int depth) noexcept {
        if (depth > kMostDepth || !refined(depth)) return false;
        while (take(",") || word("and") || word("or"))
            if (!refined(depth)) return false;
        return true;
    }

    /// A group "[1..*] { ... }", a bracket "( ... )" or an attribute.
    bool refined(int depth) noexcept {
        if (take("[") && !skip_to(']')) return false;
        if (take("{")) return refinement(depth + 1) && take("}");
        if (take("(")) return refinement(depth + 1) && take(")");
        word("r");
        if (!part(depth) || !comparison()) return false;
        return value(depth);
    }

    bool comparison() noexcept { return take("=") || take("!=") || take("<=") || take(">=") || take("<") || take(">"); }

    bool value(int depth) noexcept {
        space();
        if (take("#")) return number();
        if (take("\"")) return quoted();
        if (word("true") || word("false")) return true;
        return part(depth);
    }

    bool number() noexcept {
        if (!text_.empty() && (text_.front() == '-' || text_.front() == '+')) text_.remove_prefix(1);
        std::size_t n = 0;
        while (n < text_.size() && (is_digit(text_[n]) || text_[n] == '.')) ++n;
        text_.remove_prefix(n);
        return n > 0;
    }

    bool quoted() noexcept {
        for (std::size_t i = 0; i < text_.size(); ++i) {
            if (text_[i] == '\\') {
                ++i;
            } else if (text_[i] == '"') {
                text_.remove_prefix(i + 1);
                return true;
            }
        }
        return false;
    }

    string_view text_;
};

}  // namespace

bool is_expression_constraint(string_view text) noexcept {
    return Parser(text).run();
}

}  // namespace causeway::validation
