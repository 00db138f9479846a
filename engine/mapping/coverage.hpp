#pragma once
/// Which rows of a map its tests reach.

#include <set>
#include <string>
#include <vector>

#include "mapping/map.hpp"
#include "mapping/program.hpp"

namespace causeway::mapping {

/// Collects over runs. Threads: one.
class Coverage {
public:
    /// Rows that wrote something, and those that failed and said so.
    void add(const Output& output);
    void add(const Error& error);

    std::vector<RowUse> rows_of(const Program& program) const;

private:
    void add_mentioned(const std::string& sentence);

    std::set<std::string> reached_;  ///< "letter.map:16"
};

}  // namespace causeway::mapping
