#include "store/sqlite/commands.hpp"
#include "store/sqlite/detail.hpp"

namespace causeway::sqlite {

Result<void> activate(WriteContext& context, const ConfigRecord& config) {
    const Instant at = config.activated_at == Instant() ? context.clock.now() : config.activated_at;
    context.db.run(
        "INSERT INTO config (hash, activated_at, files) VALUES (?, ?, ?)"
        " ON CONFLICT (hash) DO UPDATE SET activated_at = excluded.activated_at",
        config.hash, at, config.files);
    context.write({0, at, "config.activated", {}, {}, {}, Detail().add("hash", config.hash).text()});
    return {};
}

Result<void> append(WriteContext& context, const EventDraft& event) {
    if (event.kind.empty()) return fail(Issue::required, "ledger", "An event needs a kind; name what happened.");
    if (event.kind.starts_with("patient."))
        return fail(Issue::invalid, "ledger", "Give patient knowledge with the routing; the ledger writes its event.");
    context.write(event);
    return {};
}

Result<void> write_note(WriteContext& context, const NoteWrite& write) {
    const Note& note = write.note;
    if (note.name.empty()) return fail(Issue::required, "ledger", "A note needs a name; say which view it belongs to.");
    Event event = write.event;
    if (event.kind.empty()) event.kind = "note.written";
    record::Parts parts;
    parts.note = &note;
    context.write(std::move(event), parts);
    if (note.value.empty())
        context.db.run("DELETE FROM note WHERE name = ?", note.name);
    else
        context.db.run("INSERT OR REPLACE INTO note (name, value) VALUES (?, ?)", note.name, note.value);
    return {};
}

}  // namespace causeway::sqlite
