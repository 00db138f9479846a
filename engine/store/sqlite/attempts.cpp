#include "store/sqlite/commands.hpp"
#include "store/sqlite/detail.hpp"
#include "store/sqlite/obligations.hpp"

namespace causeway::sqlite {
namespace {

std::optional<Error> cannot_start(WriteContext& context, const OwedPtr& owed, Id id) {
    if (!owed) return not_open(context, id);
    const State state = owed->obligation.state;
    if (state == State::held) return fail(Issue::conflict, "ledger", "This obligation is held; release it first.");
    if (state == State::in_flight)
        return fail(Issue::conflict, "ledger", "An attempt is in flight; say how it ended before the next one starts.");
    return std::nullopt;
}

std::optional<Error> cannot_go_on(WriteContext& context, const OwedPtr& owed, const Progress& p) {
    if (!owed) return not_open(context, p.obligation);
    const Obligation& o = owed->obligation;
    if (p.state == State::in_flight)
        return fail(Issue::invalid, "ledger", "Progress ends an attempt; use start_attempt to begin one.");
    const bool late_answer = o.duty == Duty::answer && p.state == State::delivered;
    if (o.state == State::held && !late_answer)
        return fail(Issue::conflict, "ledger", "This obligation is held; only an operator moves it.");
    return std::nullopt;
}

/// The event that says by itself into which state the obligation went; empty where any event will do.
std::string_view kind_of(State state) {
    if (state == State::held) return "obligation.held";
    if (state == State::filtered) return "obligation.filtered";
    return {};
}

/// Writes what the caller says, and what it left unsaid. The first event of the obligation itself carries the change.
std::int64_t write_events(WriteContext& context, const Obligation& o, const Progress& p) {
    const auto change = change_to(o);
    record::Parts parts;
    parts.change = &change;
    const Payload none;
    const Payload* answer = &p.answer;
    std::int64_t sequence = 0;
    const std::string_view telling = kind_of(o.state);
    bool told = false;
    if (!p.event.kind.empty()) {
        Event event = p.event;
        if (!event.message) event.message = o.message;
        if (!event.obligation) event.obligation = o.id;
        const bool own = event.obligation == o.id;
        told = own && (telling.empty() || event.kind == telling);
        sequence = context.write(std::move(event), own ? parts : record::Parts(), own ? p.answer : none);
        if (own) parts.change = nullptr, answer = &none;
    }
    if (told) return sequence;
    const std::string_view kind = !telling.empty()              ? telling
                                  : o.state == State::delivered ? "attempt.confirmed"
                                                                : "attempt.failed";
    Event event{0,
                {},
                std::string(kind),
                o.message,
                o.id,
                {},
                Detail().add("owner", o.owner).add("cause", o.cause).add("rule", o.rule).text()};
    const bool changes = parts.change != nullptr;
    const auto own_sequence = context.write(std::move(event), parts, *answer);
    return changes ? own_sequence : sequence;
}

}  // namespace

Result<void> start_attempt(WriteContext& context, const AttemptStart& start) {
    const auto owed = context.find(start.obligation);
    if (auto error = cannot_start(context, owed, start.obligation)) return *std::move(error);
    Obligation o = owed->obligation;
    o.state = State::in_flight;
    ++o.attempts;
    const auto change = change_to(o, true);
    record::Parts parts;
    parts.change = &change;
    const auto sequence = context.write(
        {0, start.at, "attempt.started", o.message, o.id, {}, Detail().add("attempt", o.attempts).text()}, parts);
    context.move(owed, std::move(o), sequence);
    return {};
}

Result<void> progress(WriteContext& context, const Progress& p) {
    const auto owed = context.find(p.obligation);
    if (auto error = cannot_go_on(context, owed, p)) return *std::move(error);
    Obligation o = owed->obligation;
    o.state = p.state;
    o.owner = p.owner;
    o.cause = p.cause;
    o.rule = p.rule;
    if (p.state == State::queued) o.next_attempt_at = p.next_attempt_at;
    const auto sequence = write_events(context, o, p);
    context.move(owed, std::move(o), sequence);
    return {};
}

}  // namespace causeway::sqlite
