#pragma once
/// Character sets of MSH-18 (table 0211) and their conversion to UTF-8: complete or refused, never lossy.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace causeway::hl7v2 {

/// A character set: its IANA name and how its bytes relate to ASCII.
struct Charset {
    std::string name;  ///< "UTF-8", "US-ASCII", "ISO-8859-1", "windows-1252", ...; what iconv understands.
    bool operator==(const Charset&) const = default;
};

/// The set of that name: MSH-18 codes with their usual misspellings, ISO IR numbers, IANA names. Case, spaces, '-',
/// '_' and '/' do not matter. Nothing for a name that is not known.
std::optional<Charset> find_charset(std::string_view name);

/// `bytes` as UTF-8; nothing where they are not in the set. For the ISO 8859 family the control codes 80 to 9F count as
/// not in the set: real text has none, they are mislabelled Windows-1252 or UTF-8.
std::optional<std::string> to_utf8(std::string_view bytes, const Charset& charset);

/// The same, but each byte that is not in the set becomes an escape sequence \XE9\ of the given escape character, which
/// stays what it is when it is read: nothing is guessed and nothing lost. `kept` counts them.
std::string to_utf8_keeping(std::string_view bytes, const Charset& charset, std::string_view escape,
                            std::uint32_t& kept);

/// UTF-8 as bytes of the set; nothing where a character is not in it.
std::optional<std::string> from_utf8(std::string_view text, const Charset& charset);

/// UTF-16 or UTF-32, told by a byte order mark or by the zero bytes around the first two characters, as UTF-8 without a
/// mark; nothing where the bytes are neither. Also nothing where they are not whole.
std::optional<std::string> wide_to_utf8(std::string_view bytes);

/// Are the bytes already valid UTF-8 with the same meaning in `charset` (so that no conversion is needed)?
bool is_same_in_utf8(std::string_view bytes, const Charset& charset) noexcept;

bool is_ascii(std::string_view bytes) noexcept;

}  // namespace causeway::hl7v2
