#include "store/index/chunk.hpp"

#include <utility>

#include "store/checksum.hpp"

namespace causeway::index {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kHead = 11;
constexpr std::size_t kSumSize = 4;
constexpr std::size_t kLongestEntry = 24;
constexpr int kLowBits = 22;
constexpr std::int64_t kLowMask = (1 << kLowBits) - 1;

void put(std::string& out, std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) out.push_back(static_cast<char>(number | 0x80));
    out.push_back(static_cast<char>(number));
}

bool take(std::string_view& bytes, std::uint64_t& number) {
    number = 0;
    for (unsigned shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        number |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
        if (byte < 0x80) return true;
    }
    return false;
}

std::uint64_t zigzag(std::int64_t number) {
    return static_cast<std::uint64_t>(number) << 1 ^ static_cast<std::uint64_t>(number >> 63);
}

std::int64_t unzigzag(std::uint64_t number) {
    return static_cast<std::int64_t>(number >> 1) ^ -static_cast<std::int64_t>(number & 1);
}

std::uint64_t little_endian(std::string_view bytes) {
    std::uint64_t number = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[i]);
    return number;
}

bool read_entry(std::string_view& bytes, Entry& entry) {
    std::uint64_t step = 0, upper = 0, lower = 0;
    if (!take(bytes, step) || !take(bytes, upper) || !take(bytes, lower)) return false;
    if (lower > static_cast<std::uint64_t>(kLowMask) || step > ~entry.hash) return false;
    constexpr std::int64_t kMostUpper = INT64_MAX >> kLowBits;
    const std::int64_t change = unzigzag(upper);
    if (change < -kMostUpper || change > kMostUpper) return false;
    const std::int64_t raised = (entry.value >> kLowBits) + change;
    if (raised < 0 || raised > kMostUpper) return false;
    entry = {entry.hash + step, raised << kLowBits | static_cast<std::int64_t>(lower)};
    return true;
}

Error damaged() {
    return fail(Issue::invariant, "ledger",
                "A page of the key index is damaged; start the engine again, which builds it anew.");
}

}  // namespace

bool ChunkWriter::add(const Entry& entry) {
    if (kHead + bytes_.size() + kLongestEntry + kSumSize > kPageBytes) return false;
    if (count_ == 0) {
        first_ = entry.hash;
        last_ = {entry.hash, 0};
    }
    put(bytes_, entry.hash - last_.hash);
    put(bytes_, zigzag((entry.value >> kLowBits) - (last_.value >> kLowBits)));
    put(bytes_, static_cast<std::uint64_t>(entry.value & kLowMask));
    last_ = entry;
    ++count_;
    return true;
}

std::string ChunkWriter::take() {
    std::string chunk;
    chunk.reserve(kHead + bytes_.size() + kSumSize);
    chunk.push_back(kVersion);
    for (std::size_t i = 0; i < 2; ++i) chunk.push_back(static_cast<char>(count_ >> 8 * i & 0xff));
    for (std::size_t i = 0; i < 8; ++i) chunk.push_back(static_cast<char>(first_ >> 8 * i & 0xff));
    chunk += bytes_;
    const std::uint32_t sum = checksum(chunk);
    for (std::size_t i = 0; i < kSumSize; ++i) chunk.push_back(static_cast<char>(sum >> 8 * i & 0xff));
    bytes_.clear();
    count_ = 0;
    return chunk;
}

Result<void> read_chunk(std::string_view bytes, std::vector<Entry>& entries) {
    entries.clear();
    if (bytes.size() < kHead + kSumSize || bytes[0] != kVersion) return damaged();
    const std::uint64_t sum = little_endian(bytes.substr(bytes.size() - kSumSize));
    bytes.remove_suffix(kSumSize);
    if (checksum(bytes) != sum) return damaged();
    const std::size_t count = little_endian(bytes.substr(1, 2));
    Entry entry{little_endian(bytes.substr(3, 8)), 0};
    bytes.remove_prefix(kHead);
    if (count > bytes.size() / 3) return damaged();
    entries.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const Entry before = entry;
        if (!read_entry(bytes, entry) || (i > 0 && entry < before)) return damaged();
        entries.push_back(entry);
    }
    if (!bytes.empty()) return damaged();
    return {};
}

}  // namespace causeway::index
