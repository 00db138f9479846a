#include "store/sqlite/commands.hpp"
#include "store/sqlite/detail.hpp"
#include "store/sqlite/obligations.hpp"

namespace causeway::sqlite {
namespace {

using Kind = OperatorAct::Kind;

struct MessageRow {
    Disposition disposition;
    std::int64_t channel;
    Priority priority;
};

std::optional<MessageRow> find_message(WriteContext& context, Id id) {
    Cursor row = context.db.query("SELECT disposition, channel, priority FROM message WHERE id = ?", id);
    if (!row.next()) return std::nullopt;
    return MessageRow{row.as<Disposition>(0), row.integer(1), row.as<Priority>(2)};
}

bool applies(Kind kind, State state) {
    if (kind == Kind::release) return state == State::held;
    return state == State::queued || state == State::held;
}

Error nothing_to_do(Kind kind) {
    return fail(Issue::conflict, "ledger",
                kind == Kind::release ? "Nothing of it is held, so there is nothing to release."
                                      : "Nothing of it waits, so there is nothing to hold or cancel.");
}

Error in_flight() {
    return fail(Issue::conflict, "ledger",
                "A delivery of it is in flight and cannot be held or cancelled; try again when that attempt has ended.",
                Retry::later);
}

/// The obligations that the act changes, or why it cannot.
Result<std::vector<Owed>> select(const OperatorAct& act, std::vector<Owed> owed) {
    std::vector<Owed> chosen;
    for (Owed& one : owed) {
        const State state = one.obligation.state;
        if (state == State::in_flight && act.kind != Kind::release) return in_flight();
        if (applies(act.kind, state)) chosen.push_back(std::move(one));
    }
    if (chosen.empty())
        return owed.size() == 1 && is_final(owed[0].obligation.state) ? ended(owed[0].obligation.state)
                                                                      : nothing_to_do(act.kind);
    return chosen;
}

std::string_view event_kind(Kind kind) {
    if (kind == Kind::hold) return "obligation.held";
    return kind == Kind::release ? "obligation.released" : "obligation.cancelled";
}

void apply(const OperatorAct& act, Obligation& o, Instant now) {
    o.owner = act.kind == Kind::hold ? (act.owner.empty() ? act.who : act.owner) : std::string();
    o.cause = act.kind == Kind::release ? std::string() : act.reason;
    o.rule = act.kind == Kind::cancel ? "operator" : "";
    o.state = act.kind == Kind::hold ? State::held : act.kind == Kind::release ? State::queued : State::filtered;
    if (act.kind == Kind::release) o.next_attempt_at = now;
}

Obligation change(WriteContext& context, const OperatorAct& act, Owed owed, Instant now) {
    const State before = owed.obligation.state;
    Obligation& o = owed.obligation;
    apply(act, o, now);
    update_owed(context, owed, before);
    context.write_event({0, now, std::string(event_kind(act.kind)), o.message, o.id, act.who,
                         Detail().add("reason", act.reason).add("owner", o.owner).add("rule", o.rule).text()},
                        o.state);
    return o;
}

Error cannot_replay(std::string what, Issue issue = Issue::conflict) {
    return fail(issue, "ledger", std::move(what));
}

Result<std::vector<Obligation>> replay(WriteContext& context, const OperatorAct& act,
                                       const std::optional<MessageRow>& message, const std::vector<Owed>& owed) {
    if (!message) return cannot_replay("Replay takes a message; give the id of the message.", Issue::not_supported);
    if (message->disposition != Disposition::accepted)
        return cannot_replay("Only an accepted message can be replayed; ask its sender to send it again.");
    std::string lane;
    for (const Owed& one : owed) {
        if (one.obligation.duty != Duty::process) continue;
        lane = one.obligation.lane;
        if (!is_final(one.obligation.state))
            return cannot_replay("This message is still to be processed; release it, or wait until it is.");
    }
    const Instant now = context.clock.now();
    Obligation process;
    process.id = context.ids.next(now);
    process.message = act.target;
    process.priority = message->priority;
    process.lane = lane;
    process.created_at = process.next_attempt_at = now;
    context.write_obligation(process, message->channel);
    context.write_event(
        {0, now, "message.replayed", act.target, process.id, act.who, Detail().add("reason", act.reason).text()},
        State::queued);
    return std::vector<Obligation>{process};
}

}  // namespace

Result<std::vector<Obligation>> act(WriteContext& context, const OperatorAct& act) {
    // The obligation to process has the id of its message: the id then means the message.
    const auto message = find_message(context, act.target);
    std::vector<Owed> owed;
    if (message)
        owed = find_owed_of(context, act.target);
    else if (auto one = find_owed(context, act.target))
        owed.push_back(*std::move(one));
    else
        return unknown("message or obligation");
    if (act.kind == Kind::replay) return replay(context, act, message, owed);
    if (act.kind == Kind::redirect) return fail(Issue::not_supported, "ledger", "This ledger cannot redirect yet.");
    auto chosen = select(act, std::move(owed));
    if (!chosen) return chosen.error();
    const Instant now = context.clock.now();
    std::vector<Obligation> changed;
    for (Owed& one : *chosen) changed.push_back(change(context, act, std::move(one), now));
    return changed;
}

}  // namespace causeway::sqlite
