#pragma once
/// XHTML of narratives (http://hl7.org/fhir/R4/narrative.html).

#include <string>
#include <string_view>

namespace causeway::validation {

/// What is wrong with the XHTML of a narrative; empty where it is right: well-formed, in a div, and only elements and
/// attributes that the specification allows.
std::string check_xhtml(std::string_view div);
/// Text that is not white space, or an image.
bool has_content(std::string_view div) noexcept;

inline bool is_narrative(std::string_view div) {
    return check_xhtml(div).empty();
}

}  // namespace causeway::validation
