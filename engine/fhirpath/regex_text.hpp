#pragma once
/// Texts as the compiler and the runs of regular expressions see them. Internal to these.

#include <string_view>
#include <vector>

namespace causeway::fhirpath {

/// Characters of a text, and where each begins (with the end as last). Bytes that are not UTF-8 give some character,
/// and both lists agree all the same.
std::vector<char32_t> characters_of(std::string_view text, std::vector<std::size_t>* offsets = nullptr);

bool is_word(char32_t c) noexcept;

}  // namespace causeway::fhirpath
