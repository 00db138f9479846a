#include "store/sqlite/writer.hpp"

#include "core/log.hpp"

namespace causeway::sqlite {
namespace {

constexpr std::size_t kMaxGroupBytes = 8u << 20;
// A passive checkpoint never waits. Should readers keep the log from starting anew until it is so many times as long as
// it should be, the writer waits for them (each read is short).
constexpr int kPatience = 10;

int remember_log_pages(void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
}

}  // namespace

Writer::Writer(Connection& connection, WriteContext& context, Limits limits)
    : connection_(connection), context_(context), limits_(std::move(limits)) {
    sqlite3_wal_hook(connection_.handle(), remember_log_pages, &log_pages_);
    thread_ = std::thread([this] { loop(); });
}

Writer::~Writer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

void Writer::submit(std::unique_ptr<Command> command) {
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(command));
        wake = idle_;
    }
    if (wake) wake_.notify_one();
}

void Writer::loop() {
    Group group;
    while (take(group)) {
        write(group);
        group.clear();
    }
    if (fatal_) return;
    try {
        checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
    } catch (const SqlError& error) {
        // Everything is in the log, which the next start reads.
        log::warning("ledger.checkpoint-at-stop-failed", {{"error", error.what()}});
    }
}

bool Writer::take(Group& group) {
    std::unique_lock lock(mutex_);
    idle_ = true;
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    idle_ = false;
    std::size_t bytes = 0;
    while (!queue_.empty() && group.size() < limits_.max_group && bytes < kMaxGroupBytes) {
        bytes += queue_.front()->weight();
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return !group.empty();
}

void Writer::write(Group& group) {
    if (fatal_) {
        for (const auto& command : group) command->fail(*fatal_);
        return;
    }
    try {
        transact(group);
    } catch (const SqlError& error) {
        if (!error.concerns_one_statement()) return stop_for_good(group, error);
        return write_one_by_one(group);
    }
    for (const auto& command : group) command->complete();
    checkpoint_if_long();
}

/// One of the group did what the tables do not allow: find out which, and let the others through.
void Writer::write_one_by_one(Group& group) {
    for (auto& command : group) {
        Group alone;
        alone.push_back(std::move(command));
        if (fatal_) {
            alone.front()->fail(*fatal_);
            continue;
        }
        try {
            context_.rollback();
            transact(alone);
            alone.front()->complete();
        } catch (const SqlError& error) {
            if (!error.concerns_one_statement())
                stop_for_good(alone, error);
            else
                alone.front()->fail(to_error(error));
        }
    }
    if (!fatal_) context_.rollback();
}

void Writer::transact(Group& group) {
    context_.begin();
    for (const auto& command : group) command->run(context_);
    context_.commit();
}

void Writer::checkpoint_if_long() {
    if (log_pages_ < limits_.checkpoint_pages) return;
    Group none;
    try {
        checkpoint(log_pages_ / kPatience < limits_.checkpoint_pages ? SQLITE_CHECKPOINT_PASSIVE
                                                                     : SQLITE_CHECKPOINT_RESTART);
    } catch (const SqlError& error) {
        stop_for_good(none, error);
    }
}

void Writer::checkpoint(int mode) {
    const int code = sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr, mode, nullptr, nullptr);
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) throw SqlError(code);
}

void Writer::stop_for_good(Group& group, const SqlError& error) {
    fatal_ = to_error(error);
    log::error("ledger.failed", {{"error", error.what()}, {"code", error.code()}});
    for (const auto& command : group) command->fail(*fatal_);
    if (limits_.on_fatal) limits_.on_fatal(*fatal_);
}

}  // namespace causeway::sqlite
