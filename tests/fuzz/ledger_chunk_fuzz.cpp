/// Chunks of blocks: whatever the bytes, they are read or refused. Check values are made right first, so that mutations
/// get past them. What can be read can be written, and reads the same again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "store/block/block.hpp"
#include "store/record/layout.hpp"

namespace {

using namespace causeway;

void read_events(std::string chunk) {
    if (auto sound = block::scan_events(chunk, 1)) {
        while (const auto view = sound->next()) {
            const auto at = static_cast<std::size_t>(view->bytes.data() - chunk.data());
            record::overwrite_fixed(chunk, at + record::kLengthBytes, record::check_value(view->bytes, view->sequence));
        }
    }
    auto scan = block::scan_events(chunk, 1);
    while (scan) {
        const auto view = scan->next();
        if (!view) return;
        const auto stored = record::decode(*view);
        if (!stored || !stored->record.created) continue;
        const auto again = record::encode_owed(*stored->record.created, stored->origin);
        const auto owed = record::decode_owed(again);
        if (!owed || record::encode_owed(owed->obligation, owed->origin) != again) std::abort();
    }
}

void read_bodies(std::string_view chunk) {
    for (std::uint32_t record = 0; record < 8; ++record)
        if (const auto body = block::body_in(chunk, record); body && *body && (*body)->size() > chunk.size())
            std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    read_events(std::string(input));
    read_bodies(input);
    if (const auto owed = record::decode_owed(input))
        if (!record::decode_owed(record::encode_owed(owed->obligation, owed->origin))) std::abort();
    if (const auto clock = record::decode_clock(input))
        if (!record::decode_clock(record::encode_clock(*clock))) std::abort();
    return 0;
}
