#pragma once
/// Obligations as the writes see them: looked up with their channel, and changed together with the counts.

#include <optional>
#include <vector>

#include "store/sqlite/write_context.hpp"

namespace causeway::sqlite {

/// An obligation with the numbers of its channel and destination.
struct Owed {
    Obligation obligation;
    std::int64_t channel = 0;
    std::int64_t destination = 0;
};

inline bool is_final(State state) noexcept {
    return state == State::delivered || state == State::filtered;
}

std::optional<Owed> find_owed(WriteContext& context, Id obligation);
std::vector<Owed> find_owed_of(WriteContext& context, Id message);

/// Writes state, attempts, next attempt, owner, cause and rule of `changed`, which was `before`.
void update_owed(WriteContext& context, const Owed& changed, State before);

/// "There is no ... with this id": the target of a write is unknown.
Error unknown(std::string_view what);
/// The obligation has ended and never moves again.
Error ended(State state);

}  // namespace causeway::sqlite
