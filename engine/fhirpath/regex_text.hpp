#pragma once
/// Texts as the compiler and the runs of regular expressions see them. Internal to these.

#include <cstddef>
#include <string_view>
#include <vector>

namespace causeway::fhirpath {

/// The character that begins at `at`, which moves behind it (and behind the end where the last one is cut off). Bytes
/// that are not UTF-8 give some character.
char32_t next_character(std::string_view text, std::size_t& at) noexcept;

/// Characters of a text, and where each begins (with the end as last).
std::vector<char32_t> characters_of(std::string_view text, std::vector<std::size_t>* offsets = nullptr);

bool is_word(char32_t c) noexcept;

}  // namespace causeway::fhirpath
