#pragma once
/// Checks that a document's bytes may be JSON or XML text at all.

#include <cstddef>
#include <string_view>

namespace causeway::fhir {

inline constexpr std::size_t kAllText = static_cast<std::size_t>(-1);

/// Offset of the first byte that is not UTF-8 (overlong forms, surrogates and what lies above U+10FFFF included) or is
/// a control character other than tab, LF and CR; kAllText where there is none.
std::size_t first_non_text(std::string_view bytes) noexcept;

}  // namespace causeway::fhir
