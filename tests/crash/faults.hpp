#pragma once
/// The list of the fault tests; each stands in a file of its own.

#include "crash/soak.hpp"

namespace causeway::test {

extern const Fault kKill, kPowerExt4, kPowerXfs, kCalls, kClockJumps, kMemory;

inline constexpr const Fault* kFaults[] = {&kKill, &kPowerExt4, &kPowerXfs, &kCalls, &kClockJumps, &kMemory};

}  // namespace causeway::test
