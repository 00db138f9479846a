#include "validation/xhtml.hpp"

#include <algorithm>
#include <array>

#include "validation/xhtml_links.hpp"
#include "validation/xhtml_vocabulary.hpp"

namespace causeway::validation {
namespace {

using std::string_view;
using Kind = XhtmlMistake::Kind;

constexpr string_view kNamespace = "http://www.w3.org/1999/xhtml";
constexpr std::size_t kMostDepth = 250;
constexpr std::size_t kMostAttributes = 50;
constexpr std::size_t kShownName = 40;

bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_name_start(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool is_name(char c) noexcept {
    return is_name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

string_view local(string_view name) noexcept {
    const auto colon = name.find(':');
    return colon == string_view::npos ? name : name.substr(colon + 1);
}

bool has_word(string_view list, string_view word) noexcept {
    for (auto at = list.find(word); at != string_view::npos; at = list.find(word, at + 1)) {
        const auto end = at + word.size();
        if ((at == 0 || is_space(list[at - 1])) && (end == list.size() || is_space(list[end]))) return true;
    }
    return false;
}

bool tells_source(string_view classes) noexcept {
    return has_word(classes, "generated") || has_word(classes, "original") || has_word(classes, "boilerplate");
}

/// A character reference "&#...;": of a character that XML allows.
bool is_character(string_view digits) noexcept {
    const bool is_hex = digits.starts_with('x');
    if (is_hex) digits.remove_prefix(1);
    if (digits.empty() || digits.size() > 8) return false;
    std::uint32_t code = 0;
    for (const char c : digits) {
        std::uint32_t digit = 0;
        if (c >= '0' && c <= '9')
            digit = static_cast<std::uint32_t>(c - '0');
        else if (is_hex && c >= 'a' && c <= 'f')
            digit = static_cast<std::uint32_t>(c - 'a' + 10);
        else if (is_hex && c >= 'A' && c <= 'F')
            digit = static_cast<std::uint32_t>(c - 'A' + 10);
        else
            return false;
        code = code * (is_hex ? 16 : 10) + digit;
        if (code > 0x10FFFF) return false;
    }
    return code >= 0x20 ? code < 0xD800 || (code > 0xDFFF && code < 0xFFFE) || code > 0xFFFF
                        : code == 9 || code == 10 || code == 13;
}

class Reader {
public:
    explicit Reader(string_view text) : text_(text) {}

    Xhtml run() {
        skip_space();
        if (at_ == text_.size() || text_[at_] != '<') fail("Put the narrative into one div element.");
        while (!is_stopped_ && at_ < text_.size()) step();
        if (!is_stopped_ && !open_.empty()) fail("Close each element of the narrative.");
        return std::move(out_);
    }

private:
    struct Open {
        string_view name;  ///< As written.
        bool is_paragraph = false;
        bool is_marked = false;  ///< Inside something that tells its source.
    };

    void note(Kind kind, std::size_t offset, std::string advice) {
        if (out_.mistakes.size() < kMostXhtmlMistakes) out_.mistakes.push_back({kind, offset, std::move(advice)});
    }
    void fail(std::string advice) {
        if (out_.mistakes.size() == kMostXhtmlMistakes) out_.mistakes.pop_back();
        note(Kind::form, at_, std::move(advice));
        is_stopped_ = true;
    }
    static std::string shown(string_view name) { return std::string(name.substr(0, kShownName)); }

    void step() {
        if (text_[at_] == '<')
            markup();
        else
            characters();
    }

    void skip_space() noexcept {
        while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    }

    bool take(string_view token) noexcept {
        if (text_.compare(at_, token.size(), token) != 0) return false;
        at_ += token.size();
        return true;
    }

    string_view name() noexcept {
        const auto begin = at_;
        if (at_ < text_.size() && is_name_start(text_[at_]))
            while (at_ < text_.size() && is_name(text_[at_])) ++at_;
        return text_.substr(begin, at_ - begin);
    }

    /// Text up to the next markup.
    void characters() {
        bool is_blank = true;
        while (at_ < text_.size() && text_[at_] != '<') {
            if (text_[at_] == '&') {
                is_blank = false;
                if (!entity()) return;
                continue;
            }
            is_blank = is_blank && is_space(text_[at_]);
            ++at_;
        }
        if (is_blank) return;
        if (open_.empty()) return fail("Put the narrative into one div element, and nothing around it.");
        add_text();
    }

    void add_text() {
        out_.has_content = true;
        if (!open_.empty() && !open_.back().is_marked) ++out_.unmarked_texts;
    }

    bool entity() {
        const auto end = text_.substr(at_, 12).find(';');
        const auto body = end == string_view::npos ? string_view() : text_.substr(at_ + 1, end - 1);
        if (body.starts_with('#') ? !is_character(body.substr(1)) : !is_named(body)) {
            fail("Write & as &amp;, and other characters as themselves or by number.");
            return false;
        }
        at_ += end + 1;
        return true;
    }

    bool is_named(string_view body) {
        for (const string_view known : {"amp", "lt", "gt", "quot", "apos"})
            if (body == known) return true;
        if (!is_html_entity(body)) return false;
        if (!said_entity_)
            note(Kind::remark, at_,
                 "Write &" + shown(body) + "; as the character itself or by number: XML has no such name.");
        said_entity_ = true;
        return true;
    }

    void markup() {
        if (take("<!--")) return skip_past("-->", "Close the comment.");
        if (text_.compare(at_, 9, "<![CDATA[") == 0) return section();
        if (at_ + 1 < text_.size() && (text_[at_ + 1] == '!' || text_[at_ + 1] == '?'))
            return fail("Take declarations and processing instructions out of the narrative.");
        if (take("</")) return end_tag();
        ++at_;
        start_tag();
    }

    void skip_past(string_view token, const char* advice) {
        const auto end = text_.find(token, at_);
        if (end == string_view::npos) return fail(advice);
        at_ = end + token.size();
    }

    void section() {
        if (open_.empty()) return fail("Put the narrative into one div element.");
        at_ += 9;
        const auto begin = at_;
        skip_past("]]>", "Close the CDATA section.");
        if (is_stopped_) return;
        const auto body = text_.substr(begin, at_ - begin - 3);
        if (!std::all_of(body.begin(), body.end(), is_space)) add_text();
    }

    void end_tag() {
        const auto tag = name();
        skip_space();
        if (open_.empty() || open_.back().name != tag || !take(">"))
            return fail("Close the elements of the narrative in the order in which they were opened.");
        open_.pop_back();
    }

    void start_tag() {
        const auto begin = at_ - 1;
        const auto tag = name();
        if (tag.empty()) return fail("Write < as &lt; in text.");
        const auto element = local(tag);
        if (open_.empty() && (seen_root_ || element != "div")) return fail("Put the narrative into one div element.");
        if (!is_xhtml_element(element))
            note(Kind::vocabulary, begin,
                 "Take the element " + shown(element) + " out of the narrative: it is not allowed there.");
        Open opened{tag, element == "p", !open_.empty() && open_.back().is_marked};
        if (!open_.empty() && open_.back().is_paragraph) {
            opened.is_paragraph = true;
            if (is_block(element))
                note(Kind::vocabulary, begin,
                     "Take the element " + shown(element) + " out of the paragraph: only text may stand in one.");
        }
        if (!attributes(element)) return;
        finish(tag, element, opened);
    }

    void finish(string_view tag, string_view element, Open opened) {
        if (!seen_root_) check_namespace(tag);
        seen_root_ = true;
        for (const auto& [attribute, value, offset] : attributes_) {
            if (attribute == "class" && tells_source(value)) opened.is_marked = true;
            inspect(element, attribute, value, offset);
        }
        if (element == "img" && attribute_of("src").data() != nullptr) out_.has_content = true;
        if (take("/>")) return;
        ++at_;
        if (open_.size() >= kMostDepth) return fail("Nest the elements of the narrative less deeply.");
        open_.push_back(opened);
    }

    /// All up to ">" or "/>".
    bool attributes(string_view element) {
        attributes_.clear();
        while (true) {
            const auto before = at_;
            skip_space();
            if (at_ == text_.size()) return fail("Close the tag of the element."), false;
            if (text_[at_] == '>' || text_.compare(at_, 2, "/>") == 0) return true;
            if (at_ == before) return fail("Put white space between the attributes of an element."), false;
            if (!attribute(element)) return false;
        }
    }

    bool attribute(string_view element) {
        const auto begin = at_;
        const auto attribute = name();
        skip_space();
        if (attribute.empty() || !take("=")) return fail("Write attributes as name=\"value\"."), false;
        skip_space();
        if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\''))
            return fail("Put the values of attributes in quotes."), false;
        const char quote = text_[at_++];
        const auto start = at_;
        while (at_ < text_.size() && text_[at_] != quote) {
            if (text_[at_] == '<') return fail("Write < as &lt; in attributes."), false;
            if (text_[at_] == '&') {
                if (!entity()) return false;
            } else {
                ++at_;
            }
        }
        if (at_ == text_.size()) return fail("Close the quotes of the attribute."), false;
        const auto value = text_.substr(start, at_++ - start);
        if (attribute_of(attribute).data() != nullptr || attributes_.size() == kMostAttributes)
            return fail("Give an element each attribute once."), false;
        attributes_.push_back({attribute, value, begin});
        if (!is_xhtml_attribute(element, attribute))
            note(Kind::vocabulary, begin,
                 "Take the attribute " + shown(attribute) + " of " + shown(element) +
                     " out of the narrative: it is not allowed there.");
        return true;
    }

    /// Null data where the element has none such.
    string_view attribute_of(string_view name) const noexcept {
        for (const auto& each : attributes_)
            if (each.name == name) return each.value;
        return {};
    }

    /// A prefix may be declared further up, in the document around it.
    void check_namespace(string_view tag) {
        const auto colon = tag.find(':');
        const auto declared = colon == string_view::npos ? attribute_of("xmlns")
                                                         : attribute_of("xmlns:" + std::string(tag.substr(0, colon)));
        if (declared == kNamespace || (colon != string_view::npos && declared.data() == nullptr)) return;
        note(Kind::vocabulary, at_, "Give the div the namespace http://www.w3.org/1999/xhtml.");
    }

    void inspect(string_view element, string_view attribute, string_view value, std::size_t offset) {
        if (attribute == "id" || (attribute == "name" && element == "a")) out_.ids.push_back(value);
        if (attribute == "xmlns" && seen_root_ && !open_.empty() && value != kNamespace)
            note(Kind::vocabulary, offset, "Give all elements of the narrative the namespace of XHTML.");
        if ((attribute == "lang" && attribute_of("xml:lang").data() == nullptr) || attribute == "xml:lang")
            if (open_.size() == 1 && element == "div") out_.languages.push_back(value);
        const char* advice = nullptr;
        if (attribute == "href" || attribute == "longdesc" || attribute == "cite") {
            advice = check_link(value, LinkUse::follow);
            if (attribute == "href" && value.size() > 1 && value.front() == '#')
                out_.targets.push_back(value.substr(1));
        } else if (attribute == "src") {
            advice = check_link(value, LinkUse::show);
            if (value.size() > 1 && value.front() == '#') out_.targets.push_back(value.substr(1));
        } else if (attribute == "style") {
            advice = check_style(value);
        }
        if (advice != nullptr) note(Kind::link, offset, advice);
    }

    struct Attribute {
        string_view name;
        string_view value;
        std::size_t offset = 0;
    };

    string_view text_;
    std::size_t at_ = 0;
    Xhtml out_;
    std::vector<Open> open_;
    std::vector<Attribute> attributes_;
    bool seen_root_ = false;
    bool is_stopped_ = false;
    bool said_entity_ = false;
};

}  // namespace

bool Xhtml::is_allowed() const noexcept {
    return std::all_of(mistakes.begin(), mistakes.end(), [](const auto& each) { return each.kind == Kind::remark; });
}

Xhtml read_xhtml(string_view div) {
    return Reader(div).run();
}

std::string check_xhtml(string_view div) {
    const auto read = read_xhtml(div);
    for (const auto& mistake : read.mistakes)
        if (mistake.kind != Kind::remark) return mistake.advice;
    return {};
}

}  // namespace causeway::validation
