#include "core/mutant.hpp"

#include <cstdlib>

namespace causeway {
inline namespace with_mutants {

bool mutant(std::string_view name) {
    static const char* const chosen = std::getenv("CAUSEWAY_MUTANT");
    return chosen != nullptr && name == chosen;
}

}  // namespace with_mutants
}  // namespace causeway
