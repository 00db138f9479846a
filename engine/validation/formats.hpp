#pragma once
/// Formats of FHIR primitives (http://hl7.org/fhir/R4/datatypes.html#primitive), with real calendar dates.

#include <string_view>

#include "fhir/utf8.hpp"

namespace causeway::validation {

/// "2026", "2026-11" or "2026-11-21"; a day that the calendar has.
bool is_date(std::string_view text) noexcept;
/// A date, or a date with time to the second, any fraction and an offset ("Z", "+01:00").
bool is_date_time(std::string_view text) noexcept;
/// A whole dateTime with offset.
bool is_instant(std::string_view text) noexcept;
/// [A-Za-z0-9\-\.]{1,64}
bool is_id(std::string_view text) noexcept;
/// No leading, trailing or doubled white space, not empty.
bool is_code(std::string_view text) noexcept;
/// RFC 4648 section 4 with padding; white space between groups is allowed, as R4 does.
bool is_base64(std::string_view text) noexcept;

/// Bytes that well-formed base64 stands for; white space does not count.
std::size_t base64_size(std::string_view text) noexcept;
using fhir::count_characters;

}  // namespace causeway::validation
