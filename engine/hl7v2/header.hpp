#pragma once
/// Checks of MSH that decide whether a message can be taken at all.

#include <optional>
#include <string_view>

#include "hl7v2/index.hpp"

namespace causeway::hl7v2 {

/// 2.1, 2.5.1: of the form 2.x.
bool is_version_2(std::string_view version) noexcept;
/// Is this 2.x version at least 2.minor.patch ("2.3.1": 3, 1)?
bool is_version_at_least(std::string_view version, int minor, int patch = 0) noexcept;

/// MSH-9, MSH-10 and MSH-12 (errors 101, 200, 201, 203); what is odd but acceptable is added to the warnings.
std::optional<Error> check_header(std::string_view text, Index& index);

/// MSH-18 as it stands in a message that begins with "MSH"; read before anything else.
std::string_view declared_charset(std::string_view text) noexcept;

}  // namespace causeway::hl7v2
