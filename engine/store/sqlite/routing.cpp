#include <algorithm>

#include "store/sqlite/commands.hpp"
#include "store/sqlite/detail.hpp"
#include "store/sqlite/obligations.hpp"
#include "store/sqlite/patients.hpp"
#include "store/sqlite/rows.hpp"

namespace causeway::sqlite {
namespace {

bool has_event(const Routing& routing, std::string_view kind, Id obligation) {
    return std::any_of(routing.events.begin(), routing.events.end(), [&](const Event& event) {
        return event.kind == kind && (!obligation || event.obligation == obligation);
    });
}

bool is_taken(WriteContext& context, const char* sql, Id id) {
    return context.db.query(sql, id).next();
}

std::optional<Error> check_ids(WriteContext& context, const Routing& routing) {
    const auto taken =
        fail(Issue::duplicate, "ledger", "An obligation or clock has an id that is in use; take new ids.");
    std::vector<Id> ids;
    for (const Obligation& o : routing.obligations) {
        if (!o.id || is_taken(context, "SELECT 1 FROM obligation WHERE id = ?", o.id)) return taken;
        ids.push_back(o.id);
    }
    for (const PathwayClock& clock : routing.clocks) {
        if (!clock.id || is_taken(context, "SELECT 1 FROM clock WHERE id = ?", clock.id)) return taken;
        ids.push_back(clock.id);
    }
    std::sort(ids.begin(), ids.end());
    if (std::adjacent_find(ids.begin(), ids.end()) != ids.end()) return taken;
    return std::nullopt;
}

std::optional<Error> check(WriteContext& context, const Routing& routing, const std::optional<Owed>& process) {
    if (!process) return unknown("obligation");
    const Obligation& o = process->obligation;
    if (o.duty != Duty::process)
        return fail(Issue::invalid, "ledger", "Only an obligation to process can be routed; name that one.");
    if (is_final(o.state)) return ended(o.state);
    if (o.state == State::held)
        return fail(Issue::conflict, "ledger", "This message is held; release it before it is routed.");
    if (!is_final(routing.end) && routing.end != State::held)
        return fail(Issue::invalid, "ledger", "A routed message is delivered, filtered or held; name one of these.");
    if (has_event(routing, "patient.known", {}) || has_event(routing, "patient.merged", {}))
        return fail(Issue::invalid, "ledger", "Give patient knowledge as a change; the ledger writes its event.");
    return check_ids(context, routing);
}

std::string created_detail(const Obligation& o) {
    return Detail()
        .add("duty", to_code(o.duty))
        .add("state", to_code(o.state))
        .add("route", o.route)
        .add("destination", o.destination)
        .add("organisation", o.organisation)
        .add("owner", o.owner)
        .add("cause", o.cause)
        .add("rule", o.rule)
        .text();
}

/// Ends the obligation to process, with an event unless the caller wrote that.
void end_process(WriteContext& context, const Routing& routing, Owed process, Instant now) {
    const State before = process.obligation.state;
    Obligation& o = process.obligation;
    o.state = routing.end;
    o.owner = routing.owner;
    o.cause = routing.cause;
    o.rule = routing.rule;
    update_owed(context, process, before);
    const std::string_view kind = o.state == State::held       ? "obligation.held"
                                  : o.state == State::filtered ? "obligation.filtered"
                                                               : "route.matched";
    if (o.state == State::delivered ? has_event(routing, kind, {}) : has_event(routing, kind, o.id)) return;
    context.write_event({0,
                         now,
                         std::string(kind),
                         o.message,
                         o.id,
                         {},
                         Detail().add("owner", o.owner).add("cause", o.cause).add("rule", o.rule).text()},
                        o.state);
}

void create_obligation(WriteContext& context, const Routing& routing, const Owed& process, Obligation o, Instant now) {
    o.message = process.obligation.message;
    if (o.created_at == Instant()) o.created_at = now;
    if (o.next_attempt_at == Instant()) o.next_attempt_at = o.created_at;
    context.write_obligation(o, process.channel);
    if (!has_event(routing, "obligation.created", o.id))
        context.write_event({0, now, "obligation.created", o.message, o.id, {}, created_detail(o)}, o.state);
}

void add_keys(WriteContext& context, const std::vector<Key>& more, Id message) {
    if (more.empty()) return;
    std::vector<Key> keys;
    {
        Cursor row = context.db.query("SELECT keys FROM message WHERE id = ?", message);
        if (row.next()) keys = keys_from_json(row.text(0));
    }
    for (const Key& key : more) {
        context.write_key(key, message);
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
    context.db.run("UPDATE message SET keys = ? WHERE id = ?", keys_to_json(keys), message);
}

}  // namespace

Result<void> route(WriteContext& context, const Routing& routing) {
    const auto process = find_owed(context, routing.process);
    if (auto error = check(context, routing, process)) return *std::move(error);
    const Instant now = context.clock.now();
    const Id message = process->obligation.message;
    for (Event event : routing.events) {
        if (!event.message) event.message = message;
        context.write_event(std::move(event));
    }
    end_process(context, routing, *process, now);
    for (const Obligation& o : routing.obligations) create_obligation(context, routing, *process, o, now);
    for (PathwayClock clock : routing.clocks) {
        if (!clock.message) clock.message = message;
        start_clock(context, clock, !has_event(routing, "clock.started", {}));
    }
    for (const PatientChange& change : routing.patients) record_patient(context, change, message);
    add_keys(context, routing.keys, message);
    return {};
}

}  // namespace causeway::sqlite
