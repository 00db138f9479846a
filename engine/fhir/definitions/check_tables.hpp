#pragma once
/// Checks tables that come from a file. Internal to this folder.

#include "fhir/definitions/definitions.hpp"

namespace causeway::fhir {

/// Is every index, range and text within its table, every chain finite and every hash table with room to stop at? After
/// that no accessor of Definitions can read outside, whatever the file says.
bool check_tables(const Tables& tables) noexcept;

}  // namespace causeway::fhir
