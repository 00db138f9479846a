#pragma once
/// The list of the fault tests; each stands in a file of its own.

#include "crash/soak.hpp"

namespace causeway::test {

extern const Fault kKill, kCalls, kPowerExt4, kPowerXfs, kFailedSync, kDiskFull, kMemory, kClockJumps, kPeers,
    kPoisoned, kLargeLetters, kManyConnections, kOverload;

inline constexpr const Fault* kFaults[] = {&kKill,         &kCalls,           &kPowerExt4,  &kPowerXfs, &kFailedSync,
                                           &kDiskFull,     &kMemory,          &kClockJumps, &kPeers,    &kPoisoned,
                                           &kLargeLetters, &kManyConnections, &kOverload};

/// Runs every deliberate mistake against the tests that must catch it, and prints the table; 1 where one got away.
int run_mutants(const SoakOptions& options);

}  // namespace causeway::test
