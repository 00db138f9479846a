#pragma once
/// An immutable sorted run: what of it is in memory, and how it is searched and made.

#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "store/index/bloom.hpp"
#include "store/index/chunk.hpp"
#include "store/index/run_storage.hpp"

namespace causeway::index {

/// Fences (8 bytes for some 330 entries) and, in the family of duplicates, a filter. Threads: immutable.
class Run {
public:
    Run(RunInfo info, std::vector<std::uint64_t> fences, Bloom bloom)
        : info_(info), fences_(std::move(fences)), bloom_(std::move(bloom)) {}
    static Result<std::shared_ptr<const Run>> load(const RunInfo& info, RunReader& reader);

    const RunInfo& info() const noexcept { return info_; }
    std::size_t chunks() const noexcept { return fences_.size(); }
    std::size_t bytes() const noexcept { return fences_.size() * sizeof(std::uint64_t) + bloom_.bytes().size(); }

    /// Appends at most `limit` values of the hash below `before`, greatest first. Reads one chunk, where it may have
    /// any; more only for keys with hundreds of values.
    Result<void> find(std::uint64_t hash, std::int64_t before, std::size_t limit, RunReader& reader,
                      std::vector<std::int64_t>& values) const;
    Result<void> read(std::size_t chunk, RunReader& reader, std::vector<Entry>& entries) const;

private:
    Result<std::size_t> last_chunk(std::uint64_t hash, std::int64_t before, RunReader& reader,
                                   std::vector<Entry>& entries) const;

    RunInfo info_;
    std::vector<std::uint64_t> fences_;
    Bloom bloom_;
};

/// A part that is ready to be written.
struct Page {
    std::int64_t run = 0;
    Part part = Part::chunk;
    std::uint32_t number = 0;
    std::string bytes;
};

/// Makes the pages of a run from sorted entries.
class RunBuilder {
public:
    /// `expected` entries at most: the size of the filter.
    RunBuilder(std::int64_t number, Family family, int level, std::uint64_t expected);

    /// In order, each once.
    void add(const Entry& entry, std::vector<Page>& pages);
    /// No entry comes any more. Call it until it says true; each call makes a few pages.
    bool finish(std::vector<Page>& pages);
    /// After finish(); null where there was no entry.
    std::shared_ptr<const Run> made();

private:
    void end_chunk(std::vector<Page>& pages);
    bool next_tail(Part part, std::string_view bytes, std::vector<Page>& pages);

    RunInfo info_;
    ChunkWriter chunk_;
    std::vector<std::uint64_t> fences_;
    Bloom bloom_;
    Part tail_ = Part::chunk;
    std::size_t tail_at_ = 0;
};

}  // namespace causeway::index
