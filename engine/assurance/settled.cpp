#include "assurance/settled.hpp"

#include "core/text.hpp"

namespace causeway::assurance {

std::string settled_note(const Day& due, std::string_view expectation, Id message) {
    std::string name(kSettledNote);
    return name.append(due.text()).append("/").append(expectation).append("/").append(message.text());
}

Result<Settled> read_settled(const MessageStore& store, std::string_view prefix) {
    const auto notes = store.notes(prefix);
    if (!notes) return notes.error();
    Settled settled;
    for (const auto& note : *notes) {
        const auto parts = split(note.name, '/');
        const auto message = parts.size() == 4 ? Id::parse(parts[3]) : std::nullopt;
        if (message) settled[{std::string(parts[2]), *message}] = note.value;
    }
    return settled;
}

void mark_settled(std::vector<Absence>& absences, const Settled& settled) {
    for (auto& absence : absences)
        if (const auto found = settled.find({absence.expectation, absence.message}); found != settled.end())
            absence.settled_by = found->second;
}

}  // namespace causeway::assurance
