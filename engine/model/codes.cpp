#include <array>

#include "model/message.hpp"
#include "model/obligation.hpp"

namespace causeway {
namespace {

using std::string_view;

constexpr std::array kPriorities = std::to_array<string_view>({"routine", "urgent", "emergency"});
constexpr std::array kDispositions = std::to_array<string_view>({"accepted", "duplicate", "conflict", "refused"});
constexpr std::array kStates = std::to_array<string_view>({"queued", "in-flight", "held", "delivered", "filtered"});
constexpr std::array kDuties = std::to_array<string_view>({"process", "deliver", "answer"});

}  // namespace

string_view to_code(Priority priority) noexcept {
    return kPriorities[static_cast<std::size_t>(priority)];
}
string_view to_code(Disposition disposition) noexcept {
    return kDispositions[static_cast<std::size_t>(disposition)];
}
string_view to_code(State state) noexcept {
    return kStates[static_cast<std::size_t>(state)];
}
string_view to_code(Duty duty) noexcept {
    return kDuties[static_cast<std::size_t>(duty)];
}

std::optional<State> state_from_code(string_view code) noexcept {
    for (std::size_t i = 0; i < kStates.size(); ++i)
        if (kStates[i] == code) return static_cast<State>(i);
    return std::nullopt;
}

}  // namespace causeway
