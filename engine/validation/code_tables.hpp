#pragma once
/// Registers that change rarely, as they stood in 2025. Internal.
/// Lists are of one width, sorted, without separators; or words between spaces.

#include <array>
#include <cstdint>
#include <string_view>

namespace causeway::validation {

// IANA Language Subtag Registry, file date 2025-08-25; lower case. Bits count "aaa", "aab", ...
extern const std::array<std::uint64_t, 275> kLanguages3;
extern const std::string_view kLanguages2;
extern const std::string_view kExtendedLanguages;
extern const std::string_view kScripts;
extern const std::string_view kRegions2;
extern const std::string_view kRegions3;
extern const std::string_view kOldLanguageTags;  ///< "i-klingon"; words.
// ISO 3166-1: two letters, three letters, numbers.
extern const std::string_view kCountries2;
extern const std::string_view kCountries3;
extern const std::string_view kCountryNumbers;
extern const std::string_view kCurrencies;  ///< ISO 4217, with those withdrawn since R4.
extern const std::string_view kTimeZones;   ///< IANA time zone database 2025b, links too; words.

}  // namespace causeway::validation
