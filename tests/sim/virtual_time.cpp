#include "sim/virtual_time.hpp"

#include <cerrno>
#include <chrono>
#include <random>

namespace causeway::sim {
namespace {

constexpr Instant kBeginning{std::chrono::hours(24 * 365 * 57)};

}  // namespace

VirtualTime& VirtualTime::instance() {
    static VirtualTime time;
    return time;
}

Instant VirtualTime::now() const {
    return kBeginning + passed_ + put_;
}

void VirtualTime::begin(std::uint64_t seed) {
    passed_ = put_ = Duration{};
    state_ = seed * 2 + 1;
}

std::uint32_t VirtualTime::chance() {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<std::uint32_t>(state_ >> 32);
}

}  // namespace causeway::sim

// In place of the library's own.
std::chrono::steady_clock::time_point std::chrono::steady_clock::now() noexcept {
    return time_point(std::chrono::hours(1) + causeway::sim::VirtualTime::instance().passed());
}

std::random_device::result_type std::random_device::_M_getval() {
    return causeway::sim::VirtualTime::instance().chance();
}

// Without a timer of the system Boost.Asio looks at the clock whenever it polls.
extern "C" int timerfd_create(int, int) noexcept {
    errno = EINVAL;
    return -1;
}
