#pragma once
/// Small helpers on text.

#include <string>
#include <string_view>
#include <vector>

namespace causeway {

std::string_view trim(std::string_view text) noexcept;
std::vector<std::string_view> split(std::string_view text, char separator);
bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;
bool is_valid_utf8(std::string_view bytes) noexcept;

/// The candidate that is closest to `word` by edit distance, or empty where none is near enough to suggest.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// ` Did you mean "x"?` for the end of a sentence, or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// `text` as the inside of a JSON string (RFC 8259 section 7), without the quotes.
std::string json_escape(std::string_view text);

}  // namespace causeway
