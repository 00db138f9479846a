#include <algorithm>
#include <cstring>
#include <thread>

#include "store/sqlite/purge.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/upkeep.hpp"

namespace causeway::sqlite {
namespace {

constexpr std::size_t kPage = 10'000;
constexpr std::string_view kRetentionHash = "retention-hash";

/// Tells whether the retention is another one than last time: then every block is looked at again.
std::int64_t fingerprint(const std::vector<Retention>& retention) {
    std::string text;
    for (const Retention& one : retention)
        text +=
            one.channel + ' ' + std::to_string(one.bodies.count()) + ' ' + std::to_string(one.events.count()) + '\n';
    std::int64_t number = 0;
    const Sha256 hash = sha256(text);
    std::memcpy(&number, hash.data(), sizeof number);
    return number;
}

void add(PurgeReport& sum, const PurgeReport& more) {
    sum.bodies += more.bodies;
    sum.events += more.events;
    sum.bytes += more.bytes;
}

}  // namespace

/// Messages that owe something, or whose promises have not ended; sorted.
Result<std::vector<std::int64_t>> SqliteLedger::owing() const {
    std::vector<std::int64_t> messages;
    for (Id after;;) {
        const auto page = open_obligations(after, kPage);
        if (!page) return page.error();
        for (const Obligation& one : *page) messages.push_back(one.message.value);
        if (page->empty()) break;
        after = page->back().id;
    }
    const auto clocks = running_clocks();
    if (!clocks) return clocks.error();
    for (const PathwayClock& clock : *clocks) messages.push_back(clock.message.value);
    std::sort(messages.begin(), messages.end());
    messages.erase(std::unique(messages.begin(), messages.end()), messages.end());
    return messages;
}

Result<PurgeReport> SqliteLedger::purge(const std::vector<Retention>& retention, bool count_only, const Tell& tell) {
    const std::lock_guard alone(upkeep_);
    PurgeReport sum;
    if (std::all_of(retention.begin(), retention.end(),
                    [](const Retention& one) { return one.bodies == Duration() && one.events == Duration(); }))
        return sum;
    const std::int64_t through = shared_.recent.last().number;
    const auto owed = owing();
    if (!owed) return owed.error();
    if (!count_only) {
        const auto written = write_out(through, tell);
        if (!written) return written.error();
        if (!*written) return sum;
    }
    PurgePlan plan(retention, context_.clock.now(), *owed, through);
    const std::int64_t print = fingerprint(retention);
    const auto known = read<std::int64_t>(
        [](Reader& reader) -> Result<std::int64_t> { return ledger_value(reader.db, kRetentionHash); });
    if (!known) return known.error();
    for (std::int64_t after = 0;;) {
        const auto slice = read<PurgeSlice>([&](Reader& reader) -> Result<PurgeSlice> {
            return plan.next(reader, after, count_only || *known != print);
        });
        if (!slice) return slice.error();
        if (slice->last == 0) break;
        after = slice->last;
        if (!count_only)
            if (auto written = write(*slice); !written) {
                if (written.error().issue == Issue::conflict) continue;  // They are looked at again another day.
                return written.error();
            }
        add(sum, slice->report);
        if (told_to_stop(tell, static_cast<double>(after) / static_cast<double>(std::max<std::int64_t>(through, 1))))
            return sum;
    }
    if (count_only) return sum;
    const auto ended = on_writer<void>([print](WriteContext& context) -> Result<void> {
        set_ledger_value(context.db, kRetentionHash, print);
        return {};
    });
    if (!ended) return ended.error();
    forget_purged();
    return sum;
}

/// A start makes what is owed, and the key index, from the events that came after what is in the tables. So what will
/// be removed must be in the tables before: else a message whose first events stay would be owed again. The index is
/// waited for, but not for ever: without it what is left of such a message only looks open. False: told to stop.
Result<bool> SqliteLedger::write_out(std::int64_t through, const Tell& tell) {
    constexpr int kLooks = 2'000;
    auto settled = between_groups([this]() -> Result<void> {
        if (auto written = writer_.settle(); !written) return written;
        shared_.keys.write_all();
        return {};
    });
    if (!settled) return settled.error();
    keeper_.wake();
    for (int look = 0; look < kLooks && shared_.keys.indexed_through() < through; ++look) {
        if (told_to_stop(tell, 0)) return false;
        if (driven_)
            (void)(writer_.turn() || keeper_.step());
        else
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return true;
}

Result<void> SqliteLedger::write(const PurgeSlice& slice) {
    auto written = on_writer<void>([&slice](WriteContext& context) { return write_purge(context, slice); });
    if (!written) return written;
    for (const ChunkChange& change : slice.chunks) shared_.cache.forget(change.kind, change.block, change.chunk);
    return {};
}

/// The index forgets messages and blocks below the first block that still has events.
void SqliteLedger::forget_purged() {
    (void)read<void>([this](Reader& reader) -> Result<void> {
        Cursor row = reader.db.query("SELECT number FROM block WHERE purged < 2 ORDER BY number LIMIT 1");
        if (!row.next() || row.integer(0) <= 1) return {};
        const std::int64_t first = row.integer(0);
        const auto before = reader.history.blocks.get(first - 1);
        if (!before) return {};
        shared_.keys.forget_below(index::Family::duplicates, before->last_message.value + 1);
        shared_.keys.forget_below(index::Family::keys, before->last_message.value + 1);
        shared_.keys.forget_below(index::Family::ids, first);
        return {};
    });
    keeper_.wake();
}

}  // namespace causeway::sqlite
