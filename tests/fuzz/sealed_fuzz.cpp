/// Any bytes either are refused, or open to something that seals and opens to the same.
#include <cstdint>
#include <cstdlib>

#include "store/checksum.hpp"
#include "store/seal/sealer.hpp"

using namespace causeway;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

constexpr seal::Place kPlace{1, 2, 3};

void try_open(const seal::Sealer& sealer, const std::string& bytes) {
    const auto opened = sealer.open(bytes, kPlace, 1U << 20);
    if (!opened) return require(!opened.error().what.empty());
    require(opened->size() <= 1U << 20);
    require(sealer.open(sealer.seal(*opened, kPlace), kPlace).value() == *opened);
}

/// With a right checksum, so that what stands behind it is reached too.
std::string with_checksum(std::string bytes) {
    const std::string where{bytes[0], 1, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0};
    const std::uint32_t sum = checksum(std::string_view(bytes).substr(1), checksum(where));
    for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<char>(sum >> 8 * i & 0xff));
    return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const seal::Sealer sealer;
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    try_open(sealer, bytes);
    if (size > 0) try_open(sealer, with_checksum(bytes));
    return 0;
}
