#pragma once
/// Runs in memory, with transactions that can be rolled back or lost.

#include <map>
#include <mutex>
#include <string>
#include <tuple>

#include "store/index/run_storage.hpp"

namespace causeway::test {

using namespace causeway::index;

/// What is on the disk. A writer works on a copy, as a transaction does. Threads: any for readers, one writer.
class MemoryRuns {
public:
    struct Content {
        std::map<std::tuple<std::int64_t, Part, std::uint32_t>, std::string> parts;
        std::map<std::int64_t, RunInfo> runs;
        std::int64_t indexed_through = 0;
    };

    class Reader final : public RunReader {
    public:
        explicit Reader(MemoryRuns& runs) : runs_(runs) {}
        Result<std::string_view> get(std::int64_t run, Part part, std::uint32_t number) override {
            const std::lock_guard lock(runs_.mutex_);
            ++runs_.reads;
            const auto found = runs_.content_.parts.find({run, part, number});
            if (found == runs_.content_.parts.end()) return fail(Issue::not_found, "test", "No such part.");
            bytes_ = found->second;
            return std::string_view(bytes_);
        }

    private:
        MemoryRuns& runs_;
        std::string bytes_;
    };

    /// Remembers what to do; commit() does it.
    class Writer final : public RunWriter {
    public:
        explicit Writer(MemoryRuns& runs) : runs_(runs) {}
        Result<void> put(std::int64_t run, Part part, std::uint32_t number, std::string_view bytes) override {
            puts_.emplace_back(std::tuple(run, part, number), bytes);
            return {};
        }
        Result<void> finish(const RunInfo& run) override {
            finished_.push_back(run);
            return {};
        }
        Result<void> retire(std::int64_t run) override {
            retired_.push_back(run);
            return {};
        }
        Result<bool> drop(std::int64_t run, std::uint32_t limit) override {
            const std::lock_guard lock(runs_.mutex_);
            for (const auto& part : runs_.content_.parts)
                if (std::get<0>(part.first) == run && dropped_.size() < limit) dropped_.push_back(part.first);
            return dropped_.size() == limit;
        }
        Result<void> indexed_through(std::int64_t block) override {
            through_ = block;
            return {};
        }
        void commit() {
            const std::lock_guard lock(runs_.mutex_);
            for (auto& [key, bytes] : puts_) runs_.content_.parts[key] = bytes;
            for (const auto& run : finished_) runs_.content_.runs[run.number] = run;
            for (const auto run : retired_) runs_.content_.runs.erase(run);
            for (const auto& part : dropped_) runs_.content_.parts.erase(part);
            if (through_ != 0) runs_.content_.indexed_through = through_;
        }

    private:
        MemoryRuns& runs_;
        std::vector<std::pair<std::tuple<std::int64_t, Part, std::uint32_t>, std::string>> puts_;
        std::vector<RunInfo> finished_;
        std::vector<std::int64_t> retired_;
        std::vector<std::tuple<std::int64_t, Part, std::uint32_t>> dropped_;
        std::int64_t through_ = 0;
    };

    StoredRuns stored() const {
        StoredRuns found;
        found.indexed_through = content_.indexed_through;
        for (const auto& [number, run] : content_.runs) found.runs.push_back(run);
        for (const auto& part : content_.parts) {
            const auto run = std::get<0>(part.first);
            if (!content_.runs.contains(run) && (found.unfinished.empty() || found.unfinished.back() != run))
                found.unfinished.push_back(run);
        }
        return found;
    }
    std::size_t parts() const { return content_.parts.size(); }
    std::size_t finished() const { return content_.runs.size(); }
    std::string& part(std::int64_t run, Part part, std::uint32_t number) {
        return content_.parts.at({run, part, number});
    }

    std::size_t reads = 0;

private:
    std::mutex mutex_;
    Content content_;
};

}  // namespace causeway::test
