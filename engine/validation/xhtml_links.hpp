#pragma once
/// Links and styles of narratives: what a reader may follow or load. Internal.

#include <string_view>

namespace causeway::validation {

enum class LinkUse : unsigned char { follow, show };

/// What to do about a link as it is written in an attribute; null where it may stay. Relative links may.
const char* check_link(std::string_view link, LinkUse use) noexcept;
/// The same for a style attribute: nothing that runs, and nothing that is loaded from elsewhere.
const char* check_style(std::string_view style) noexcept;

}  // namespace causeway::validation
