#include "store/sqlite/blocks.hpp"

#include <algorithm>
#include <bit>

#include "store/sqlite/ledger_error.hpp"

namespace causeway::sqlite {
namespace {

constexpr std::size_t kMostRecent = 16'384;
/// At most twice so many blocks are landmarks.
constexpr int kLandmarkBits = 13;

// Every query of headers has these columns in this order.
#define CAUSEWAY_HEADER                                                                                                \
    "SELECT number, first_sequence, events, first_at, last_at, committed_at, last_message, greatest_id, event_chunks," \
    " body_chunks, digest, hash FROM block "

void read_digest(std::string_view bytes, Sha256& to) {
    std::copy_n(bytes.begin(), std::min(bytes.size(), to.size()), to.begin());
}

std::optional<block::Header> read_header(Cursor row) {
    if (!row.next()) return std::nullopt;
    block::Header h;
    row.read(h.number, h.first_sequence, h.events, h.first_at, h.last_at, h.committed_at, h.last_message, h.greatest_id,
             h.event_chunks, h.body_chunks);
    read_digest(row.bytes(10), h.digest);
    read_digest(row.bytes(11), h.hash);
    return h;
}

seal::Place place_of(block::Kind kind, std::int64_t block, std::uint32_t chunk) {
    return {static_cast<std::uint8_t>(kind), block, chunk};
}

}  // namespace

block::Header RecentBlocks::last() const {
    const std::lock_guard lock(mutex_);
    return headers_.empty() ? block::Header() : headers_.back();
}

void RecentBlocks::add(const block::Header& header) {
    const std::lock_guard lock(mutex_);
    headers_.push_back(header);
    if (headers_.size() > kMostRecent) headers_.pop_front();
}

std::optional<block::Header> RecentBlocks::get(std::int64_t number) const {
    const std::lock_guard lock(mutex_);
    const auto found = std::lower_bound(headers_.begin(), headers_.end(), number,
                                        [](const block::Header& header, std::int64_t n) { return header.number < n; });
    return found == headers_.end() || found->number != number ? std::nullopt : std::optional(*found);
}

std::optional<block::Header> RecentBlocks::landmark(std::int64_t number) const {
    const std::lock_guard lock(mutex_);
    const auto found = landmarks_.find(number);
    return found == landmarks_.end() ? std::nullopt : std::optional(found->second);
}

void RecentBlocks::keep_landmark(std::int64_t number, const block::Header& header) const {
    const std::lock_guard lock(mutex_);
    if (landmarks_.size() >= std::size_t{4} << kLandmarkBits) landmarks_.clear();  // The ledger has grown since.
    landmarks_.emplace(number, header);
}

std::optional<block::Header> Blocks::get(std::int64_t number) {
    if (auto recent = recent_.get(number)) return recent;
    return read_header(connection_.query(CAUSEWAY_HEADER "WHERE number = ?", number));
}

std::optional<block::Header> Blocks::from(std::int64_t number) {
    return read_header(connection_.query(CAUSEWAY_HEADER "WHERE number >= ? ORDER BY number LIMIT 1", number));
}

std::optional<block::Header> Blocks::last() {
    return read_header(connection_.query(CAUSEWAY_HEADER "ORDER BY number DESC LIMIT 1"));
}

template <class Reached>
std::optional<block::Header> Blocks::first(Reached reached) {
    if (auto found = recent_.first(reached)) return found;
    const block::Header last = recent_.last();
    if (last.number == 0 || !reached(last)) return std::nullopt;
    std::int64_t below = 0, at = last.number;  // Not reached up to `below`, reached from `at` on.
    while (at - below > 1) {
        // The roundest number between them, so that every search passes the same ones.
        const auto bit = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(below ^ (at - 1)))) - 1;
        const std::int64_t middle = (at - 1) >> bit << bit;
        const auto header = passed(middle, last.number);
        if (header && !reached(*header))
            below = header->number;
        else
            at = middle;
    }
    return from(at);
}

std::optional<block::Header> Blocks::passed(std::int64_t number, std::int64_t last) {
    const int few = static_cast<int>(std::bit_width(static_cast<std::uint64_t>(last))) - 1 - kLandmarkBits;
    if (std::countr_zero(static_cast<std::uint64_t>(number)) < few) return from(number);
    if (auto known = recent_.landmark(number)) return known;
    auto header = from(number);
    if (header) recent_.keep_landmark(number, *header);
    return header;
}

std::optional<block::Header> Blocks::of_message(Id message) {
    return first([&](const block::Header& header) { return header.last_message >= message; });
}

std::optional<block::Header> Blocks::of_sequence(std::int64_t sequence) {
    return first([&](const block::Header& header) { return header.last_sequence() >= sequence; });
}

std::optional<block::Header> Blocks::from_time(Instant at) {
    return first([&](const block::Header& header) { return header.last_at >= at; });
}

block::Bytes Blocks::chunk(block::Kind kind, std::int64_t block, std::uint32_t chunk) {
    if (auto known = cache_.get(kind, block, chunk)) return known;
    auto bytes = stored_chunk(kind, block, chunk);
    if (bytes) cache_.put(kind, block, chunk, bytes);
    return bytes;
}

block::Bytes Blocks::stored_chunk(block::Kind kind, std::int64_t block, std::uint32_t chunk) {
    const char* const sql = kind == block::Kind::events ? "SELECT bytes FROM block_events WHERE id = ?"
                                                        : "SELECT bytes FROM block_bodies WHERE id = ?";
    Cursor row = connection_.query(sql, chunk_row(block, chunk));
    if (!row.next()) return nullptr;
    return std::make_shared<const std::string>(take(sealer_.open(row.bytes(0), place_of(kind, block, chunk))));
}

template <class Chunk>
bool Blocks::visit_chunks(const block::Header& header, Chunk chunk, const Visit& visit) {
    for (std::uint32_t i = 0; i < header.event_chunks; ++i) {
        const block::Bytes bytes = chunk(i);
        if (!bytes) continue;
        auto scan = take(block::scan_events(*bytes, header.first_sequence));
        while (const auto view = scan.next())
            if (!visit(*view)) return false;
        if (scan.damaged())
            throw LedgerError(fail(Issue::invariant, "ledger",
                                   "Events of the ledger are not as they were written; run \"causeway audit verify\" "
                                   "and restore a backup."));
    }
    return true;
}

bool Blocks::visit(const block::Header& header, const Visit& visit) {
    return visit_chunks(
        header, [&](std::uint32_t i) { return chunk(block::Kind::events, header.number, i); }, visit);
}

bool Blocks::pass(const block::Header& header, const Visit& visit) {
    const auto bytes = [&](std::uint32_t i) {
        auto known = cache_.get(block::Kind::events, header.number, i);
        return known ? known : stored_chunk(block::Kind::events, header.number, i);
    };
    return visit_chunks(header, bytes, visit);
}

bool Blocks::lost_events(std::int64_t number) {
    Cursor row = connection_.query("SELECT purged FROM block WHERE number = ?", number);
    return row.next() && (row.integer(0) & kEventsPurged) != 0;
}

Payload Blocks::body(const block::Header& header, std::int64_t sequence, const record::BodyPlace& place) {
    const auto record = static_cast<std::uint32_t>(sequence - header.first_sequence);
    std::string whole;
    for (std::uint32_t i = place.chunk; i < header.body_chunks && whole.size() < place.size; ++i) {
        const auto bytes = chunk(block::Kind::bodies, header.number, i);
        const auto part = bytes ? take(block::body_in(*bytes, record)) : std::nullopt;
        if (!part) return {};
        if (whole.empty()) whole.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(place.size, 64u << 20)));
        whole.append(*part);
    }
    return whole.size() == place.size ? Payload(std::move(whole)) : Payload();
}

void ChunkWriter::put(block::Kind kind, std::int64_t block, std::uint32_t chunk, std::string_view plain) {
    const std::string sealed = sealer_.seal(plain, place_of(kind, block, chunk));
    const char* const sql = kind == block::Kind::events ? "INSERT INTO block_events (id, bytes) VALUES (?, ?)"
                                                        : "INSERT INTO block_bodies (id, bytes) VALUES (?, ?)";
    connection_.run(sql, chunk_row(block, chunk), Bytes{sealed});
}

void write_header(Connection& connection, const block::Header& h) {
    connection.run(
        "INSERT INTO block (number, first_sequence, events, first_at, last_at, committed_at, last_message, greatest_id,"
        " event_chunks, body_chunks, purged, due_at, digest, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?)",
        h.number, h.first_sequence, h.events, h.first_at, h.last_at, h.committed_at, h.last_message, h.greatest_id,
        std::int64_t{h.event_chunks}, std::int64_t{h.body_chunks}, Bytes{as_view(h.digest)}, Bytes{as_view(h.hash)});
}

}  // namespace causeway::sqlite
