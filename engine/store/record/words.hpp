#pragma once
/// Words that stand in most records, as one byte.

#include <cstdint>
#include <string_view>

namespace causeway::record {

/// The number of an event kind; 0 where it has none and is spelled out.
std::uint8_t number_of_kind(std::string_view kind) noexcept;
/// Empty for a number that nobody gave.
std::string_view kind_of_number(std::uint8_t number) noexcept;

}  // namespace causeway::record
