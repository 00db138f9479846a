#pragma once
/// What encoding and decoding of records agree on.

#include "store/record/record.hpp"

namespace causeway::record {

constexpr std::uint8_t kVersion = 1;
/// A record begins with its whole length and its check value (4 bytes each); the check is over what follows them.
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kCheckedFrom = 8;
/// Then version, kind, parts, message and time: these always stand in the same place.
constexpr std::size_t kVersionAt = 8, kKindAt = 9, kPartsAt = 10, kMessageAt = 12, kTimeAt = 20, kFixedBytes = 28;

constexpr std::string_view kEngine = "engine";

/// The checksum (checksum.hpp) of the record from kCheckedFrom on, seeded with the sequence: a record that stands in
/// another's place is seen as well as a changed one.
std::uint32_t check_value(std::string_view record, std::int64_t sequence);

}  // namespace causeway::record
