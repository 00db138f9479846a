#pragma once
/// The list of the fault tests; each stands in a file of its own.

#include <span>

#include "crash/soak.hpp"

namespace causeway::test {

extern const Fault kKill, kPowerExt4, kPowerXfs;

inline constexpr const Fault* kFaults[] = {&kKill, &kPowerExt4, &kPowerXfs};

}  // namespace causeway::test
