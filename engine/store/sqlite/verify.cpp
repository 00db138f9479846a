#include <set>
#include <unordered_map>

#include "store/record/words.hpp"
#include "store/sqlite/block_set.hpp"
#include "store/sqlite/tally.hpp"
#include "store/sqlite/upkeep.hpp"

namespace causeway::sqlite {
namespace {

/// `tell` is called as often as the number that is reached is a multiple of this.
constexpr std::int64_t kBlocksBetween = 64, kEventsBetween = 4'096;

Error stopped() {
    return fail(Issue::processing, "ledger", "The check was stopped; start it again.", Retry::later);
}

double part_of(std::int64_t reached, std::int64_t all) {
    return all == 0 ? 1 : static_cast<double>(reached) / static_cast<double>(all);
}

/// Walks the blocks in order and notes what does not fit. Reads the file, not what is known of it.
class ChainCheck {
public:
    ChainCheck(Reader& reader, const std::optional<ChainHead>& anchor) : reader_(reader), anchor_(anchor) {}

    ChainReport run(const Tell& tell) {
        Blocks& blocks = reader_.history.blocks;
        const std::int64_t last = reader_.shared.recent.last().number;
        for (auto header = blocks.from(1); header && header->number <= last; header = blocks.from(header->number + 1)) {
            if (header->number % kBlocksBetween == 0 && told_to_stop(tell, part_of(header->number, last)))
                throw LedgerError(stopped());
            check(*header);
        }
        check_tail();
        read_newer_purges(last);
        check_removed();
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
            auto bytes = reader_.history.blocks.stored_chunk(block::Kind::events, header.number, chunk);
            if (bytes) return bytes;
            if (!reader_.history.blocks.lost_events(header.number))
                fault(sequence, "The events of this commit are removed.");
            else
                note_removed(header);
            return nullptr;
        } catch (const LedgerError& error) {
            if (error.error().issue == Issue::login) throw;
            fault(sequence, "The events of this commit were edited or moved: they cannot be opened in this place.");
            return nullptr;
        }
    }

    void note_removed(const block::Header& header) {
        RemovedEvents& removed = report_.removed;
        if (removed.commits++ == 0 || header.first_at < removed.from) removed.from = header.first_at;
        removed.until = std::max(removed.until, header.last_at);
        removed.events += header.events;
        removed_.add(header.number);
    }

    /// A purge beside this check names what it takes in a commit that is newer than the last one here.
    void read_newer_purges(std::int64_t last) {
        Blocks& blocks = reader_.history.blocks;
        for (auto header = blocks.from(last + 1); header; header = blocks.from(header->number + 1))
            blocks.pass(*header, [this](const record::RecordView& view) {
                note_purge(view);
                return true;
            });
    }

    /// What is marked as removed by retention, and in no event of a purge, was removed by somebody else.
    void check_removed() {
        for (const auto& [first, last] : removed_.without(named_.events)) {
            const auto header = reader_.history.blocks.get(first);
            fault(header ? header->first_sequence : 0,
                  "The events of " + (first == last ? "this commit" : std::to_string(last - first + 1) + " commits") +
                      " are removed, and no event says that retention did it.");
        }
    }

    void check_records(std::string_view chunk, const block::Header& header, std::int64_t& next) {
        sound_ = true;
        auto scan = block::scan_events(chunk, header.first_sequence);
        if (!scan) return unsound(next, "The events of this commit were edited: they cannot be read.");
        for (; const auto view = scan->next(); ++next) {
            if (view->sequence != next) return unsound(next, "Events of this commit are removed.");
            if (record::is_intact(*view)) {
                note_purge(*view);
                continue;
            }
            unsound(next, was_moved(chunk, header, *view) ? "This event was moved: it was written in another place."
                                                          : "This event was edited: its check value does not fit.");
        }
        if (scan->damaged()) unsound(next, "This event was edited: it cannot be read.");
    }

    void note_purge(const record::RecordView& view) {
        static const std::uint8_t kind = record::number_of_kind(kRemovedEvent);
        if (view.kind != kind) return;
        if (const auto stored = record::decode(view)) named_.add(RemovedBlocks::parse(stored->record.event.detail));
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
    BlockSet removed_;     ///< Without their events, and marked so.
    RemovedBlocks named_;  ///< By events.
    bool anchor_seen_ = false;
    bool sound_ = true;
};

/// What an obligation is compared by; words only by their hash, for there may be millions.
struct Brief {
    State state = State::queued;
    int attempts = 0;
    Instant next_attempt_at;
    std::size_t moving = 0, lasting = 0;
    bool operator==(const Brief&) const = default;
};

template <class Part>
void mix(std::size_t& hash, const Part& part) {
    hash = hash * 1'000'003 + std::hash<Part>{}(part);
}

std::size_t hash_of(const std::string& owner, const std::string& cause, const std::string& rule) {
    std::size_t hash = 0;
    for (const auto* const text : {&owner, &cause, &rule}) mix(hash, *text);
    return hash;
}

Brief brief_of(const Obligation& o) {
    Brief brief{o.state, o.attempts, o.next_attempt_at, hash_of(o.owner, o.cause, o.rule), 0};
    mix(brief.lasting, o.destination);
    mix(brief.lasting, o.lane);
    mix(brief.lasting, o.message.value);
    mix(brief.lasting, static_cast<int>(o.duty));
    mix(brief.lasting, static_cast<int>(o.priority));
    return brief;
}

void apply(const ObligationChange& change, Brief& brief) {
    brief.state = change.state;
    brief.next_attempt_at = change.next_attempt_at;
    brief.attempts += change.attempt ? 1 : 0;
    brief.moving = hash_of(change.owner, change.cause, change.rule);
}

/// Obligations as the events leave them; those that ended are only counted.
class Folded {
public:
    void add(const LedgerRecord& record) {
        ++events;
        const std::int64_t id = record.event.obligation.value;
        if (record.created) {
            ++obligations;
            open_[id] = brief_of(*record.created);
        }
        const auto found = open_.find(id);
        if (found == open_.end()) return;
        if (record.change) apply(*record.change, found->second);
        if (is_final(found->second.state)) open_.erase(found);
    }
    /// Takes it out; false where it is another one, or none.
    bool take(const Obligation& o) {
        const auto found = open_.find(o.id.value);
        const bool same = found != open_.end() && found->second == brief_of(o);
        if (found != open_.end()) open_.erase(found);
        return same;
    }
    const std::unordered_map<std::int64_t, Brief>& open() const { return open_; }

    std::int64_t events = 0, obligations = 0;

private:
    std::unordered_map<std::int64_t, Brief> open_;
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

ChainReport check_chain(Reader& reader, const std::optional<ChainHead>& anchor, const Tell& tell) {
    return ChainCheck(reader, anchor).run(tell);
}

Result<ChainReport> SqliteLedger::verify_chain(const std::optional<ChainHead>& anchor, const Tell& tell) const {
    return read<ChainReport>([&](Reader& reader) -> Result<ChainReport> { return check_chain(reader, anchor, tell); });
}

Result<std::size_t> SqliteLedger::verify_events() const {
    const auto report = verify_chain(std::nullopt, {});
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

Result<ProjectionReport> SqliteLedger::verify_obligations(const Tell& tell) const {
    Folded folded;
    bool told = false;
    const std::int64_t last = last_sequence();
    const auto scanned = scan({}, [&](const LedgerRecord& record) {
        folded.add(record);
        told = folded.events % kEventsBetween == 0 && told_to_stop(tell, part_of(folded.events, last));
        return !told;
    });
    if (!scanned) return scanned.error();
    if (told) return stopped();
    ProjectionReport report;
    report.events = folded.events;
    report.obligations = folded.obligations;
    std::set<Id> suspects;
    for (Id after;;) {
        const auto page = open_obligations(after, 1'000);
        if (!page) return page.error();
        for (const Obligation& o : *page)
            if (!folded.take(o)) suspects.insert(o.id);
        if (page->empty()) break;
        if (told_to_stop(tell, 1)) return stopped();
        after = page->back().id;
    }
    for (const auto& [id, brief] : folded.open()) suspects.insert(Id{id});
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
