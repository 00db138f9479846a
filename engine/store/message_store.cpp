#include "store/message_store.hpp"

#include <array>

namespace causeway {

std::string_view to_code(PathwayClock::State state) noexcept {
    constexpr std::array kCodes = std::to_array<std::string_view>({"running", "warned", "breached", "stopped"});
    return kCodes[static_cast<std::size_t>(state)];
}

void apply(const ObligationChange& change, Obligation& obligation) {
    obligation.state = change.state;
    obligation.next_attempt_at = change.next_attempt_at;
    obligation.attempts += change.attempt ? 1 : 0;
    obligation.owner = change.owner;
    obligation.cause = change.cause;
    obligation.rule = change.rule;
}

}  // namespace causeway
