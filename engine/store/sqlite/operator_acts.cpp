#include "store/sqlite/commands.hpp"
#include "store/sqlite/detail.hpp"
#include "store/sqlite/obligations.hpp"

namespace causeway::sqlite {
namespace {

using Kind = OperatorAct::Kind;

bool applies(Kind kind, const Obligation& o) {
    if (kind == Kind::release) return o.state == State::held;
    return o.state == State::queued || o.state == State::held;
}

Error nothing_to_do(Kind kind) {
    const auto* what = "Nothing of it waits, so there is nothing to hold or cancel.";
    if (kind == Kind::release) what = "Nothing of it is held, so there is nothing to release.";
    return fail(Issue::conflict, "ledger", what);
}

Error in_flight() {
    return fail(Issue::conflict, "ledger",
                "A delivery of it is in flight and cannot be changed now; try again when that attempt has ended.",
                Retry::later);
}

/// What an act is about: a message with all that it ever owed, or one obligation.
struct Target {
    std::optional<record::StoredRecord> message;
    std::vector<Obligation> owed;
};

std::optional<Target> find_target(WriteContext& context, Id id) {
    Target target;
    // The obligation to process has the id of its message: the id then means the message.
    target.message = context.history.intake(id);
    if (target.message) {
        target.owed = context.history.obligations(id);
        return target;
    }
    const auto message = context.history.message_of(id);
    if (!message) return std::nullopt;
    for (Obligation& o : context.history.obligations(*message))
        if (o.id == id) target.owed.push_back(std::move(o));
    if (target.owed.empty()) return std::nullopt;
    return target;
}

/// The obligations that the act changes, or why it cannot.
Result<std::vector<OwedPtr>> select(WriteContext& context, const OperatorAct& act,
                                    const std::vector<Obligation>& owed) {
    std::vector<OwedPtr> chosen;
    for (const Obligation& one : owed) {
        if (one.state == State::in_flight && act.kind != Kind::release) return in_flight();
        if (!applies(act.kind, one)) continue;
        if (auto open = context.find(one.id)) chosen.push_back(std::move(open));
    }
    if (chosen.empty())
        return owed.size() == 1 && is_final(owed[0].state) ? ended(owed[0].state) : nothing_to_do(act.kind);
    return chosen;
}

std::string_view event_kind(Kind kind) {
    if (kind == Kind::hold) return "obligation.held";
    if (kind == Kind::redirect) return "obligation.redirected";
    if (kind == Kind::replay) return "obligation.filtered";
    return kind == Kind::release ? "obligation.released" : "obligation.cancelled";
}

std::string_view rule_of(Kind kind) {
    if (kind == Kind::cancel) return "operator";
    if (kind == Kind::redirect) return "redirected";
    return kind == Kind::replay ? "replayed" : "";
}

void change_as_told(const OperatorAct& act, Obligation& o, Instant now) {
    o.owner = act.kind == Kind::hold ? (act.owner.empty() ? act.who : act.owner) : std::string();
    o.cause = act.kind == Kind::release ? std::string() : act.reason;
    o.rule = rule_of(act.kind);
    o.state = act.kind == Kind::hold ? State::held : act.kind == Kind::release ? State::queued : State::filtered;
    if (act.kind == Kind::release) o.next_attempt_at = now;
}

Obligation change(WriteContext& context, const OperatorAct& act, const OwedPtr& owed, Instant now) {
    Obligation o = owed->obligation;
    change_as_told(act, o, now);
    const auto changed = change_to(o);
    record::Parts parts;
    parts.change = &changed;
    const auto sequence = context.write({0, now, std::string(event_kind(act.kind)), o.message, o.id, act.who,
                                         Detail()
                                             .add("reason", act.reason)
                                             .add("owner", o.owner)
                                             .add("rule", o.rule)
                                             .add("to", act.destination)
                                             .text()},
                                        parts);
    context.move(owed, o, sequence);
    return o;
}

/// The part of the lane that is not the destination goes along.
std::string lane_at(const std::string& destination, const Obligation& before) {
    if (before.lane.starts_with(before.destination + '/'))
        return destination + before.lane.substr(before.destination.size());
    return destination + '/' + before.lane;
}

/// What is owed in place of `before`.
Obligation owe_elsewhere(WriteContext& context, const OperatorAct& act, const Obligation& before,
                         const record::Origin& origin, Instant now) {
    Obligation o = before;
    o.id = context.ids.next(now);
    o.state = State::queued;
    o.destination = act.destination;
    o.organisation = act.organisation;
    o.lane = act.lane.empty() ? lane_at(act.destination, before) : act.lane;
    o.attempts = 0;
    o.created_at = o.next_attempt_at = now;
    o.owner = o.cause = o.rule = {};
    const Event event{0,
                      now,
                      "obligation.created",
                      o.message,
                      o.id,
                      act.who,
                      Detail()
                          .add("reason", act.reason)
                          .add("instead_of", before.id.text())
                          .add("destination", o.destination)
                          .add("organisation", o.organisation)
                          .text()};
    create_obligation(context, o, origin, &event);
    return o;
}

Error cannot_replay(std::string what, Issue issue = Issue::conflict) {
    return fail(issue, "ledger", std::move(what));
}

Error body_is_gone() {
    return cannot_replay("The bytes of this message were removed when their retention ended; ask its sender.");
}

/// Owes the processing once more, under a new id.
Obligation owe_again(WriteContext& context, const OperatorAct& act, const record::StoredRecord& message,
                     std::string lane, std::string facts, Instant now) {
    Obligation process;
    process.id = context.ids.next(now);
    process.message = message.record.event.message;
    process.priority = message.record.intake->message.priority;
    process.lane = std::move(lane);
    process.facts = std::move(facts);
    process.created_at = process.next_attempt_at = now;
    const Event event{
        0, now, "message.replayed", process.message, process.id, act.who, Detail().add("reason", act.reason).text()};
    create_obligation(context, process, message.origin, &event);
    return process;
}

std::string process_lane(const std::vector<Obligation>& owed) {
    std::string lane;
    for (const Obligation& one : owed)
        if (one.duty == Duty::process) lane = one.lane;
    return lane;
}

/// What is open of these, which the new processing will owe again; an Error while it cannot be replaced.
template <class Is>
Result<std::vector<OwedPtr>> replaced(WriteContext& context, const std::vector<Obligation>& owed, Is is_replaced) {
    std::vector<OwedPtr> open;
    for (const Obligation& one : owed) {
        if (is_final(one.state) || !is_replaced(one)) continue;
        if (one.state == State::in_flight) return in_flight();
        if (one.duty == Duty::process && one.state != State::held)
            return cannot_replay("This message is being processed; wait until it is.");
        if (auto found = context.find(one.id)) open.push_back(std::move(found));
    }
    return open;
}

/// Ends what is replaced in the transaction that owes the processing again, so that nothing is owed twice.
std::vector<Obligation> end_replaced(WriteContext& context, const OperatorAct& act, const std::vector<OwedPtr>& open,
                                     Instant now) {
    std::vector<Obligation> changed;
    for (const OwedPtr& one : open) changed.push_back(change(context, act, one, now));
    return changed;
}

/// A message, with all that it still owes.
Result<std::vector<Obligation>> replay_message(WriteContext& context, const OperatorAct& act, const Target& target) {
    if (target.message->record.intake->disposition != Disposition::accepted)
        return cannot_replay("Only an accepted message can be replayed; ask its sender to send it again.");
    if (const Id version = newest_version(context, act.target); version != act.target)
        return cannot_replay("It was amended as " + version.text() + "; replay that one.");
    if (!context.history.has_body(*target.message)) return body_is_gone();
    // A message is acknowledged once, whatever becomes of it.
    const auto open =
        replaced(context, target.owed, [](const Obligation& one) { return one.map != kAcknowledgementMap; });
    if (!open) return open.error();
    const Instant now = context.clock.now();
    auto changed = end_replaced(context, act, *open, now);
    changed.push_back(owe_again(context, act, *target.message, process_lane(target.owed), {}, now));
    return changed;
}

/// Is it ended with this one?
bool goes_with(const Obligation& replayed, const Obligation& one) {
    if (one.id == replayed.id) return true;
    return replayed.duty == Duty::deliver && one.duty == Duty::answer && one.destination == replayed.destination;
}

/// One delivery, with the wait for its answer: it is processed anew for its destination alone. Or such a processing.
Result<std::vector<Obligation>> replay_one(WriteContext& context, const OperatorAct& act, const Obligation& o) {
    if (o.duty == Duty::answer)
        return cannot_replay("Replay takes a message or a delivery; give the id of one.", Issue::not_supported);
    if (is_final(o.state)) return ended(o.state);
    const auto message = context.history.intake(o.message);
    if (!message) return unknown("message");
    if (!context.history.has_body(*message)) return body_is_gone();
    const auto owed = context.history.obligations(o.message);
    const auto open = replaced(context, owed, [&](const Obligation& one) { return goes_with(o, one); });
    if (!open) return open.error();
    const Instant now = context.clock.now();
    auto changed = end_replaced(context, act, *open, now);
    auto facts = o.duty == Duty::process ? o.facts : Detail().add("only", o.destination).text();
    changed.push_back(owe_again(context, act, *message, process_lane(owed), std::move(facts), now));
    return changed;
}

Result<std::vector<Obligation>> replay(WriteContext& context, const OperatorAct& act, const Target& target) {
    return target.message ? replay_message(context, act, target) : replay_one(context, act, target.owed.front());
}

/// Why the act is not one for this target.
std::optional<Error> misdirected(const OperatorAct& act, const Target& target) {
    if (act.kind != Kind::redirect) return std::nullopt;
    if (target.message || target.owed.front().duty != Duty::deliver)
        return fail(Issue::not_supported, "ledger",
                    "Only a delivery can be redirected; give the id of the obligation.");
    if (act.destination.empty())
        return fail(Issue::required, "ledger", "A redirection needs the new destination; name it.");
    return std::nullopt;
}

}  // namespace

Result<std::vector<Obligation>> act(WriteContext& context, const OperatorAct& act) {
    const auto target = find_target(context, act.target);
    if (!target) return unknown("message or obligation");
    if (act.kind == Kind::replay) return replay(context, act, *target);
    if (auto error = misdirected(act, *target)) return *std::move(error);
    const auto chosen = select(context, act, target->owed);
    if (!chosen) return chosen.error();
    const Instant now = context.clock.now();
    std::vector<Obligation> changed;
    for (const OwedPtr& one : *chosen) {
        changed.push_back(change(context, act, one, now));
        if (act.kind == Kind::redirect)
            changed.push_back(owe_elsewhere(context, act, one->obligation, one->origin, now));
    }
    return changed;
}

}  // namespace causeway::sqlite
