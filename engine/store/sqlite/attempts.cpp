#include "store/sqlite/commands.hpp"
#include "store/sqlite/detail.hpp"
#include "store/sqlite/obligations.hpp"

namespace causeway::sqlite {
namespace {

std::optional<Error> cannot_start(const std::optional<Owed>& owed) {
    if (!owed) return unknown("obligation");
    const State state = owed->obligation.state;
    if (is_final(state)) return ended(state);
    if (state == State::held) return fail(Issue::conflict, "ledger", "This obligation is held; release it first.");
    if (state == State::in_flight)
        return fail(Issue::conflict, "ledger", "An attempt is in flight; say how it ended before the next one starts.");
    return std::nullopt;
}

std::optional<Error> cannot_go_on(const std::optional<Owed>& owed, const Progress& p) {
    if (!owed) return unknown("obligation");
    const Obligation& o = owed->obligation;
    if (is_final(o.state)) return ended(o.state);
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

std::int64_t write_given(WriteContext& context, const Obligation& o, Event event) {
    if (!event.message) event.message = o.message;
    if (!event.obligation) event.obligation = o.id;
    const bool own = event.obligation == o.id;
    return context.write_event(std::move(event), own ? std::optional(o.state) : std::nullopt);
}

/// Writes what the caller says, and what it left unsaid; gives the sequence of the first.
std::int64_t write_events(WriteContext& context, const Obligation& o, const Progress& p) {
    const std::string_view telling = kind_of(o.state);
    std::int64_t first = 0;
    if (!p.event.kind.empty()) first = write_given(context, o, p.event);
    const bool told = telling.empty() ? first != 0 : p.event.kind == telling;
    if (told) return first;
    const std::string_view kind = !telling.empty()              ? telling
                                  : o.state == State::delivered ? "attempt.confirmed"
                                                                : "attempt.failed";
    const auto sequence =
        write_given(context, o,
                    {0,
                     {},
                     std::string(kind),
                     {},
                     {},
                     {},
                     Detail().add("owner", o.owner).add("cause", o.cause).add("rule", o.rule).text()});
    return first != 0 ? first : sequence;
}

}  // namespace

Result<void> start_attempt(WriteContext& context, const AttemptStart& start) {
    auto owed = find_owed(context, start.obligation);
    if (auto error = cannot_start(owed)) return *std::move(error);
    Obligation& o = owed->obligation;
    o.state = State::in_flight;
    ++o.attempts;
    update_owed(context, *owed, State::queued);
    context.write_event(
        {0, start.at, "attempt.started", o.message, o.id, {}, Detail().add("attempt", o.attempts).text()},
        State::in_flight);
    return {};
}

Result<void> progress(WriteContext& context, const Progress& p) {
    auto owed = find_owed(context, p.obligation);
    if (auto error = cannot_go_on(owed, p)) return *std::move(error);
    Obligation& o = owed->obligation;
    const State before = o.state;
    o.state = p.state;
    o.owner = p.owner;
    o.cause = p.cause;
    o.rule = p.rule;
    if (p.state == State::queued) o.next_attempt_at = p.next_attempt_at;
    update_owed(context, *owed, before);
    const std::int64_t sequence = write_events(context, o, p);
    if (!p.answer.empty())
        context.db.run("INSERT INTO answer (sequence, message, obligation, at, bytes) VALUES (?, ?, ?, ?, ?)", sequence,
                       o.message, o.id, p.event.at == Instant() ? context.clock.now() : p.event.at,
                       Bytes{p.answer.reveal()});
    return {};
}

}  // namespace causeway::sqlite
