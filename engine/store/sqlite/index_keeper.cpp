#include "store/sqlite/index_keeper.hpp"

#include "core/log.hpp"

namespace causeway::sqlite {

void IndexKeeper::start() {
    thread_ = std::thread([this] { loop(); });
}

void IndexKeeper::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void IndexKeeper::wake() {
    {
        const std::lock_guard lock(mutex_);
        work_ = true;
    }
    wake_.notify_one();
}

bool IndexKeeper::step() {
    try {
        const ReaderPool::Lease reader = readers_.borrow();
        index::SqliteRunReader runs(reader->db);
        const auto more = shared_.keys.prepare(runs);
        if (!more) log::warning("ledger.index-not-prepared", {{"error", more.error().what}});
        return more && *more;
    } catch (const SqlError& error) {
        log::warning("ledger.index-not-prepared", {{"error", error.what()}});
        return false;
    }
}

void IndexKeeper::loop() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || work_; });
        if (stopping_) return;
        work_ = false;
        lock.unlock();
        while (step()) {
        }
        if (shared_.keys.has_slice()) slice_ready_();
        lock.lock();
    }
}

}  // namespace causeway::sqlite
