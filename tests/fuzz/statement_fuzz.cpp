/// Verifies any bytes as a signed statement: no accident verifies.

#include <cstdint>
#include <string_view>

#include "assurance/statement.hpp"

using namespace causeway::assurance;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto verified = verify_statement(text, std::nullopt);
    if (verified && verified->hash.size() != 64) __builtin_trap();
    const auto canonical = canonical_json(text);
    // What is canonical stays as it is.
    if (canonical && canonical_json(*canonical).value() != *canonical) __builtin_trap();
    return 0;
}
