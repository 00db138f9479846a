/// Old blocks under a new key.

#include "store/sqlite/schema.hpp"
#include "store/sqlite/upkeep.hpp"

namespace causeway::sqlite {
namespace {

constexpr std::int64_t kRowsASlice = 64;
/// Which key everything is sealed under; 0: none.
constexpr std::string_view kSealedUnder = "sealed-under";

std::int64_t number_of(const seal::KeyRing& keys) {
    if (keys.empty()) return 0;
    std::int64_t number = 1;
    for (const std::uint8_t byte : keys.newest()) number = number << 8 | byte;
    return number;
}

/// Rows of both tables in one order: bodies of all blocks, then events.
struct Position {
    block::Kind kind = block::Kind::bodies;
    std::int64_t row = 0;
};

struct Resealed {
    Position last;
    bool any = false;  ///< There were rows at all.
    std::vector<std::pair<std::int64_t, std::string>> rows;
};

const char* rows_after(block::Kind kind) {
    return kind == block::Kind::events ? "SELECT id, bytes FROM block_events WHERE id > ? ORDER BY id LIMIT ?"
                                       : "SELECT id, bytes FROM block_bodies WHERE id > ? ORDER BY id LIMIT ?";
}

Resealed next_rows(Reader& reader, const Position& after) {
    Resealed slice{after, false, {}};
    const seal::Sealer& sealer = reader.shared.sealer;
    Cursor rows = reader.db.query(rows_after(after.kind), after.row, kRowsASlice);
    while (rows.next()) {
        slice.any = true;
        slice.last.row = rows.integer(0);
        if (sealer.is_current(rows.bytes(1))) continue;
        const seal::Place place{static_cast<std::uint8_t>(after.kind), slice.last.row / kChunksOfBlock,
                                static_cast<std::uint32_t>(slice.last.row % kChunksOfBlock)};
        slice.rows.emplace_back(slice.last.row, sealer.seal(take(sealer.open(rows.bytes(1), place)), place));
    }
    return slice;
}

Result<void> write_rows(WriteContext& context, const Resealed& slice) {
    const char* const sql = slice.last.kind == block::Kind::events ? "UPDATE block_events SET bytes = ? WHERE id = ?"
                                                                   : "UPDATE block_bodies SET bytes = ? WHERE id = ?";
    context.db.script("PRAGMA secure_delete = ON");
    for (const auto& [row, bytes] : slice.rows) context.db.run(sql, Bytes{bytes}, row);
    context.db.script("PRAGMA secure_delete = OFF");
    return {};
}

Result<void> remember(WriteContext& context, std::string_view name, std::int64_t value) {
    set_ledger_value(context.db, name, value);
    return {};
}

}  // namespace

Result<std::int64_t> SqliteLedger::reseal(const Tell& tell) {
    const std::lock_guard alone(upkeep_);
    const std::int64_t key = number_of(*shared_.sealer.keys());
    const auto under = read<std::int64_t>(
        [](Reader& reader) -> Result<std::int64_t> { return ledger_value(reader.db, kSealedUnder); });
    if (!under) return under.error();
    std::int64_t done = 0;
    if (*under == key) return done;
    const double last = static_cast<double>(chunk_row(shared_.recent.last().number + 1, 0));
    for (Position after;;) {
        const auto slice = read<Resealed>([&](Reader& reader) -> Result<Resealed> { return next_rows(reader, after); });
        if (!slice) return slice.error();
        if (!slice->rows.empty())
            if (auto written = on_writer<void>([&](WriteContext& c) { return write_rows(c, *slice); }); !written)
                return written.error();
        done += static_cast<std::int64_t>(slice->rows.size());
        after = slice->last;
        const bool events = after.kind == block::Kind::events;
        if (told_to_stop(tell, (static_cast<double>(after.row) / last + (events ? 1 : 0)) / 2)) return done;
        if (slice->any) continue;
        if (events) break;
        after = {block::Kind::events, 0};
    }
    if (auto ended = on_writer<void>([key](WriteContext& c) { return remember(c, kSealedUnder, key); }); !ended)
        return ended.error();
    return done;
}

}  // namespace causeway::sqlite
