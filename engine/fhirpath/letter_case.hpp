#pragma once
/// Upper and lower case of the letters that names here are written with: Latin with Latin-1 and Extended-A (Welsh ŵ and
/// ŷ, Polish, Turkish without its dotless i), Greek and Cyrillic. Other text stays as it is; "ß" has no upper case.

#include <string>
#include <string_view>

namespace causeway::fhirpath {

/// `text` is UTF-8.
std::string to_upper(std::string_view text);
std::string to_lower(std::string_view text);

}  // namespace causeway::fhirpath
