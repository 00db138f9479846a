#pragma once
/// The NHS number of England, Wales and the Isle of Man.

#include <string>
#include <string_view>

namespace causeway {

/// FHIR identifier system of the NHS number.
inline constexpr std::string_view kNhsNumberSystem = "https://fhir.nhs.uk/Id/nhs-number";
/// FHIR identifier system of an ODS organisation code.
inline constexpr std::string_view kOdsCodeSystem = "https://fhir.nhs.uk/Id/ods-organization-code";
/// FHIR identifier system of a UBRN.
inline constexpr std::string_view kUbrnSystem = "https://fhir.nhs.uk/Id/UBRN";

/// Ten digits (spaces and hyphens between groups are dropped) whose modulus-11 check digit holds: weights 10 to 2,
/// 11 counts as 0, 10 is invalid (NHS Data Model and Dictionary, "NHS NUMBER"). Ten digits that are all alike are a
/// filler and nobody's number.
bool is_valid_nhs_number(std::string_view text) noexcept;

/// The ten digits without spaces and hyphens; `text` as it is where it holds anything else.
std::string normalise_nhs_number(std::string_view text);

}  // namespace causeway
