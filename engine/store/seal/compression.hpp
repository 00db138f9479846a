#pragma once
/// zstd with the dictionary that is compiled in.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace causeway::seal {

/// Bytes that messages and events have in common. Only ever synthetic: a dictionary made from real messages would keep
/// parts of them beyond their retention. A new text gets a new version; the old ones stay.
std::string_view dictionary(std::uint8_t version);
constexpr std::uint8_t kNewestDictionary = 1;

/// Appends the compressed bytes; false, and nothing appended, where that would not save at least one byte in 16.
bool compress(std::string_view plain, std::string& out);
/// Needs the exact plain size; false where the bytes do not give it.
bool decompress(std::string_view bytes, std::uint8_t dictionary_version, std::size_t size, std::string& plain);

}  // namespace causeway::seal
