#include "store/sqlite/commands.hpp"
#include "store/sqlite/detail.hpp"
#include "store/sqlite/obligations.hpp"

namespace causeway::sqlite {

void start_clock(WriteContext& context, const PathwayClock& clock, bool with_event) {
    static constexpr const char* kInsert =
        "INSERT INTO clock (id, message, state, started_at, warn_at, breach_at, name, owner, rule, stop_when)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    const Instant started = clock.started_at == Instant() ? context.clock.now() : clock.started_at;
    context.db.run(kInsert, clock.id, clock.message, clock.state, started, clock.warn_at, clock.breach_at, clock.name,
                   clock.owner, clock.rule, clock.stop_when);
    if (!with_event) return;
    context.write_event({0,
                         {},
                         "clock.started",
                         clock.message,
                         {},
                         {},
                         Detail()
                             .add("clock", clock.id.text())
                             .add("name", clock.name)
                             .add("owner", clock.owner)
                             .add("rule", clock.rule)
                             .add("breach_at", to_fhir_instant(clock.breach_at))
                             .text()});
}

Result<void> move_clock(WriteContext& context, const ClockMove& move) {
    PathwayClock::State before{};
    Id message;
    std::string name;
    {
        Cursor row = context.db.query("SELECT state, message, name FROM clock WHERE id = ?", move.clock);
        if (!row.next()) return unknown("clock");
        before = row.as<PathwayClock::State>(0);
        message = row.id(1);
        name = row.text(2);
    }
    if (move.state <= before)
        return fail(Issue::conflict, "ledger",
                    "A clock only goes forward, and this one is " + std::string(to_code(before)) + " already.");
    context.db.run("UPDATE clock SET state = ? WHERE id = ?", move.state, move.clock);
    Event event = move.event;
    if (event.kind.empty()) event.kind = "clock." + std::string(to_code(move.state));
    if (!event.message) event.message = message;
    if (event.detail.empty()) event.detail = Detail().add("clock", move.clock.text()).add("name", name).text();
    context.write_event(std::move(event));
    return {};
}

}  // namespace causeway::sqlite
