#pragma once
/// Names of segments.

#include <string_view>

namespace causeway::hl7v2 {

/// Three characters, the first a capital letter, the others capital letters or digits (chapter 2.5.2).
bool is_segment_name(std::string_view name) noexcept;
/// A segment of the standard (2.1 to 2.9) or a local one (Z..).
bool is_known_segment(std::string_view name) noexcept;

}  // namespace causeway::hl7v2
