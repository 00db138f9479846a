#pragma once
/// Published invariants that are known to be wrong, with what they mean and why.

#include <string_view>

namespace causeway::fhir {

/// The expression that counts for a constraint: the published one, or what is meant where its text is exactly one that
/// is known to be wrong (of R4 4.0.1 or STU3). Lives as long as `expression`.
std::string_view corrected(std::string_view key, std::string_view expression) noexcept;

}  // namespace causeway::fhir
