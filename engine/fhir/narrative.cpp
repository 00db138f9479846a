#include "fhir/narrative.hpp"

namespace causeway::fhir {
namespace {

constexpr std::string_view kDeclaration = " xmlns=\"http://www.w3.org/1999/xhtml\"";
// How narrative_markup() writes a carriage return.
constexpr std::string_view kCarriageReturn = "&#xD;";

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

// Line ends inside tags are kept: no reader can tell.
std::string with_plain_line_ends(std::string_view source) {
    std::string text;
    text.reserve(source.size());
    bool is_tag = false;
    for (std::size_t at = 0; at < source.size(); ++at) {
        const char c = source[at];
        if (c == '<') is_tag = true;
        if (c == '>') is_tag = false;
        if (c == '\r' && !is_tag) {
            if (at + 1 == source.size() || source[at + 1] != '\n') text += '\n';
        } else if (c == '&' && source.substr(at).starts_with(kCarriageReturn)) {
            text += '\r';
            at += kCarriageReturn.size() - 1;
        } else {
            text += c;
        }
    }
    return text;
}

void drop_prefix(std::string& text, std::string_view prefix) {
    replace_all(text, std::string("<").append(prefix), "<");
    replace_all(text, std::string("</").append(prefix), "</");
}

}  // namespace

std::optional<std::string> narrative_text(std::string_view source, std::string_view tag, bool is_self_contained) {
    const auto prefix = tag.substr(0, tag.find(':') + 1);
    const bool has_line_ends =
        source.find('\r') != std::string_view::npos || source.find(kCarriageReturn) != std::string_view::npos;
    if (!has_line_ends && is_self_contained && prefix.empty()) return std::nullopt;
    auto text = has_line_ends ? with_plain_line_ends(source) : std::string(source);
    if (!prefix.empty()) drop_prefix(text, prefix);
    if (!is_self_contained) text.insert(tag.size() - prefix.size() + 1, kDeclaration);
    return text;
}

std::string narrative_markup(std::string_view text) {
    std::string markup;
    markup.reserve(text.size());
    bool is_tag = false;
    for (const char c : text) {
        if (c == '<') is_tag = true;
        if (c == '>') is_tag = false;
        if (c == '\r' && !is_tag)
            markup += kCarriageReturn;
        else
            markup += c;
    }
    return markup;
}

}  // namespace causeway::fhir
