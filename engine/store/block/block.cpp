#include "store/block/block.hpp"

#include <algorithm>

#include "store/record/wire.hpp"

namespace causeway::block {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kEventsHeader = 5;  // Version, number of the first record.

Error damaged(std::string_view what) {
    return fail(Issue::invariant, "ledger",
                "A chunk of " + std::string(what) + " is not as it was written; compare it with its last good copy.");
}

}  // namespace

Sha256 link(const Sha256& before, const Header& h) {
    std::string bytes(as_view(before));
    for (const std::int64_t value :
         {h.number, h.first_sequence, h.events, h.first_at.time_since_epoch().count(),
          h.last_at.time_since_epoch().count(), h.committed_at.time_since_epoch().count(), h.last_message.value,
          h.greatest_id.value, std::int64_t{h.event_chunks}, std::int64_t{h.body_chunks}})
        record::put_fixed(bytes, static_cast<std::uint64_t>(value));
    bytes.append(as_view(h.digest));
    return sha256(bytes);
}

Result<record::RecordScan> scan_events(std::string_view chunk, std::int64_t first_sequence) {
    if (chunk.size() < kEventsHeader || record::fixed_at<std::uint8_t>(chunk, 0) != kVersion) return damaged("events");
    return record::RecordScan(chunk.substr(kEventsHeader), first_sequence + record::fixed_at<std::uint32_t>(chunk, 1));
}

Result<void> each_body(std::string_view chunk,
                       const std::function<void(std::uint32_t record, std::string_view bytes)>& visit) {
    constexpr std::size_t kTrailer = 5, kEntry = 8;
    if (chunk.size() < kTrailer || record::fixed_at<std::uint8_t>(chunk, chunk.size() - 1) != kVersion)
        return damaged("bodies");
    const std::size_t count = record::fixed_at<std::uint32_t>(chunk, chunk.size() - kTrailer);
    if (count > (chunk.size() - kTrailer) / kEntry) return damaged("bodies");
    const std::size_t directory = chunk.size() - kTrailer - count * kEntry;
    for (std::size_t i = 0, offset = 0; i < count; ++i) {
        const auto record = record::fixed_at<std::uint32_t>(chunk, directory + i * kEntry);
        const std::size_t length = record::fixed_at<std::uint32_t>(chunk, directory + i * kEntry + 4);
        if (length > directory - offset) return damaged("bodies");
        visit(record, chunk.substr(offset, length));
        offset += length;
    }
    return {};
}

Result<std::optional<std::string_view>> body_in(std::string_view chunk, std::uint32_t number) {
    std::optional<std::string_view> found;
    const auto look = [&](std::uint32_t record, std::string_view bytes) {
        if (record == number && !found) found = bytes;
    };
    if (auto visited = each_body(chunk, look); !visited) return visited.error();
    return found;
}

void BodyChunk::add(std::uint32_t record, std::string_view bytes) {
    bytes_.append(bytes);
    record::put_fixed(directory_, record);
    record::put_fixed(directory_, static_cast<std::uint32_t>(bytes.size()));
    ++entries_;
}

std::string BodyChunk::finish() {
    bytes_.append(directory_);
    record::put_fixed(bytes_, entries_);
    record::put_byte(bytes_, kVersion);
    directory_.clear();
    entries_ = 0;
    return std::exchange(bytes_, std::string());
}

}  // namespace causeway::block
