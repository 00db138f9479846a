#pragma once
/// XHTML of narratives: form, vocabulary and links (http://hl7.org/fhir/R4/narrative.html#rules, invariants txt-1 and
/// txt-2). One pass, time and memory linear in the text.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::validation {

/// What is wrong in a place.
struct XhtmlMistake {
    enum class Kind : unsigned char {
        form,        ///< Not well-formed, or not one div of XHTML.
        vocabulary,  ///< An element or attribute that narratives may not have.
        link,        ///< A link that leads nowhere, or must not be followed.
        remark       ///< Allowed by some readers, but better avoided.
    };
    Kind kind = Kind::form;
    std::size_t offset = 0;  ///< In the text, in bytes.
    std::string advice;      ///< A sentence that says what to do.
};

/// Everything that there is to know of a narrative. Lifetime: views point into the text.
struct Xhtml {
    std::vector<XhtmlMistake> mistakes;       ///< At most kMostXhtmlMistakes; a mistake of form ends the reading.
    std::vector<std::string_view> ids;        ///< Of id and of a/@name.
    std::vector<std::string_view> targets;    ///< Of "#target" links, each once for each link.
    std::vector<std::string_view> languages;  ///< Of sections (children of the div) with lang or xml:lang.
    std::size_t unmarked_texts = 0;           ///< Texts without class generated, original or boilerplate around them.
    bool has_content = false;                 ///< A text that is not white space, or an image (txt-2).

    /// Well-formed, and nothing in it that narratives may not have (txt-1).
    bool is_allowed() const noexcept;
};

constexpr std::size_t kMostXhtmlMistakes = 20;

Xhtml read_xhtml(std::string_view div);

/// The advice of the first mistake that makes the text no narrative; empty where there is none.
std::string check_xhtml(std::string_view div);

}  // namespace causeway::validation
