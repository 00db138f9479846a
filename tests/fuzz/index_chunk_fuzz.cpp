/// Any bytes either are refused, or are sorted entries that are written to the same again.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "store/checksum.hpp"
#include "store/index/chunk.hpp"

using namespace causeway;
using namespace causeway::index;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void try_read(const std::string& bytes) {
    std::vector<Entry> entries, again;
    if (!read_chunk(bytes, entries)) return;
    require(std::is_sorted(entries.begin(), entries.end()));
    ChunkWriter writer;
    for (const Entry& entry : entries)
        if (!writer.add(entry)) return;
    require(read_chunk(writer.take(), again).has_value() && again == entries);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string bytes(reinterpret_cast<const char*>(data), size);
    try_read(bytes);
    const std::uint32_t sum = checksum(bytes);
    for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<char>(sum >> 8 * i & 0xff));
    try_read(bytes);
    return 0;
}
