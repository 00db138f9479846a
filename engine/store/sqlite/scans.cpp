#include "store/sqlite/ledger.hpp"

namespace causeway::sqlite {
namespace {

/// An event that its caller dated back is still found under its own day when it was committed this much later.
constexpr std::chrono::hours kDatedBack{24};

Instant latest_commit(Instant until) {
    return until > Instant::max() - kDatedBack ? Instant::max() : until + kDatedBack;
}

/// Visits the blocks that a range may touch, as they were when it began.
template <class Visit>
void each_block(Reader& reader, const ScanRange& range, Visit visit) {
    Blocks& blocks = reader.history.blocks;
    const std::int64_t last = reader.shared.recent.last().number;
    auto header = blocks.of_sequence(range.after + 1);
    if (header && range.from != Instant()) {
        const auto later = blocks.from_time(range.from);
        if (!later) return;
        if (later->number > header->number) header = later;
    }
    while (header && header->number <= last) {
        if (header->committed_at > latest_commit(range.until)) return;
        if (header->first_at < range.until && !visit(*header)) return;
        header = blocks.from(header->number + 1);
    }
}

bool is_in(const ScanRange& range, const Event& event) {
    return event.sequence > range.after && event.at >= range.from && event.at < range.until;
}

}  // namespace

Result<void> SqliteLedger::scan(const ScanRange& range, const std::function<bool(const LedgerRecord&)>& visit) const {
    return read<void>([&](Reader& reader) -> Result<void> {
        each_block(reader, range, [&](const block::Header& header) {
            return reader.history.blocks.pass(header, [&](const record::RecordView& view) {
                if (view.sequence <= range.after) return true;
                const auto stored = take(record::decode(view));
                return !is_in(range, stored.record.event) || visit(stored.record);
            });
        });
        return {};
    });
}

Result<void> SqliteLedger::scan_bodies(Instant from, Instant until,
                                       const std::function<bool(const StoredMessage&)>& visit) const {
    ScanRange range;
    range.from = from;
    range.until = until;
    return read<void>([&](Reader& reader) -> Result<void> {
        each_block(reader, range, [&](const block::Header& header) {
            return reader.history.blocks.pass(header, [&](const record::RecordView& view) {
                if ((view.parts & record::kIntake) == 0) return true;
                auto stored = take(record::decode(view));
                StoredMessage& message = *stored.record.intake;
                if (message.disposition != Disposition::accepted || !is_in(range, stored.record.event)) return true;
                message.message.body = reader.history.blocks.body(header, view.sequence, *stored.body);
                return visit(message);
            });
        });
        return {};
    });
}

Result<bool> SqliteLedger::is_partial(Id message) const {
    return read<bool>([&](Reader& reader) -> Result<bool> { return reader.history.is_partial(message); });
}

Result<RemovedEvents> SqliteLedger::removed_events(Instant from, Instant until) const {
    return read<RemovedEvents>([&](Reader& reader) -> Result<RemovedEvents> {
        const auto first = reader.history.blocks.from_time(from);
        if (!first) return RemovedEvents();
        Cursor row = reader.db.query(
            "SELECT count(*), sum(events), min(first_at), max(last_at) FROM block"
            " WHERE number >= ? AND purged >= ? AND first_at < ?",
            first->number, kEventsPurged, until);
        RemovedEvents removed;
        if (row.next()) row.read(removed.commits, removed.events, removed.from, removed.until);
        return removed;
    });
}

}  // namespace causeway::sqlite
