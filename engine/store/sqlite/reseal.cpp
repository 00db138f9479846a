/// Old blocks under a new key.

#include "store/sqlite/sealed_under.hpp"
#include "store/sqlite/upkeep.hpp"

namespace causeway::sqlite {
namespace {

constexpr std::int64_t kRowsASlice = 64;

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

}  // namespace

Result<void> SqliteLedger::check_keys(const seal::KeyRing& keys) const {
    return read<void>([&](Reader& reader) { return sqlite::check_keys(reader.db, keys); });
}

Result<void> SqliteLedger::use_keys(seal::KeyRing keys) {
    auto told = on_writer<void>([&](WriteContext& context) -> Result<void> {
        if (auto known = sqlite::check_keys(context.db, keys); !known) return known;
        tell_newest(context.db, keys);
        ++key_changes_;
        return {};
    });
    if (!told) return told;
    shared_.sealer.use(std::move(keys));
    ++key_changes_;  // Whatever began in between does not know whose pieces it saw.
    return told;
}

Result<std::int64_t> SqliteLedger::reseal(const Tell& tell) {
    const std::lock_guard alone(upkeep_);
    const int changes = key_changes_;
    const auto keys = shared_.sealer.keys();
    const auto sealed = read<bool>([&](Reader& reader) -> Result<bool> { return is_sealed_under(reader.db, *keys); });
    if (!sealed) return sealed.error();
    std::int64_t done = 0;
    if (*sealed) return done;
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
    const auto end = [&](WriteContext& context) -> Result<void> {
        if (changes == key_changes_) forget_others(context.db, *keys);
        return {};
    };
    if (auto ended = on_writer<void>(end); !ended) return ended.error();
    return done;
}

}  // namespace causeway::sqlite
