#include "store/sqlite/commands.hpp"
#include "store/sqlite/detail.hpp"

namespace causeway::sqlite {

Result<void> activate(WriteContext& context, const ConfigRecord& config) {
    const Instant at = config.activated_at == Instant() ? context.clock.now() : config.activated_at;
    context.db.run(
        "INSERT INTO config (hash, activated_at, files) VALUES (?, ?, ?)"
        " ON CONFLICT (hash) DO UPDATE SET activated_at = excluded.activated_at",
        config.hash, at, config.files);
    context.write_event({0, at, "config.activated", {}, {}, {}, Detail().add("hash", config.hash).text()});
    return {};
}

Result<void> append(WriteContext& context, const EventDraft& event) {
    if (event.kind.empty()) return fail(Issue::required, "ledger", "An event needs a kind; name what happened.");
    if (event.kind.starts_with("patient."))
        return fail(Issue::invalid, "ledger", "Give patient knowledge with the routing; the ledger writes its event.");
    context.write_event(event);
    return {};
}

}  // namespace causeway::sqlite
