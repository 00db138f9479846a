#pragma once
/// What readers see at a moment.

#include <array>
#include <memory>
#include <vector>

#include "store/index/key_index.hpp"
#include "store/index/memtable.hpp"
#include "store/index/run.hpp"

namespace causeway::index {

/// Immutable, but for what is published in the first table.
struct View {
    std::vector<std::shared_ptr<Memtable>> tables;                        ///< Newest first.
    std::array<std::vector<std::shared_ptr<const Run>>, kFamilies> runs;  ///< Greatest value first.

    const std::vector<std::shared_ptr<const Run>>& of(Family family) const {
        return runs[static_cast<std::size_t>(family)];
    }
    void add(std::shared_ptr<const Run> run);
    void remove(const Run& run);

    Result<std::vector<std::int64_t>> lookup(const Query& query, RunReader& reader) const;
};

}  // namespace causeway::index
