#pragma once
/// Sorts and merges the key index beside the writer.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "store/sqlite/reader_pool.hpp"

namespace causeway::sqlite {

/// A thread that prepares runs, and tells when there is a slice for the writer. Threads: any.
class IndexKeeper {
public:
    IndexKeeper(Shared& shared, ReaderPool& readers, std::function<void()> slice_ready)
        : shared_(shared), readers_(readers), slice_ready_(std::move(slice_ready)) {}
    ~IndexKeeper() { stop(); }
    IndexKeeper(const IndexKeeper&) = delete;
    IndexKeeper& operator=(const IndexKeeper&) = delete;

    void start();
    void stop();
    /// Something was published or written.
    void wake();
    /// A step on the caller's thread; false where there is nothing to do.
    bool step();

private:
    void loop();

    Shared& shared_;
    ReaderPool& readers_;
    const std::function<void()> slice_ready_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool work_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace causeway::sqlite
