#pragma once
/// Character sets of MSH-18 (table 0211) and their conversion to UTF-8: complete or refused, never lossy.

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

/// Are the bytes already valid UTF-8 with the same meaning in `charset` (so that no conversion is needed)?
bool is_same_in_utf8(std::string_view bytes, const Charset& charset) noexcept;

bool is_ascii(std::string_view bytes) noexcept;

}  // namespace causeway::hl7v2
