#include "store/index/bloom.hpp"

#include <bit>
#include <cstring>

namespace causeway::index {
namespace {

constexpr std::uint64_t kBitsAnEntry = 10;
static_assert(std::endian::native == std::endian::little);

}  // namespace

Bloom::Bloom(std::uint64_t entries) {
    const std::uint64_t blocks = entries * kBitsAnEntry / (64 * kBlockWords) + 1;
    words_.resize(blocks * kBlockWords);
}

std::size_t Bloom::block_of(std::uint64_t hash) const noexcept {
    const std::uint64_t blocks = words_.size() / kBlockWords;
    return static_cast<std::size_t>((hash >> 32) * blocks >> 32) * kBlockWords;
}

void Bloom::add(std::uint64_t hash) noexcept {
    std::uint64_t* const block = words_.data() + block_of(hash);
    std::uint64_t bits = hash * 0x9e3779b97f4a7c15U;
    for (int i = 0; i < kProbes; ++i, bits >>= 9) block[bits >> 6 & 7] |= 1ULL << (bits & 63);
}

bool Bloom::may_contain(std::uint64_t hash) const noexcept {
    if (words_.empty()) return true;
    const std::uint64_t* const block = words_.data() + block_of(hash);
    std::uint64_t bits = hash * 0x9e3779b97f4a7c15U;
    for (int i = 0; i < kProbes; ++i, bits >>= 9)
        if ((block[bits >> 6 & 7] >> (bits & 63) & 1) == 0) return false;
    return true;
}

std::string_view Bloom::bytes() const noexcept {
    return {reinterpret_cast<const char*>(words_.data()), words_.size() * sizeof(std::uint64_t)};
}

void Bloom::append(std::string_view bytes) {
    const std::size_t before = words_.size();
    words_.resize(before + bytes.size() / sizeof(std::uint64_t));
    std::memcpy(words_.data() + before, bytes.data(), bytes.size() / sizeof(std::uint64_t) * sizeof(std::uint64_t));
}

}  // namespace causeway::index
