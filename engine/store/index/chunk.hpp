#pragma once
/// A page of sorted entries.
///
/// Byte 0 is the version (1), bytes 1 and 2 the number of entries, bytes 3 to 10 the first hash (little endian). Then
/// each entry: difference of its hash from the one before (varint); its value as the difference of the upper 41 bits
/// from the value before (varint, zigzag) and its lower 22 bits (varint). Ids are milliseconds and a counter
/// (core/id.hpp), so both are small; an entry takes about 12 bytes. The last 4 bytes are a checksum.

#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "store/index/entry.hpp"

namespace causeway::index {

constexpr std::size_t kPageBytes = 4'000;  ///< A row of this size fills one page of 4,096 bytes.

class ChunkWriter {
public:
    /// Entries come in order. False where it does not fit any more: take() first.
    bool add(const Entry& entry);
    bool empty() const noexcept { return count_ == 0; }
    std::uint64_t first_hash() const noexcept { return first_; }
    /// The finished chunk; the next one begins.
    std::string take();

private:
    std::string bytes_;
    std::size_t count_ = 0;
    std::uint64_t first_ = 0;
    Entry last_;
};

/// Issue::invariant for bytes that no ChunkWriter wrote. `entries` is reused.
Result<void> read_chunk(std::string_view bytes, std::vector<Entry>& entries);

}  // namespace causeway::index
