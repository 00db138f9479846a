#include <algorithm>

#include "pathway/program.hpp"

namespace causeway::pathway {
namespace {

bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Position after the string that begins at `at` with its quote character.
std::size_t after_string(std::string_view text, std::size_t at) {
    const char quote = text[at++];
    while (at < text.size() && text[at] != quote) at += text[at] == '\\' ? 2 : 1;
    return std::min(at + 1, text.size());
}

std::size_t after_comment(std::string_view text, std::size_t at) {
    const bool line = text[at + 1] == '/';
    const auto end = text.find(line ? "\n" : "*/", at + 2);
    return end == std::string_view::npos ? text.size() : end + (line ? 1 : 2);
}

bool begins_comment(std::string_view text, std::size_t at) {
    return text[at] == '/' && at + 1 < text.size() && (text[at + 1] == '/' || text[at + 1] == '*');
}

/// Takes the variable whose "%" stands at `at`; %`quoted` and %'quoted' are one name too.
std::size_t take_variable(std::string_view text, std::size_t at, std::vector<VariableUse>& out) {
    std::size_t end = at + 1;
    if (end < text.size() && (text[end] == '`' || text[end] == '\'')) {
        end = after_string(text, end);
        out.push_back({std::string(text.substr(at + 2, end - at - 3)), at + 1});
        return end;
    }
    while (end < text.size() && is_name(text[end])) ++end;
    if (end > at + 1) out.push_back({std::string(text.substr(at + 1, end - at - 1)), at + 1});
    return end;
}

}  // namespace

std::vector<VariableUse> variables_of(std::string_view expression) {
    std::vector<VariableUse> uses;
    std::size_t at = 0;
    while (at < expression.size()) {
        const char c = expression[at];
        if (c == '\'' || c == '"' || c == '`') {
            at = after_string(expression, at);
        } else if (begins_comment(expression, at)) {
            at = after_comment(expression, at);
        } else if (c == '%') {
            at = take_variable(expression, at, uses);
        } else {
            ++at;
        }
    }
    return uses;
}

}  // namespace causeway::pathway
