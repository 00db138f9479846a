#pragma once
/// Time and chance as the simulation says. virtual_time.cpp defines std::chrono::steady_clock::now() and the source of
/// std::random_device for the whole program, so that timers, pauses and secrets of the engine follow them without
/// knowing of it.

#include <cstdint>

#include "core/time.hpp"

namespace causeway::sim {

/// Threads: one.
class VirtualTime final : public Clock {
public:
    static VirtualTime& instance();

    /// The wall clock: what has passed since the beginning, and where somebody has put it.
    Instant now() const override;
    void pass(Duration time) { passed_ += time; }
    /// Forward or back.
    void put_wall_clock(Duration by) { put_ += by; }
    /// A new beginning, with another chance.
    void begin(std::uint64_t seed);

    Duration passed() const { return passed_; }
    std::uint32_t chance();

private:
    Duration passed_{}, put_{};
    std::uint64_t state_ = 1;
};

}  // namespace causeway::sim
