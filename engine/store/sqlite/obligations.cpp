#include "store/sqlite/obligations.hpp"

#include "store/sqlite/rows.hpp"

namespace causeway::sqlite {
namespace {

Owed read_owed(const Cursor& row, Names& names) {
    return {read_obligation(row, names), row.integer(2), row.integer(9)};
}

}  // namespace

std::optional<Owed> find_owed(WriteContext& context, Id obligation) {
    Cursor row = context.db.query("SELECT * FROM obligation WHERE id = ?", obligation);
    if (!row.next()) return std::nullopt;
    return read_owed(row, context.names);
}

std::vector<Owed> find_owed_of(WriteContext& context, Id message) {
    const auto read = [&](const Cursor& row) { return read_owed(row, context.names); };
    auto owed = all<Owed>(context.db.query("SELECT * FROM obligation WHERE id = ?", message), read);
    auto rest = all<Owed>(
        context.db.query("SELECT * FROM obligation WHERE message = ? AND id <> message ORDER BY id", message), read);
    owed.insert(owed.end(), std::make_move_iterator(rest.begin()), std::make_move_iterator(rest.end()));
    return owed;
}

void update_owed(WriteContext& context, const Owed& changed, State before) {
    const Obligation& o = changed.obligation;
    context.db.run(
        "UPDATE obligation SET state = ?, attempts = ?, next_attempt_at = ?, owner = ?, cause = ?, rule = ? WHERE id = "
        "?",
        o.state, o.attempts, o.next_attempt_at, o.owner, o.cause, o.rule, o.id);
    if (before != o.state) context.count_move(changed.channel, changed.destination, before, o.state);
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

}  // namespace causeway::sqlite
