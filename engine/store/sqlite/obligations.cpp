#include "store/sqlite/obligations.hpp"

#include "store/sqlite/detail.hpp"
#include "store/sqlite/ledger_error.hpp"

namespace causeway::sqlite {
namespace {

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

}  // namespace

ObligationChange change_to(const Obligation& o, bool attempt) {
    return {o.state, o.next_attempt_at, attempt, o.owner, o.cause, o.rule};
}

Error not_open(WriteContext& context, Id obligation) {
    const auto message = context.history.message_of(obligation);
    if (message)
        for (const Obligation& o : context.history.obligations(*message))
            if (o.id == obligation) return ended(o.state);
    return unknown("obligation");
}

Error unknown(std::string_view what) {
    return fail(Issue::not_found, "ledger",
                "The ledger has no " + std::string(what) + " with this id; look it up with find or queue.");
}

Error ended(State state) {
    return fail(Issue::conflict, "ledger",
                "This obligation has ended (" + std::string(to_code(state)) +
                    ") and does not move again; replay its message to deliver it once more.");
}

Id next_version(WriteContext& context, Id message) {
    Id next;
    context.history.visit(message, [&](const record::RecordView& view) {
        if ((view.parts & record::kKeys) == 0) return true;
        const auto stored = take(record::decode(view));
        if (stored.record.event.kind != "message.amended") return true;
        for (const Key& key : stored.record.keys)
            if (key.kind == kAmendedBy) next = Id::parse(key.value).value_or(Id());
        return !next;
    });
    return next;
}

Id newest_version(WriteContext& context, Id message) {
    for (Id next = message; next; next = next_version(context, message)) message = next;
    return message;
}

void create_obligation(WriteContext& context, Obligation o, const record::Origin& origin, const Event* told) {
    Event event = told != nullptr ? *told : Event{0, {}, "obligation.created", {}, {}, {}, created_detail(o)};
    event.message = o.message;
    event.obligation = o.id;
    record::Parts parts;
    parts.created = &o;
    parts.origin = &origin;
    const std::int64_t sequence = context.write(std::move(event), parts);
    context.owe(std::move(o), origin, sequence);
}

}  // namespace causeway::sqlite
