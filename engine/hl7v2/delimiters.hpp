#pragma once
/// Encoding characters (chapter 2.5.4): MSH-1 and MSH-2.

#include <cstdint>
#include <string>
#include <string_view>

namespace causeway::hl7v2 {

/// 0 where the message does not declare one.
struct Delimiters {
    char field = '|';
    char component = '^';
    char repetition = '~';
    char escape = '\\';  ///< 0xA5 where a sender in Japan writes U+00A5 for the backslash.
    char subcomponent = '&';
    char truncation = '\0';       ///< Fifth character, 2.7 and later.
    bool escape_is_utf8 = false;  ///< The escape is U+00A5 as UTF-8: each 0xA5 is preceded by 0xC2.

    /// The escape character as it stands in the message, one byte or two; empty without one.
    std::string escape_text() const;
    /// MSH-2 as a receiver would write it.
    std::string msh2() const;
    bool operator==(const Delimiters&) const = default;
};

enum class DelimiterState : std::uint8_t {
    standard,    ///< Four characters.
    truncation,  ///< Five: the last is the truncation character of 2.7 and later.
    odd,         ///< Readable, but shorter, longer or with a doubled backslash.
    malformed    ///< Cannot be told apart; the field separator at least is usable.
};

/// Is this byte usable as MSH-1: printable ASCII, neither letter, digit nor space?
bool is_field_separator(char c) noexcept;

/// Reads MSH-2. A sender may leave out the characters that it does not use (figure 2-1). Fewer than four are told apart
/// by what they are where they are the recommended ones ("^~&" has no escape), else by position. None, letters, digits
/// and repeated characters are malformed.
DelimiterState read_delimiters(char field_separator, std::string_view msh2, Delimiters& out);

}  // namespace causeway::hl7v2
