#include <set>
#include <unordered_map>

#include "store/sqlite/ledger.hpp"
#include "store/sqlite/tally.hpp"

namespace causeway::sqlite {
namespace {

/// Walks the blocks in order and notes what does not fit.
class ChainCheck {
public:
    ChainCheck(Reader& reader, const std::optional<ChainHead>& anchor) : reader_(reader), anchor_(anchor) {}

    ChainReport run() {
        Blocks& blocks = reader_.history.blocks;
        const std::int64_t last = reader_.shared.recent.last().number;
        for (auto header = blocks.from(1); header && header->number <= last; header = blocks.from(header->number + 1))
            check(*header);
        check_tail();
        if (anchor_ && !anchor_seen_)
            fault(anchor_->sequence, "The commit that ended with this event, as it was noted elsewhere, is not here.");
        report_.events = events_;
        report_.head = {before_.last_sequence(), before_.hash, before_.committed_at};
        return std::move(report_);
    }

private:
    void fault(std::int64_t sequence, std::string what) { report_.faults.push_back({sequence, std::move(what)}); }

    void check(const block::Header& header) {
        if (header.number != before_.number + 1 || header.first_sequence != before_.last_sequence() + 1)
            fault(before_.last_sequence() + 1, "Events are removed here: the next one in the ledger is number " +
                                                   std::to_string(header.first_sequence) + ".");
        if (block::link(before_.hash, header) != header.hash)
            fault(header.first_sequence,
                  "The header of this commit was edited or moved, or one before it was: its hash does not follow.");
        check_events(header);
        if (anchor_ && anchor_->sequence == header.last_sequence()) anchor_seen_ = anchor_->hash == header.hash;
        events_ += header.events;
        before_ = header;
    }

    void check_events(const block::Header& header) {
        std::string digests;
        std::int64_t next = header.first_sequence;
        for (std::uint32_t i = 0; i < header.event_chunks; ++i) {
            const auto bytes = open(header, i, next);
            if (!bytes) return;
            digests.append(as_view(sha256(*bytes)));
            check_records(*bytes, header, next);
        }
        if (next != header.first_sequence + header.events) return fault(next, "Events of this commit are removed.");
        if (sha256(digests) != header.digest && sound_)
            fault(header.first_sequence, "The events of this commit were edited: their digest is another one.");
    }

    /// Null where there is nothing to check further.
    block::Bytes open(const block::Header& header, std::uint32_t chunk, std::int64_t sequence) {
        try {
            auto bytes = reader_.history.blocks.chunk(block::Kind::events, header.number, chunk);
            if (!bytes && !is_purged(header)) fault(sequence, "The events of this commit are removed.");
            return bytes;
        } catch (const LedgerError& error) {
            if (error.error().issue == Issue::login) throw;
            fault(sequence, "The events of this commit were edited or moved: they cannot be opened in this place.");
            return nullptr;
        }
    }

    bool is_purged(const block::Header& header) {
        Cursor row = reader_.db.query("SELECT purged FROM block WHERE number = ?", header.number);
        return row.next() && (row.integer(0) & kEventsPurged) != 0;
    }

    void check_records(std::string_view chunk, const block::Header& header, std::int64_t& next) {
        sound_ = true;
        auto scan = block::scan_events(chunk, header.first_sequence);
        if (!scan) return unsound(next, "The events of this commit were edited: they cannot be read.");
        for (; const auto view = scan->next(); ++next) {
            if (view->sequence != next) return unsound(next, "Events of this commit are removed.");
            if (record::is_intact(*view)) continue;
            unsound(next, was_moved(chunk, header, *view) ? "This event was moved: it was written in another place."
                                                          : "This event was edited: its check value does not fit.");
        }
        if (scan->damaged()) unsound(next, "This event was edited: it cannot be read.");
    }

    void unsound(std::int64_t sequence, std::string what) {
        sound_ = false;
        fault(sequence, std::move(what));
    }

    /// Is it intact under the sequence of another record of its chunk?
    static bool was_moved(std::string_view chunk, const block::Header& header, const record::RecordView& view) {
        auto scan = block::scan_events(chunk, header.first_sequence);
        while (const auto other = scan->next()) {
            auto elsewhere = view;
            elsewhere.sequence = other->sequence;
            if (record::is_intact(elsewhere)) return true;
        }
        return false;
    }

    void check_tail() {
        Cursor row =
            reader_.db.query("SELECT count FROM tally WHERE kind = ? AND first = 0 AND second = 0 AND value = 0",
                             static_cast<int>(kChainTally));
        const std::int64_t counted = row.next() ? row.integer(0) : 0;
        // The count is from before the look for more blocks: those that were committed meanwhile are no cut.
        if (counted > before_.last_sequence() && !reader_.history.blocks.from(before_.number + 1))
            fault(before_.last_sequence() + 1, "The tail of the chain was cut off after the event before this one.");
    }

    Reader& reader_;
    const std::optional<ChainHead>& anchor_;
    ChainReport report_;
    block::Header before_;
    std::int64_t events_ = 0;
    bool anchor_seen_ = false;
    bool sound_ = true;
};

/// Obligations as the events leave them; those that ended are only counted.
class Folded {
public:
    void add(const LedgerRecord& record) {
        ++events;
        const Id id = record.event.obligation;
        if (record.created) {
            ++obligations;
            open_[id] = *record.created;
        }
        const auto found = open_.find(id);
        if (found == open_.end() || (!record.change && !record.created)) return;
        if (record.change) apply(*record.change, found->second);
        if (is_final(found->second.state)) open_.erase(found);
    }
    const std::map<Id, Obligation>& open() const { return open_; }

    std::int64_t events = 0, obligations = 0;

private:
    std::map<Id, Obligation> open_;
};

std::string text_of(const std::optional<State>& state) {
    return state ? std::string(to_code(*state)) : std::string("nothing");
}

bool same(const Obligation& a, const Obligation& b) {
    return a.state == b.state && a.attempts == b.attempts && a.next_attempt_at == b.next_attempt_at &&
           a.owner == b.owner && a.cause == b.cause && a.rule == b.rule && a.destination == b.destination &&
           a.lane == b.lane && a.message == b.message && a.duty == b.duty && a.priority == b.priority;
}

}  // namespace

ChainReport check_chain(Reader& reader, const std::optional<ChainHead>& anchor) {
    return ChainCheck(reader, anchor).run();
}

Result<ChainReport> SqliteLedger::verify_chain(const std::optional<ChainHead>& anchor) const {
    return read<ChainReport>([&](Reader& reader) -> Result<ChainReport> { return check_chain(reader, anchor); });
}

Result<std::size_t> SqliteLedger::verify_events() const {
    const auto report = verify_chain(std::nullopt);
    if (!report) return report.error();
    if (report->faults.empty()) return static_cast<std::size_t>(report->events);
    const ChainReport::Fault& first = report->faults.front();
    return fail(Issue::invariant, "event " + std::to_string(first.sequence),
                first.what + " Compare the ledger with its last good copy.");
}

Result<ChainHead> SqliteLedger::chain_head() const {
    const block::Header last = shared_.recent.last();
    return ChainHead{last.last_sequence(), last.hash, last.committed_at};
}

Result<ProjectionReport> SqliteLedger::verify_obligations() const {
    Folded folded;
    const auto scanned = scan({}, [&](const LedgerRecord& record) { return folded.add(record), true; });
    if (!scanned) return scanned.error();
    ProjectionReport report;
    report.events = folded.events;
    report.obligations = folded.obligations;
    std::set<Id> suspects;
    std::set<Id> projected;
    for (Id after;;) {
        const auto page = open_obligations(after, 1'000);
        if (!page) return page.error();
        for (const Obligation& o : *page) {
            const auto known = folded.open().find(o.id);
            if (known == folded.open().end() || !same(known->second, o)) suspects.insert(o.id);
            projected.insert(o.id);
        }
        if (page->empty()) break;
        after = page->back().id;
    }
    for (const auto& [id, o] : folded.open())
        if (!projected.contains(id)) suspects.insert(id);
    for (const Id id : suspects)
        if (auto difference = difference_of(id)) report.differences.push_back({id, *std::move(difference)});
    return report;
}

/// Beside traffic an obligation may move between the two looks, so one that differs is looked at again.
std::optional<std::string> SqliteLedger::difference_of(Id id) const {
    std::string what;
    for (int look = 0; look < 5; ++look) {
        const auto difference = read<std::string>([&](Reader& reader) -> Result<std::string> {
            std::optional<Obligation> events, table;
            if (const auto message = reader.history.message_of(id))
                for (Obligation& o : reader.history.obligations(*message))
                    if (o.id == id && !is_final(o.state)) events = std::move(o);
            const auto recent = shared_.open.recent(id);
            if (const auto owed = recent ? recent : stored_owed(reader.db, id))
                if (!is_final(owed->obligation.state)) table = owed->obligation;
            if (events.has_value() == table.has_value() && (!events || same(*events, *table))) return std::string();
            const auto state = [](const auto& o) { return o ? std::optional(o->state) : std::nullopt; };
            return "The events say " + text_of(state(events)) + ", the table says " + text_of(state(table)) + ".";
        });
        if (difference && difference->empty()) return std::nullopt;
        what = difference ? *difference : difference.error().what;
    }
    return what;
}

}  // namespace causeway::sqlite
