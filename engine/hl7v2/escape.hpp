#pragma once
/// Escape sequences (chapter 2.7), both ways.

#include <string>
#include <string_view>

#include "hl7v2/charset.hpp"
#include "hl7v2/delimiters.hpp"

namespace causeway::hl7v2 {

/// Resolves the escapes of one value: delimiters, \X..\ (bytes of `charset`), \.br\ and \.ce\ as line feed, \.sp3\ and
/// \.sk3\ as that many line feeds or spaces; highlighting and indentation vanish. What is unknown, what is not in the
/// character set, and a lone escape character stay as they are, byte for byte.
std::string unescape(std::string_view value, const Delimiters& delimiters, const Charset& charset);

/// Escapes delimiters, control characters and bytes that are not UTF-8; a line feed becomes \.br\. Without an escape
/// character all of these become spaces.
std::string escape(std::string_view value, const Delimiters& delimiters);
void append_escaped(std::string& out, std::string_view value, const Delimiters& delimiters);

/// The same for |^~\&.
std::string escape(std::string_view value);

}  // namespace causeway::hl7v2
