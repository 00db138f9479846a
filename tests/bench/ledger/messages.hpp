#pragma once
/// Synthetic HL7 v2 messages of about 1 KB, as a PAS sends them: another patient in each.

#include <cstdint>
#include <string>

namespace causeway::bench {

/// A valid number of the 999 range.
std::string nhs_number(std::uint64_t n);

/// ADT^A28 (a new patient) number `n`; `run` keeps the control ids of several runs apart.
std::string new_patient(const std::string& run, std::uint64_t n);

/// REF^I12 marked as urgent (RF1-2 A), for patient number `n`.
std::string urgent_referral(const std::string& run, std::uint64_t n);

/// A FHIR transaction Bundle with a routine referral, about 2 KB, as a request to the listener.
std::string referral_bundle(const std::string& run, std::uint64_t n);

/// The same with so many results that it has some `bytes`.
std::string large_bundle(const std::string& run, std::uint64_t n, std::size_t bytes);

/// MDM^T02 with a document of some `bytes` that do not compress, as a scanned letter.
std::string letter(const std::string& run, std::uint64_t n, std::size_t bytes);

/// Control id of message number `n`.
std::string control_id(const std::string& run, std::uint64_t n);

/// AA for a message with this control id.
std::string acknowledgement(std::string_view control_id);

}  // namespace causeway::bench
