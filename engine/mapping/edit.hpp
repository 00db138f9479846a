#pragma once
/// `replace` and `remove`: small differences to what a map extends.

#include <string>
#include <string_view>
#include <vector>

#include "mapping/program.hpp"

namespace causeway::mapping {

/// Which row: where it stands, what it reads and what it writes.
struct RowKey {
    std::string scope;   ///< Heads of the blocks around it: "for OBX[*] > in note[*]"; empty: any, the outermost first.
    std::string source;  ///< Empty: any.
    std::string target;  ///< "letter:date" to the right, "PID-8" to the left.
    Arrow arrow = Arrow::both;
    std::string file;  ///< Of the edit: its own rows are not meant.
};

RowKey key_of(const Row& row, std::string scope);

/// Targets of all rows, for suggestions.
std::vector<std::string> targets_of(const std::vector<Statement>& statements);

/// Puts the row where the first one that writes the same stands, and takes the others away: those that read the same,
/// too, where there are such. A row both ways keeps the way that is not replaced. False where there is none.
bool replace_row(std::vector<Statement>& statements, Row row, const RowKey& key);
/// Takes rows away by what they write, and by what they read where that is said.
bool remove_row(std::vector<Statement>& statements, const RowKey& key);
/// Takes away a resource or segment with the rows below it, or a block: by its name or what it goes through.
bool remove_block(std::vector<Statement>& statements, std::string_view kind, std::string_view name,
                  std::string_view file);
/// Takes away blocks that hold nothing.
void remove_empty(std::vector<Statement>& statements);
std::vector<std::string> block_names(const std::vector<Statement>& statements, std::string_view kind);

}  // namespace causeway::mapping
