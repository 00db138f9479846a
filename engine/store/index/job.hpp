#pragma once
/// A piece of background work: new runs, written page by page, that replace a table in memory or older runs.

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "store/index/entry_source.hpp"
#include "store/index/memtable.hpp"

namespace causeway::index {

/// Threads: one (the preparer); what it has made is handed over by its owner.
class Job {
public:
    struct Building {
        RunBuilder builder;
        std::unique_ptr<EntrySource> source;
    };
    /// What becomes true with its last page.
    struct End {
        std::vector<std::shared_ptr<const Run>> made, replaced;
        std::shared_ptr<const Memtable> table;
    };

    explicit Job(End end) : end_(std::move(end)) {}
    void build(RunBuilder builder, std::unique_ptr<EntrySource> source) {
        building_.push_back({std::move(builder), std::move(source)});
    }

    /// Makes about `most` pages; true when all are made. After an Error the same call may be made again.
    Result<bool> step(std::size_t most, RunReader& reader);
    std::vector<Page>& pages() noexcept { return pages_; }
    const End& end() const noexcept { return end_; }

private:
    End end_;
    std::deque<Building> building_;
    std::vector<Page> pages_;
    bool drained_ = false;  // The source of the first one has no more entries.
};

}  // namespace causeway::index
