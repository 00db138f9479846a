#include "validation/narrative.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace causeway::validation {
namespace {

using std::string_view;

constexpr auto kElements = std::to_array<string_view>(
    {"a",   "abbr", "acronym", "b",     "big",     "blockquote", "br",  "caption", "cite", "code",  "col",  "colgroup",
     "dd",  "dfn",  "div",     "dl",    "dt",      "em",         "h1",  "h2",      "h3",   "h4",    "h5",   "h6",
     "hr",  "i",    "img",     "li",    "ol",      "p",          "pre", "q",       "samp", "small", "span", "strong",
     "sub", "sup",  "table",   "tbody", "td",      "tfoot",      "th",  "thead",   "tr",   "tt",    "u",    "ul",
     "var", "del",  "ins",     "bdo",   "address", "kbd",        "dir", "font"});

constexpr auto kAttributes = std::to_array<string_view>(
    {"title",   "style",    "class",   "id",     "lang",        "xml:lang",    "dir",      "accesskey", "tabindex",
     "span",    "width",    "align",   "valign", "char",        "charoff",     "abbr",     "axis",      "headers",
     "scope",   "rowspan",  "colspan", "src",    "alt",         "height",      "href",     "name",      "cite",
     "summary", "border",   "frame",   "rules",  "cellspacing", "cellpadding", "longdesc", "usemap",    "charset",
     "type",    "hreflang", "rel",     "rev",    "shape",       "coords",      "nowrap",   "xmlns",     "start",
     "value",   "clear",    "bgcolor", "color",  "size",        "hspace",      "vspace",   "datetime",  "target"});

template <class List>
bool is_in(const List& list, string_view name) {
    return std::find(list.begin(), list.end(), name) != list.end();
}

bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_name(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' || c == '-' ||
           c == '_' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

class XhtmlReader {
public:
    explicit XhtmlReader(string_view text) : text_(text) {}

    std::string run() {
        skip_space();
        if (!text_.substr(at_).starts_with("<div")) return "Put the narrative into one div element.";
        while (at_ < text_.size()) {
            if (text_[at_] == '<') {
                if (auto mistake = markup(); !mistake.empty()) return mistake;
            } else if (text_[at_] == '&') {
                if (!entity()) return "Write & as &amp; and use only entities that XHTML knows.";
            } else {
                if (open_.empty() && !is_space(text_[at_])) return "Put nothing after the div element.";
                ++at_;
            }
        }
        return open_.empty() ? std::string() : "Close each element of the narrative.";
    }

private:
    void skip_space() {
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    }

    string_view name() {
        const auto begin = at_;
        while (at_ < text_.size() && is_name(text_[at_])) ++at_;
        return text_.substr(begin, at_ - begin);
    }

    bool entity() {
        const auto end = text_.find(';', at_);
        if (end == string_view::npos || end - at_ < 2 || end - at_ > 12) return false;
        const auto body = text_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
        return std::all_of(body.begin(), body.end(), [](char c) { return is_name(c) || c == '#'; });
    }

    std::string markup() {
        if (text_.substr(at_).starts_with("<!--")) {
            const auto end = text_.find("-->", at_);
            if (end == string_view::npos) return "Close the comment.";
            at_ = end + 3;
            return {};
        }
        ++at_;
        if (at_ < text_.size() && text_[at_] == '/') return end_tag();
        if (at_ < text_.size() && (text_[at_] == '!' || text_[at_] == '?'))
            return "Take declarations and processing instructions out of the narrative.";
        return start_tag();
    }

    std::string end_tag() {
        ++at_;
        const auto tag = name();
        skip_space();
        if (at_ >= text_.size() || text_[at_] != '>' || open_.empty() || open_.back() != tag)
            return "Close the elements of the narrative in the order in which they were opened.";
        ++at_;
        open_.pop_back();
        return {};
    }

    std::string start_tag() {
        const auto tag = name();
        if (tag.empty()) return "Write < as &lt; in text.";
        if (open_.empty() && (tag != "div" || seen_root_)) return "Put the narrative into one div element.";
        if (!is_in(kElements, tag))
            return "Take the element " + std::string(tag.substr(0, 32)) + " out of the narrative: it is not allowed.";
        seen_root_ = true;
        while (true) {
            skip_space();
            if (at_ >= text_.size()) return "Close the tag of the element.";
            if (text_[at_] == '>') {
                ++at_;
                open_.push_back(tag);
                return open_.size() > 200 ? "Nest the elements of the narrative less deeply." : std::string();
            }
            if (text_[at_] == '/') {
                at_ += 2;
                return {};
            }
            if (auto mistake = attribute(tag); !mistake.empty()) return mistake;
        }
    }

    std::string attribute(string_view tag) {
        const auto attribute = name();
        if (attribute.empty()) return "Write the attributes of an element as name=\"value\".";
        skip_space();
        if (at_ >= text_.size() || text_[at_] != '=') return "Give each attribute a value in quotes.";
        ++at_;
        skip_space();
        if (at_ >= text_.size() || (text_[at_] != '"' && text_[at_] != '\'')) return "Put attribute values in quotes.";
        const auto end = text_.find(text_[at_], at_ + 1);
        if (end == string_view::npos) return "Close the quotes of the attribute.";
        const auto value = text_.substr(at_ + 1, end - at_ - 1);
        at_ = end + 1;
        if (attribute == "xmlns" && open_.empty() && value != "http://www.w3.org/1999/xhtml")
            return "Give the div the namespace http://www.w3.org/1999/xhtml.";
        if (!is_in(kAttributes, attribute) && !attribute.starts_with("xmlns:"))
            return "Take the attribute " + std::string(attribute.substr(0, 32)) + " of " +
                   std::string(tag.substr(0, 32)) + " out of the narrative: it is not allowed.";
        return {};
    }

    string_view text_;
    std::size_t at_ = 0;
    bool seen_root_ = false;
    std::vector<string_view> open_;
};

}  // namespace

std::string check_xhtml(string_view div) {
    return XhtmlReader(div).run();
}

bool has_content(string_view div) noexcept {
    if (div.find("<img") != string_view::npos) return true;
    bool in_tag = false;
    for (const char c : div) {
        if (c == '<')
            in_tag = true;
        else if (c == '>')
            in_tag = false;
        else if (!in_tag && !is_space(c))
            return true;
    }
    return false;
}

}  // namespace causeway::validation
