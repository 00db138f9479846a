#include "store/sqlite/recovery.hpp"

#include <algorithm>
#include <unordered_set>

#include "core/log.hpp"
#include "store/sqlite/history.hpp"
#include "store/sqlite/ledger_error.hpp"
#include "store/sqlite/schema.hpp"

namespace causeway::sqlite {
namespace {

/// So many headers are at hand from the start.
constexpr std::int64_t kRecent = 8'192;

/// Adds the index entries that the writer added when it wrote the block.
class Indexing {
public:
    Indexing(Shared& shared, const block::Header& header, Id before)
        : shared_(shared), header_(header), before_(before) {}

    void add(const record::StoredRecord& stored) {
        const LedgerRecord& record = stored.record;
        const Id message = record.event.message;
        if (record.intake) {
            add_keys(record.intake->message.keys, message);
            if (stored.duplicate)
                shared_.keys.add(index::Family::duplicates, duplicate_hash(shared_.secret, *stored.duplicate),
                                 message.value);
        } else if (message && message <= before_ && seen_.insert(message.value).second) {
            add_id(message);
        }
        add_keys(record.keys, message);
        if (record.created && record.event.obligation != message) add_id(record.event.obligation);
        if (record.clock && record.clock->state == PathwayClock::State::running) add_id(record.clock->id);
    }

private:
    void add_id(Id id) { shared_.keys.add(index::Family::ids, static_cast<std::uint64_t>(id.value), header_.number); }
    void add_keys(const std::vector<Key>& keys, Id message) {
        for (const Key& key : keys)
            shared_.keys.add(index::Family::keys, index::key_hash(shared_.secret, key.kind, key.value), message.value);
    }

    Shared& shared_;
    const block::Header& header_;
    const Id before_;
    std::unordered_set<std::int64_t> seen_;
};

void load_recent(Blocks& blocks, Shared& shared) {
    const auto last = blocks.last();
    if (!last) return;
    for (auto header = blocks.from(std::max<std::int64_t>(1, last->number - kRecent)); header;
         header = blocks.from(header->number + 1))
        shared.recent.add(*header);
}

/// A damaged block that is read for the key index alone does not keep the engine from what is owed: its messages are
/// not found by their keys until it is mended. One whose obligations are not in the table yet does.
bool may_be_skipped(const Error& error, const block::Header& header, std::int64_t projected) {
    if (error.issue != Issue::invariant || header.number <= 0 || header.number > projected) return false;
    log::error("ledger.damaged", {{"event", header.first_sequence}, {"error", error.what}});
    return true;
}

void load_index(Connection& connection, index::KeyIndex& keys) {
    index::SqliteRunReader runs(connection);
    const bool known_damaged = ledger_value(connection, kIndexDamaged) != 0;
    const auto loaded = known_damaged ? Result<void>() : keys.load(runs);
    if (loaded && !known_damaged) return;
    log::error("ledger.index-built-anew", {{"why", loaded ? "A page was damaged." : loaded.error().what}});
    connection.run("BEGIN IMMEDIATE");
    index::forget_runs(connection);
    set_ledger_value(connection, kIndexDamaged, 0);
    connection.run("COMMIT");
    keys.start_anew();
}

}  // namespace

void write_what_is_behind(Connection& connection, index::KeyIndex& keys) {
    index::SqliteRunReader reader(connection);
    index::SqliteRunWriter writer(connection);
    while (keys.behind()) {
        while (take(keys.prepare(reader))) {
        }
        if (!keys.has_slice()) return;
        connection.run("BEGIN IMMEDIATE");
        take(keys.write(writer));
        connection.run("COMMIT");
        keys.written();
    }
}

Id recover(Connection& connection, Shared& shared) {
    load_index(connection, shared.keys);
    shared.open.load(connection);
    Blocks blocks(connection, shared.sealer, shared.cache, shared.recent);
    const std::int64_t indexed = shared.keys.indexed_through();
    const std::int64_t projected = ledger_value(connection, "projected-through");
    const std::int64_t first = std::min(indexed, projected) + 1;
    Id before = blocks.get(first - 1).value_or(block::Header{}).last_message;
    for (auto header = blocks.from(first); header; header = blocks.from(header->number + 1)) {
        Indexing indexing(shared, *header, before);
        const auto take_in = [&](const record::RecordView& view) {
            const auto stored = take(record::decode(view));
            if (header->number > indexed) indexing.add(stored);
            if (header->number > projected) shared.open.replay(connection, stored, header->number);
            return true;
        };
        try {
            blocks.visit(*header, take_in);
        } catch (const LedgerError& error) {
            if (!may_be_skipped(error.error(), *header, projected)) throw;
        }
        if (header->number > indexed) shared.keys.publish(header->number);
        write_what_is_behind(connection, shared.keys);
        before = header->last_message;
    }
    load_recent(blocks, shared);
    return shared.recent.last().greatest_id;
}

}  // namespace causeway::sqlite
