#pragma once
/// Where runs are kept. The index knows neither files nor transactions: its caller hands these in.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "store/index/entry.hpp"

namespace causeway::index {

/// A run is a row of this and its parts.
struct RunInfo {
    std::int64_t number = 0;  ///< Rises with each run that is begun; never used twice.
    Family family = Family::keys;
    int level = 0;  ///< Runs of a level have about the same size, eight times that of the level below.
    std::uint64_t entries = 0;
    std::uint64_t least_hash = 0, greatest_hash = 0;
    std::int64_t least_value = 0, greatest_value = 0;
};

/// The parts of a run, each numbered from 0 and at most 4,000 bytes: one page of the file.
enum class Part : std::uint8_t {
    chunk,  ///< Sorted entries (chunk.hpp).
    fence,  ///< The first hash of each chunk, 8 bytes little endian.
    bloom   ///< The Bloom filter, where the family has one.
};

/// Reads what is committed. Threads: one at a time for each object; many objects.
class RunReader {
public:
    virtual ~RunReader() = default;
    /// Issue::not_found where there is no such part. The view lives until the next call.
    virtual Result<std::string_view> get(std::int64_t run, Part part, std::uint32_t number) = 0;
};

/// Writes inside a transaction of the caller, which commits or rolls back all of it.
class RunWriter {
public:
    virtual ~RunWriter() = default;
    virtual Result<void> put(std::int64_t run, Part part, std::uint32_t number, std::string_view bytes) = 0;
    /// Makes the run part of the index; its parts are all there.
    virtual Result<void> finish(const RunInfo& run) = 0;
    /// Takes the run out of the index; its parts stay until they are dropped.
    virtual Result<void> retire(std::int64_t run) = 0;
    /// Removes at most `limit` parts of a run that is not in the index; false where none is left.
    virtual Result<bool> drop(std::int64_t run, std::uint32_t limit) = 0;
    /// Everything in blocks up to this one is in runs.
    virtual Result<void> indexed_through(std::int64_t block) = 0;
};

/// What a start finds.
struct StoredRuns {
    std::vector<RunInfo> runs;
    std::vector<std::int64_t> unfinished;  ///< Have parts but are not in the index: a crash came between.
    std::int64_t indexed_through = 0;
};

}  // namespace causeway::index
