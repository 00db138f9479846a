#pragma once
/// Base64 that a sender broke over lines (HL7 has no way to do that).

#include <string>
#include <string_view>

namespace causeway::hl7v2 {

/// Is this base64 with line breaks? Where nothing else says that it is data, the lines must be of one length and long,
/// as no text is.
bool is_wrapped_base64(std::string_view value, bool is_data) noexcept;
/// Without CR, LF, blanks and tabs.
std::string without_line_breaks(std::string_view value);

}  // namespace causeway::hl7v2
