#pragma once
/// Elements and attributes that narratives may have (http://hl7.org/fhir/R4/narrative.html#rules): HTML 4.0 chapters 7
/// to 11 without 9.4, and 15, without what is deprecated, active or framed. Internal.

#include <string_view>

namespace causeway::validation {

bool is_xhtml_element(std::string_view name) noexcept;
bool is_xhtml_attribute(std::string_view element, std::string_view name) noexcept;
/// Elements that can not stand in a paragraph.
bool is_block(std::string_view name) noexcept;
/// Named characters of HTML 4 ("nbsp"), which XML does not know.
bool is_html_entity(std::string_view name) noexcept;

}  // namespace causeway::validation
