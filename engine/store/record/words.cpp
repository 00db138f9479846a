#include "store/record/words.hpp"

#include <array>

namespace causeway::record {
namespace {

// The place in this list is written into files: append only.
constexpr std::array kKinds = std::to_array<std::string_view>({"",
                                                               "message.accepted",
                                                               "message.refused",
                                                               "message.duplicate",
                                                               "message.conflict",
                                                               "message.replayed",
                                                               "message.amended",
                                                               "decision.made",
                                                               "route.matched",
                                                               "obligation.created",
                                                               "obligation.filtered",
                                                               "obligation.held",
                                                               "obligation.released",
                                                               "obligation.cancelled",
                                                               "obligation.redirected",
                                                               "attempt.started",
                                                               "attempt.confirmed",
                                                               "attempt.refused",
                                                               "attempt.unknown",
                                                               "attempt.failed",
                                                               "answer.received",
                                                               "clock.started",
                                                               "clock.warned",
                                                               "clock.breached",
                                                               "clock.stopped",
                                                               "patient.known",
                                                               "patient.merged",
                                                               "config.activated",
                                                               "retention.removed"});

}  // namespace

std::uint8_t number_of_kind(std::string_view kind) noexcept {
    for (std::size_t i = 1; i < kKinds.size(); ++i)
        if (kKinds[i] == kind) return static_cast<std::uint8_t>(i);
    return 0;
}

std::string_view kind_of_number(std::uint8_t number) noexcept {
    return number < kKinds.size() ? kKinds[number] : std::string_view();
}

}  // namespace causeway::record
