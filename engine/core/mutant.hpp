#pragma once
/// Deliberate mistakes by which the fault tests are tested: each one must be caught by some of them (`./dev soak
/// mutants`). They exist in test programs that define CAUSEWAY_MUTANTS only; elsewhere every switch is constant false
/// and leaves nothing behind. Names: ack-before-commit, synchronous-normal, no-duplicate-key, msa-unchecked,
/// fsync-retried.

#include <string_view>

namespace causeway {

// Two namespaces, so that objects of both kinds can be linked together.
#ifdef CAUSEWAY_MUTANTS
inline namespace with_mutants {
/// Is this the mistake that was asked for? tests/support/mutant.cpp.
bool mutant(std::string_view name);
}  // namespace with_mutants
#else
inline namespace without_mutants {
constexpr bool mutant(std::string_view) {
    return false;
}
}  // namespace without_mutants
#endif

}  // namespace causeway
