#include "store/sqlite/purge.hpp"

#include <algorithm>

#include "core/log.hpp"
#include "store/record/words.hpp"
#include "store/sqlite/ledger_error.hpp"

namespace causeway::sqlite {
namespace {

constexpr std::int64_t kBlocksASlice = 128;
constexpr std::size_t kChunksASlice = 256;
constexpr std::size_t kRememberedFates = 100'000;
/// When what still owes is looked at again.
constexpr Duration kLater = std::chrono::hours(24);

Instant after(Instant ended, Duration kept) {
    return kept == Duration::zero() || ended > Instant::max() - kept ? Instant::max() : ended + kept;
}

/// The longer of the two; zero is for ever.
Duration longer(Duration a, Duration b) {
    return a == Duration::zero() || b == Duration::zero() ? Duration::zero() : std::max(a, b);
}

std::optional<std::string> sealed_chunk(Reader& reader, block::Kind kind, std::int64_t block, std::uint32_t chunk) {
    const char* const sql = kind == block::Kind::events ? "SELECT bytes FROM block_events WHERE id = ?"
                                                        : "SELECT bytes FROM block_bodies WHERE id = ?";
    Cursor row = reader.db.query(sql, chunk_row(block, chunk));
    return row.next() ? std::optional(std::string(row.bytes(0))) : std::nullopt;
}

}  // namespace

PurgePlan::PurgePlan(const std::vector<Retention>& retention, Instant now, std::vector<std::int64_t> owing,
                     std::int64_t through)
    : now_(now), owing_(std::move(owing)), through_(through) {
    bool first = true;
    for (const Retention& one : retention) {
        retention_[one.channel] = one;
        longest_.bodies = first ? one.bodies : longer(longest_.bodies, one.bodies);
        longest_.events = first ? one.events : longer(longest_.events, one.events);
        first = false;
        for (const Duration kept : {one.bodies, one.events})
            if (kept > Duration::zero()) newest_due_ = std::max(newest_due_, now - kept);
    }
}

std::vector<PurgePlan::Candidate> PurgePlan::candidates(Reader& reader, std::int64_t after, bool all) const {
    std::vector<std::pair<std::int64_t, std::int64_t>> numbers;
    {
        Cursor rows = reader.db.query(
            "SELECT number, purged FROM block WHERE number > ? AND committed_at <= ? AND purged < 3"
            " AND (due_at <= ? OR ?) ORDER BY number LIMIT ?",
            after, newest_due_, now_, static_cast<int>(all), kBlocksASlice);
        while (rows.next()) numbers.emplace_back(rows.integer(0), rows.integer(1));
    }
    std::vector<Candidate> found;
    for (const auto& [number, purged] : numbers)
        if (auto header = reader.history.blocks.get(number)) found.push_back({*header, purged});
    return found;
}

PurgePlan::Fate PurgePlan::fate_after(Instant ended, const Retention* kept) const {
    if (kept == nullptr) return {Instant::max(), Instant::max()};
    return {after(ended, kept->bodies), after(ended, kept->events)};
}

/// A message ends with its newest event, once nothing is owed.
PurgePlan::Fate PurgePlan::fate(Reader& reader, Id message) {
    if (const auto known = fates_.find(message.value); known != fates_.end()) return known->second;
    if (fates_.size() > kRememberedFates) fates_.clear();
    Fate& fate = fates_[message.value];
    fate = {now_ + kLater, now_ + kLater};
    if (std::binary_search(owing_.begin(), owing_.end(), message.value)) return fate;
    const std::int64_t newest = reader.history.newest_block(message);
    if (newest > through_) return fate;
    const auto header = reader.history.blocks.get(newest);
    if (!header) return fate;
    const auto intake = reader.history.intake(message);
    // Where its channel is known no more, the longest that any channel asks for is long enough.
    const Retention* kept = &longest_;
    if (intake) {
        const auto channel = retention_.find(intake->record.intake->message.channel);
        kept = channel == retention_.end() ? nullptr : &channel->second;
    }
    return fate = fate_after(header->committed_at, kept);
}

PurgeSlice PurgePlan::next(Reader& reader, std::int64_t after, bool all) {
    PurgeSlice slice;
    fates_.clear();  // A message may have been replayed since the slice before.
    slice.seen = reader.shared.recent.last().number;
    Blocks blocks(reader.db, reader.shared.sealer, cache_, reader.shared.recent);
    for (const Candidate& candidate : candidates(reader, after, all)) {
        plan_or_pass(reader, blocks, candidate, slice);
        slice.last = candidate.header.number;
        if (slice.chunks.size() >= kChunksASlice) break;
    }
    return slice;
}

/// A damaged block stays as it is, and does not keep what comes after it.
void PurgePlan::plan_or_pass(Reader& reader, Blocks& blocks, const Candidate& candidate, PurgeSlice& slice) {
    const std::size_t chunks = slice.chunks.size();
    const PurgeReport report = slice.report;
    const RemovedBlocks removed = slice.removed;
    try {
        plan(reader, blocks, candidate, slice);
    } catch (const LedgerError& error) {
        if (error.error().issue != Issue::invariant) throw;
        log::error("ledger.damaged", {{"event", candidate.header.first_sequence}, {"error", error.error().what}});
        slice.chunks.resize(chunks);
        slice.report = report;
        slice.removed = removed;
    }
}

void PurgePlan::plan(Reader& reader, Blocks& blocks, const Candidate& candidate, PurgeSlice& slice) {
    std::vector<Line> going, lines;
    RemovedBlocks named;
    Instant bodies_due = Instant::max(), events_due = Instant::min();
    bool keeps_bodies = false;
    blocks.visit(candidate.header, [&](const record::RecordView& view) {
        const Fate fate =
            view.message ? this->fate(reader, view.message) : fate_after(candidate.header.committed_at, &longest_);
        const Line line{static_cast<std::uint32_t>(view.sequence - candidate.header.first_sequence), view.message,
                        (view.parts & record::kBody) != 0};
        lines.push_back(line);
        if (view.kind == record::number_of_kind(kRemovedEvent))
            named.add(RemovedBlocks::parse(take(record::decode(view)).record.event.detail));
        events_due = std::max(events_due, fate.events);
        if (!line.body || (candidate.purged & kBodiesPurged) != 0) return true;
        if (fate.bodies <= now_) {
            going.push_back(line);
            return true;
        }
        keeps_bodies = true;
        bodies_due = std::min(bodies_due, fate.bodies);
        return true;
    });
    PurgeSlice::BlockChange change{candidate.header.number, candidate.purged, std::min(bodies_due, events_due)};
    if (!going.empty()) drop_bodies(reader, candidate, going, slice);
    if (!keeps_bodies) change.purged |= kBodiesPurged;
    if (events_due <= now_ && !keeps_bodies) {
        drop_events(reader, candidate, lines, slice);
        slice.removed.add(named);
        change.purged |= kEventsPurged;
        change.due_at = Instant::max();
    }
    slice.blocks.push_back(change);
}

void PurgePlan::drop_bodies(Reader& reader, const Candidate& candidate, const std::vector<Line>& lines,
                            PurgeSlice& slice) {
    std::unordered_set<std::uint32_t> going;
    for (const Line& line : lines) {
        going.insert(line.record);
        slice.messages.insert(line.message.value);
    }
    for (std::uint32_t i = 0; i < candidate.header.body_chunks; ++i) {
        const auto sealed = sealed_chunk(reader, block::Kind::bodies, candidate.header.number, i);
        if (!sealed) continue;
        const seal::Place place{static_cast<std::uint8_t>(block::Kind::bodies), candidate.header.number, i};
        const auto plain = take(reader.shared.sealer.open(*sealed, place));
        bool touched = false;
        const auto kept = take(block::keep_bodies(plain, [&](std::uint32_t record) {
            const bool goes = going.contains(record);
            touched = touched || goes;
            return !goes;
        }));
        if (!touched) continue;
        ChunkChange change{block::Kind::bodies, candidate.header.number, i, std::nullopt};
        if (kept) change.sealed = reader.shared.sealer.seal(*kept, place);
        slice.report.bytes += sealed->size() - std::min(sealed->size(), change.sealed ? change.sealed->size() : 0);
        slice.chunks.push_back(std::move(change));
    }
    slice.removed.bodies.add(candidate.header.number);
    slice.report.bodies += static_cast<std::int64_t>(going.size());
}

void PurgePlan::drop_events(Reader& reader, const Candidate& candidate, const std::vector<Line>& lines,
                            PurgeSlice& slice) {
    for (const Line& line : lines) slice.messages.insert(line.message.value);
    for (std::uint32_t i = 0; i < candidate.header.event_chunks; ++i) {
        const auto sealed = sealed_chunk(reader, block::Kind::events, candidate.header.number, i);
        if (!sealed) continue;
        slice.report.bytes += sealed->size();
        slice.chunks.push_back({block::Kind::events, candidate.header.number, i, std::nullopt});
    }
    slice.removed.events.add(candidate.header.number);
    slice.report.events += candidate.header.events;
}

namespace {

/// Has something happened to one of the messages since the slice was worked out?
bool is_stale(WriteContext& context, const PurgeSlice& slice) {
    bool touched = false;
    const auto look = [&](const record::RecordView& view) {
        touched = touched || (view.message && slice.messages.contains(view.message.value));
        return !touched;
    };
    Blocks& blocks = context.history.blocks;
    for (auto header = blocks.from(slice.seen + 1); header && !touched; header = blocks.from(header->number + 1))
        (void)blocks.visit(*header, look);
    context.block.visit([&](const record::RecordView& view) { (void)look(view); });
    return touched;
}

void write_change(Connection& db, const ChunkChange& change) {
    const bool events = change.kind == block::Kind::events;
    const std::int64_t row = chunk_row(change.block, change.chunk);
    if (!change.sealed)
        db.run(events ? "DELETE FROM block_events WHERE id = ?" : "DELETE FROM block_bodies WHERE id = ?", row);
    else
        db.run("UPDATE block_bodies SET bytes = ? WHERE id = ?", Bytes{*change.sealed}, row);
}

}  // namespace

/// What is removed is overwritten, too, not only given free.
Result<void> write_purge(WriteContext& context, const PurgeSlice& slice) {
    if (is_stale(context, slice))
        return fail(Issue::conflict, "ledger", "Something happened to a message meanwhile; look again.", Retry::now);
    context.db.script("PRAGMA secure_delete = ON");
    for (const ChunkChange& change : slice.chunks) write_change(context.db, change);
    context.db.script("PRAGMA secure_delete = OFF");
    for (const auto& block : slice.blocks)
        context.db.run("UPDATE block SET purged = ?, due_at = ? WHERE number = ?", block.purged, block.due_at,
                       block.number);
    if (!slice.removed.empty()) context.write({0, {}, std::string(kRemovedEvent), {}, {}, {}, slice.removed.detail()});
    return {};
}

}  // namespace causeway::sqlite
