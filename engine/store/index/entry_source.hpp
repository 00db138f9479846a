#pragma once
/// Sorted entries, one by one.

#include <memory>
#include <optional>
#include <queue>
#include <vector>

#include "core/error.hpp"
#include "store/index/run.hpp"

namespace causeway::index {

class EntrySource {
public:
    virtual ~EntrySource() = default;
    /// After an Error the same call may be made again; nothing is skipped.
    virtual Result<std::optional<Entry>> next(RunReader& reader) = 0;
};

/// What a table held.
class SortedEntries final : public EntrySource {
public:
    explicit SortedEntries(std::vector<Entry> entries) : entries_(std::move(entries)) {}
    Result<std::optional<Entry>> next(RunReader&) override {
        if (at_ == entries_.size()) return std::optional<Entry>();
        return std::optional(entries_[at_++]);
    }

private:
    const std::vector<Entry> entries_;
    std::size_t at_ = 0;
};

/// Several runs as one, each entry once, without those below the floor. Holds a chunk of each in memory.
class MergedRuns final : public EntrySource {
public:
    MergedRuns(std::vector<std::shared_ptr<const Run>> runs, std::int64_t floor);
    Result<std::optional<Entry>> next(RunReader& reader) override;

private:
    struct Place {
        std::shared_ptr<const Run> run;
        std::size_t next_chunk = 0;
        std::vector<Entry> entries;
        std::size_t at = 0;
    };
    struct Head {
        Entry entry;
        std::size_t place;
        bool operator<(const Head& other) const { return other.entry < entry; }
    };

    Result<void> refill(RunReader& reader);

    const std::int64_t floor_;
    std::vector<Place> places_;
    std::vector<std::size_t> empty_;  // Places whose next entry is not in the heap yet.
    std::priority_queue<Head> heads_;
    std::optional<Entry> last_;
};

}  // namespace causeway::index
