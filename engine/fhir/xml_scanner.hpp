#pragma once
/// The tokens of an XML document (XML 1.0, Namespaces in XML 1.0) without a DOCTYPE. Internal to the XML codec.

#include <cstdint>
#include <string_view>
#include <vector>

#include "fhir/tape_builder.hpp"

namespace causeway::fhir {

/// Where the scanner stands, and how to go on from there. Every function that gives bool gives false after it told the
/// builder what is wrong. Reads text that is followed by a NUL.
class XmlScanner {
public:
    struct Attribute {
        std::string_view name;   ///< With prefix.
        std::string_view value;  ///< Normalised.
        std::size_t offset = 0;  ///< Of the value.
    };
    enum class Namespace : std::uint8_t { none, fhir, xhtml, other, undeclared };

    explicit XmlScanner(TapeBuilder& builder);

    const char* at() const noexcept { return at_; }
    bool is_end() const noexcept { return at_ == end_; }
    std::size_t offset() const noexcept { return offset(at_); }
    std::size_t offset(const char* at) const noexcept { return static_cast<std::size_t>(at - begin_); }

    /// Byte-order mark, declaration, comments, up to the root's "<".
    bool prolog();
    /// Comments and white space behind the root; all else is refused.
    bool epilog();

    /// At "<" of a start tag: reads it to behind ">". Namespace declarations count from here on.
    bool start_tag(std::string_view& name, bool& is_empty);
    /// At "</": reads the end tag, which must be of that name.
    bool end_tag(std::string_view name);
    const std::vector<Attribute>& attributes() const noexcept { return attributes_; }

    /// Inside an element: skips white space, comments and processing instructions to the next "<" of a tag. Other text
    /// is stepped over and `text` is where it begins; null where there is none.
    bool content(const char*& text);
    /// Any markup inside `div`, behind its start tag, to behind its end tag; well-formed.
    bool markup(std::string_view name, std::size_t max_depth);

    std::size_t scope() const noexcept { return declared_.size(); }
    /// Forgets namespaces declared since.
    void leave(std::size_t scope) { declared_.resize(scope); }
    Namespace namespace_of(std::string_view name) const noexcept;

    bool refuse(const char* at, std::string what) { return builder_.refuse(offset(at), std::move(what)); }

private:
    struct Declared {
        std::string_view prefix;
        Namespace space = Namespace::other;
    };

    bool declaration();
    bool misc();
    bool comment();
    bool instruction();
    bool character_data();
    bool reference(char*& to);
    bool name(std::string_view& name);
    bool attribute();
    bool value(std::string_view& value);
    bool decoded_value(const char* begin, char quote, std::string_view& value);
    bool raw_value(const char* begin, char quote, std::string_view& value);
    bool character(char*& to);
    bool declare(const Attribute& attribute);
    bool skip_past(std::string_view end, const char* begin, const char* what);
    void skip() noexcept;
    bool starts_with(std::string_view text) const noexcept {
        return std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(text);
    }

    TapeBuilder& builder_;
    const char* begin_;
    const char* end_;
    const char* at_;
    std::vector<Attribute> attributes_;
    std::vector<Declared> declared_;
    std::vector<std::string_view> open_;
    bool is_markup_ = false;  // Values are checked and stay as written.
};

inline std::string_view local_part(std::string_view name) noexcept {
    return name.substr(name.find(':') + 1);
}

}  // namespace causeway::fhir
