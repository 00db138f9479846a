#pragma once
/// Absences that were dealt with outside: the summary went by post, the patient moved away. Who said so, and why, is an
/// event and a note; reports show it, and alerts no longer count it.

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "assurance/day.hpp"
#include "assurance/expected.hpp"
#include "store/message_store.hpp"

namespace causeway::assurance {

/// Notes "settled/2026-11-21/discharge-summary/0FBM2Y8C00000", whose value is who settled it. The day is the
/// one on which the absence is told.
inline constexpr std::string_view kSettledNote = "settled/";

std::string settled_note(const Day& due, std::string_view expectation, Id message);

/// By expectation and message: who settled it.
using Settled = std::map<std::pair<std::string, Id>, std::string>;
/// Those of one day of one expectation, of one day, or all: as much of the note's name as is given.
Result<Settled> read_settled(const MessageStore& store, std::string_view prefix = kSettledNote);

/// Enters into each absence who settled it.
void mark_settled(std::vector<Absence>& absences, const Settled& settled);

}  // namespace causeway::assurance
