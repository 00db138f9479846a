#pragma once
/// `replace` and `remove`: small differences to what a map extends.

#include <string>
#include <string_view>
#include <vector>

#include "mapping/program.hpp"

namespace causeway::mapping {

/// What a row writes: "letter:date" to the right, "PID-8" to the left.
std::string row_key(const Row& row);
/// Keys of all rows, for suggestions.
std::vector<std::string> row_keys(const std::vector<Statement>& statements);

/// Puts the row where the first one with its key stands and removes the others; false where there is none.
bool replace_row(std::vector<Statement>& statements, Row row);
bool remove_row(std::vector<Statement>& statements, std::string_view key);

}  // namespace causeway::mapping
