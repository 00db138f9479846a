#pragma once
/// Codes of systems that are a grammar or a short register, and forms that codes of large systems must have.

#include <string_view>

namespace causeway::validation {

/// RFC 6838 section 4.2 with parameters of RFC 2045: "text/plain; charset=utf-8". Also the short names that R4 gives
/// formats in CapabilityStatement.format: "json", "xml", "ttl".
bool is_mime_type(std::string_view code) noexcept;
/// RFC 5646, with registered language, script and region: "en-GB", "cy", "zh-Hant-TW", "x-private".
bool is_language_tag(std::string_view code) noexcept;
/// ISO 4217: "GBP".
bool is_currency(std::string_view code) noexcept;
/// ISO 3166-1: "GB", "GBR", "826".
bool is_country(std::string_view code) noexcept;
/// ISO 3166-2: a country and up to three letters or digits, "GB-WLS".
bool is_country_part(std::string_view code) noexcept;
/// "Europe/London".
bool is_time_zone(std::string_view code) noexcept;

/// Could it be a code of SNOMED CT? An identifier of 6 to 18 digits with the partition of a concept and a right check
/// digit (SNOMED CT Technical Implementation Guide, "SCTID"), or an expression.
bool is_snomed_form(std::string_view code) noexcept;
/// Could it be a code of LOINC? A number with its check digit, or a part, answer, list or group.
bool is_loinc_form(std::string_view code) noexcept;

using CodeForm = bool (*)(std::string_view) noexcept;

/// Tells every code of the system from what is none; null where the system is not of that kind.
CodeForm whole_form(std::string_view system) noexcept;

/// What a code must look like, and what to say where it does not.
struct CodeShape {
    CodeForm fits = nullptr;
    const char* advice = nullptr;
};
/// For systems that are not held: what is of the right shape may still be no code.
CodeShape code_shape(std::string_view system) noexcept;

}  // namespace causeway::validation
