#include "fhir/xml_scanner.hpp"

#include <algorithm>
#include <utility>

#include "core/text.hpp"
#include "fhir/scan.hpp"
#include "fhir/utf8.hpp"

namespace causeway::fhir {
namespace {

constexpr std::size_t kMostAttributes = 64;
// The one element whose content, and own tag, is kept as written.
constexpr std::string_view kMarkup = "div";
constexpr std::string_view kFhirNamespace = "http://hl7.org/fhir";
constexpr std::string_view kXhtmlNamespace = "http://www.w3.org/1999/xhtml";

bool starts_name(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}

bool continues_name(char c) noexcept {
    return starts_name(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

// XML 1.0, production 2.
bool is_character(std::uint32_t code) noexcept {
    return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code <= 0xD7FF) ||
           (code >= 0xE000 && code <= 0xFFFD) || (code >= 0x10000 && code <= 0x10FFFF);
}

bool is_plain_value(char c, char quote) noexcept {
    return c != quote && c != '<' && c != '&' && static_cast<unsigned char>(c) >= 0x20;
}

std::string_view prefix_of(std::string_view name) noexcept {
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}

}  // namespace

XmlScanner::XmlScanner(TapeBuilder& builder)
    : builder_(builder),
      begin_(builder.tape().source().data()),
      end_(begin_ + builder.tape().source().size()),
      at_(begin_ + byte_order_mark(builder.tape().source())) {
}

void XmlScanner::skip() noexcept {
    at_ = skip_spaces(at_, end_);
}

bool XmlScanner::prolog() {
    if (starts_with("<?xml") && !continues_name(at_[5])) {
        if (!declaration()) return false;
    }
    if (!misc()) return false;
    if (at_ == end_) return refuse(at_, "Send a FHIR resource; the document is empty.");
    return *at_ == '<' || refuse(at_, "Begin the document with the start tag of a resource.");
}

bool XmlScanner::epilog() {
    return misc() && (at_ == end_ || refuse(at_, "End the document after its first element."));
}

// <?xml version="1.0" encoding="UTF-8"?>
bool XmlScanner::declaration() {
    const char* const begin = at_;
    at_ += 5;
    attributes_.clear();
    for (skip(); *at_ != '?' && at_ != end_; skip())
        if (!attribute()) return false;
    if (!starts_with("?>")) return refuse(at_, "End the XML declaration with ?>.");
    at_ += 2;
    const bool is_wide = builder_.tape().source().data() != builder_.tape().payload().reveal().data();
    for (const auto& each : attributes_) {
        if (each.name == "version" && !each.value.starts_with("1."))
            return refuse(begin_ + each.offset, "Write the document in XML 1.0.");
        if (each.name != "encoding") continue;
        const bool is_known = is_wide ? equals_ignoring_case(each.value.substr(0, 6), "utf-16")
                                      : equals_ignoring_case(each.value, "utf-8") ||
                                            equals_ignoring_case(each.value, "us-ascii") ||
                                            equals_ignoring_case(each.value, "ascii");
        if (!is_known)
            return refuse(begin_ + each.offset,
                          "Encode the document as UTF-8 or UTF-16, and declare the encoding that it has.");
    }
    return at_ != begin;
}

bool XmlScanner::misc() {
    for (;;) {
        skip();
        if (at_[0] != '<') return true;
        if (at_[1] == '!') {
            if (starts_with("<!DOCTYPE"))
                return refuse(at_, "Take the DOCTYPE out: FHIR documents have none, and entities are not read.");
            if (!comment()) return false;
        } else if (at_[1] == '?') {
            if (!instruction()) return false;
        } else {
            return true;
        }
    }
}

bool XmlScanner::skip_past(std::string_view end, const char* begin, const char* what) {
    const std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
    const auto found = rest.find(end);
    if (found == std::string_view::npos) return refuse(begin, what);
    at_ += found + end.size();
    return true;
}

bool XmlScanner::comment() {
    const char* const begin = at_;
    if (!starts_with("<!--")) return refuse(at_, "Correct the markup here: only comments begin with <! in FHIR.");
    at_ += 4;
    if (!skip_past("--", begin, "Close the comment with -->.")) return false;
    if (*at_ != '>') return refuse(at_ - 2, "Take -- out of the comment.");
    ++at_;
    return true;
}

bool XmlScanner::instruction() {
    const char* const begin = at_;
    at_ += 2;
    std::string_view target;
    if (!name(target)) return false;
    if (equals_ignoring_case(target, "xml")) return refuse(begin, "Put the XML declaration at the very beginning.");
    return skip_past("?>", begin, "Close the processing instruction with ?>.");
}

bool XmlScanner::name(std::string_view& name) {
    const char* const begin = at_;
    if (starts_name(*at_))
        while (continues_name(*at_)) ++at_;
    if (*at_ == ':' && at_ != begin && starts_name(at_[1])) {
        ++at_;
        while (continues_name(*at_)) ++at_;
    }
    name = {begin, static_cast<std::size_t>(at_ - begin)};
    return !name.empty() || refuse(at_, "Put a name here.");
}

bool XmlScanner::start_tag(std::string_view& name, bool& is_empty) {
    const char* const begin = at_++;
    attributes_.clear();
    if (!this->name(name)) return false;
    const bool was_markup = std::exchange(is_markup_, is_markup_ || local_part(name) == kMarkup);
    for (;;) {
        const bool is_apart = is_space(*at_);
        skip();
        if (*at_ == '>' || *at_ == '/') break;
        if (at_ == end_) return refuse(begin, "Close the tag with >.");
        if (!is_apart) return refuse(at_, "Put a space before the attribute, or correct the name.");
        if (!attribute()) return false;
    }
    is_empty = *at_ == '/';
    if (is_empty) ++at_;
    if (*at_ != '>') return refuse(at_, "Close the tag with >.");
    ++at_;
    is_markup_ = was_markup;
    return true;
}

bool XmlScanner::attribute() {
    const char* const begin = at_;
    if (attributes_.size() == kMostAttributes) return refuse(begin, "Take attributes out: an element has few in FHIR.");
    Attribute attribute;
    if (!name(attribute.name)) return false;
    skip();
    if (*at_ != '=') return refuse(at_, "Put = and a value in quotes after the attribute's name.");
    ++at_;
    skip();
    attribute.offset = offset(at_ + 1);
    if (!value(attribute.value)) return false;
    for (const auto& each : attributes_)
        if (each.name == attribute.name) return refuse(begin, "Give each attribute once.");
    attributes_.push_back(attribute);
    return !attribute.name.starts_with("xmlns") || declare(attribute);
}

bool XmlScanner::value(std::string_view& value) {
    const char quote = *at_;
    if (quote != '"' && quote != '\'') return refuse(at_, "Put the attribute's value in quotes.");
    const char* const begin = ++at_;
    while (end_ - at_ >= kBlock) {
        const auto block = load_block(at_);
        const auto special =
            equal_mask(block, quote) | equal_mask(block, '&') | equal_mask(block, '<') | control_mask(block);
        if (special != 0) {
            at_ += std::countr_zero(special);
            break;
        }
        at_ += kBlock;
    }
    while (is_plain_value(*at_, quote)) ++at_;
    if (*at_ != quote) return decoded_value(begin, quote, value);
    value = {begin, static_cast<std::size_t>(at_ - begin)};
    ++at_;
    return true;
}

// XML 1.0, section 3.3.3: references are resolved, white space becomes a space. Decoded text is never longer.
bool XmlScanner::decoded_value(const char* begin, char quote, std::string_view& value) {
    if (is_markup_) return raw_value(begin, quote, value);
    char* const text = builder_.buffer() + offset(begin);
    char* to = text + (at_ - begin);
    while (*at_ != quote)
        if (!character(to)) return false;
    ++at_;
    value = {text, static_cast<std::size_t>(to - text)};
    return true;
}

bool XmlScanner::raw_value(const char* begin, char quote, std::string_view& value) {
    char decoded[4];
    while (*at_ != quote)
        if (char* to = decoded; !character(to)) return false;
    value = {begin, static_cast<std::size_t>(at_ - begin)};
    ++at_;
    return true;
}

// One character of an attribute's value.
bool XmlScanner::character(char*& to) {
    if (at_ == end_) return refuse(at_, "Close the attribute's value with its quote; the document ends here.");
    if (*at_ == '<') return refuse(at_, "Write &lt; for < in an attribute's value, or close the value with its quote.");
    if (*at_ == '&') return reference(to);
    if (is_space(*at_)) {
        at_ += at_[0] == '\r' && at_[1] == '\n' ? 2 : 1;
        *to++ = ' ';
    } else {
        *to++ = *at_++;
    }
    return true;
}

bool XmlScanner::reference(char*& to) {
    static constexpr struct {
        std::string_view name;
        char character;
    } kEntities[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
    for (const auto& [name, character] : kEntities) {
        if (!starts_with(name)) continue;
        at_ += name.size();
        *to++ = character;
        return true;
    }
    if (at_[1] != '#')
        return refuse(at_, "Write the character itself: only &lt; &gt; &amp; &quot; and &apos; are entities here.");
    const char* const begin = at_;
    const bool is_hex = at_[2] == 'x';
    at_ += is_hex ? 3 : 2;
    const char* const digits = at_;
    std::uint32_t code = 0;
    for (int digit = hex_digit(*at_); digit >= 0 && digit < (is_hex ? 16 : 10) && code <= 0x10FFFF;
         digit = hex_digit(*++at_))
        code = code * (is_hex ? 16u : 10u) + static_cast<std::uint32_t>(digit);
    if (at_ == digits || *at_ != ';' || !is_character(code))
        return refuse(begin, "Write the number of an XML character between &# and ;.");
    ++at_;
    to = append_utf8(to, code);
    return true;
}

bool XmlScanner::end_tag(std::string_view name) {
    const char* const begin = at_;
    at_ += 2;
    std::string_view found;
    if (!this->name(found)) return false;
    skip();
    if (found != name) return refuse(begin, "Close the element that was opened last first.");
    if (*at_ != '>') return refuse(at_, "Close the tag with >.");
    ++at_;
    return true;
}

bool XmlScanner::declare(const Attribute& attribute) {
    const auto prefix = attribute.name == "xmlns" ? std::string_view() : attribute.name.substr(5);
    if (!prefix.empty() && prefix.front() != ':') return true;
    auto space = Namespace::other;
    if (attribute.value == kFhirNamespace) space = Namespace::fhir;
    if (attribute.value == kXhtmlNamespace) space = Namespace::xhtml;
    if (attribute.value.empty()) space = Namespace::none;
    declared_.push_back({prefix.empty() ? prefix : prefix.substr(1), space});
    return true;
}

XmlScanner::Namespace XmlScanner::namespace_of(std::string_view name) const noexcept {
    const auto prefix = prefix_of(name);
    const auto found =
        std::find_if(declared_.rbegin(), declared_.rend(), [&](const auto& each) { return each.prefix == prefix; });
    if (found != declared_.rend()) return found->space;
    if (prefix == "xml") return Namespace::other;
    return prefix.empty() ? Namespace::none : Namespace::undeclared;
}

bool XmlScanner::content(const char*& text) {
    text = nullptr;
    for (;;) {
        skip();
        if (at_ == end_) return refuse(at_, "Close the elements that are still open; the document ends here.");
        if (*at_ != '<' || starts_with("<![CDATA[")) {
            if (text == nullptr) text = at_;
            if (!character_data()) return false;
        } else if (at_[1] == '!') {
            if (!comment()) return false;
        } else if (at_[1] == '?') {
            if (!instruction()) return false;
        } else {
            return true;
        }
    }
}

// Steps over text up to the next markup, or over one CDATA section.
bool XmlScanner::character_data() {
    const char* const begin = at_;
    if (*at_ == '<') {
        at_ += 9;
        return skip_past("]]>", begin, "Close the CDATA section with ]]>.");
    }
    while (*at_ != '<' && at_ != end_) {
        char character[4];
        char* to = character;
        if (*at_ == '&') {
            if (!reference(to)) return false;
        } else if (starts_with("]]>")) {
            return refuse(at_, "Write ]]&gt; for ]]> in text.");
        } else {
            ++at_;
        }
    }
    return true;
}

bool XmlScanner::markup(std::string_view name, std::size_t max_depth) {
    is_markup_ = true;
    open_.assign(1, name);
    while (!open_.empty()) {
        if (at_ == end_) return refuse(at_, "Close the elements that are still open; the document ends here.");
        if (*at_ != '<' || starts_with("<![CDATA[")) {
            if (!character_data()) return false;
        } else if (at_[1] == '!') {
            if (!comment()) return false;
        } else if (at_[1] == '?') {
            if (!instruction()) return false;
        } else if (at_[1] == '/') {
            if (!end_tag(open_.back())) return false;
            open_.pop_back();
        } else {
            std::string_view inner;
            bool is_empty = false;
            const char* const begin = at_;
            if (!start_tag(inner, is_empty)) return false;
            if (open_.size() == max_depth) return refuse(begin, "Nest elements less deeply.");
            if (!is_empty) open_.push_back(inner);
        }
    }
    is_markup_ = false;
    return true;
}

}  // namespace causeway::fhir
