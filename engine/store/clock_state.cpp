#include <array>

#include "store/message_store.hpp"

namespace causeway {

std::string_view to_code(PathwayClock::State state) noexcept {
    constexpr std::array kCodes = std::to_array<std::string_view>({"running", "warned", "breached", "stopped"});
    return kCodes[static_cast<std::size_t>(state)];
}

}  // namespace causeway
