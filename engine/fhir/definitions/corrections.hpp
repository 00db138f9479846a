#pragma once
/// Published invariants that are known to be wrong, with what they should say.

#include <string_view>

namespace causeway::fhir {

/// The expression that counts for a constraint of `type`'s definition in a FHIR version: the published one, or its
/// correction where the published text is exactly the one that is known to be wrong. Lives as long as `expression`.
std::string_view corrected(std::string_view fhir_version, std::string_view type, std::string_view key,
                           std::string_view expression) noexcept;

}  // namespace causeway::fhir
