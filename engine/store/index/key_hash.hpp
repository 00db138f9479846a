#pragma once
/// The hash of keys: 64 bits that nobody can foretell without the secret, so that no sender can make keys collide, and
/// no reader of the index alone can try NHS numbers.

#include <array>
#include <cstdint>
#include <string_view>

namespace causeway::index {

/// One a ledger file, random.
using HashSecret = std::array<std::uint64_t, 2>;

/// SipHash-2-4 (Aumasson and Bernstein, 2012). Two parts that are told apart: ("a", "bc") differs from ("ab", "c").
std::uint64_t key_hash(const HashSecret& secret, std::string_view kind, std::string_view value);

}  // namespace causeway::index
