#include "store/sqlite/commands.hpp"
#include "store/sqlite/detail.hpp"
#include "store/sqlite/ledger_error.hpp"
#include "store/sqlite/obligations.hpp"

namespace causeway::sqlite {
namespace {

Error only_forward(PathwayClock::State state) {
    return fail(Issue::conflict, "ledger",
                "A clock only goes forward, and this one is " + std::string(to_code(state)) + " already.");
}

std::optional<PathwayClock> find_clock(WriteContext& context, Id id) {
    Cursor row = context.db.query("SELECT record FROM clock WHERE id = ?", id);
    return row.next() ? std::optional(take(record::decode_clock(row.bytes(0)))) : std::nullopt;
}

}  // namespace

void record_clock(WriteContext& context, Event event, const PathwayClock& clock) {
    record::Parts parts;
    parts.clock = &clock;
    context.write(std::move(event), parts);
    if (clock.state == PathwayClock::State::stopped)
        context.db.run("DELETE FROM clock WHERE id = ?", clock.id);
    else
        context.db.run("INSERT OR REPLACE INTO clock (id, record) VALUES (?, ?)", clock.id,
                       Bytes{record::encode_clock(clock)});
}

void start_clock(WriteContext& context, PathwayClock clock, const Event* told) {
    if (clock.started_at == Instant()) clock.started_at = context.clock.now();
    Event event;
    if (told != nullptr)
        event = *told;
    else
        event = {0,
                 {},
                 "clock.started",
                 {},
                 {},
                 {},
                 Detail()
                     .add("clock", clock.id.text())
                     .add("name", clock.name)
                     .add("owner", clock.owner)
                     .add("rule", clock.rule)
                     .add("breach_at", to_fhir_instant(clock.breach_at))
                     .text()};
    event.message = clock.message;
    record_clock(context, std::move(event), clock);
    context.block.used(clock.id);
    context.shared.keys.add(index::Family::ids, static_cast<std::uint64_t>(clock.id.value), context.block.number());
}

Result<void> move_clock(WriteContext& context, const ClockMove& move) {
    auto clock = find_clock(context, move.clock);
    if (!clock) {
        clock = context.history.clock(move.clock);
        return clock ? only_forward(clock->state) : unknown("clock");
    }
    if (move.state <= clock->state) return only_forward(clock->state);
    clock->state = move.state;
    Event event = move.event;
    if (event.kind.empty()) event.kind = "clock." + std::string(to_code(move.state));
    if (event.detail.empty()) event.detail = Detail().add("clock", move.clock.text()).add("name", clock->name).text();
    event.message = clock->message;
    record_clock(context, std::move(event), *clock);
    return {};
}

}  // namespace causeway::sqlite
