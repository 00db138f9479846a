#include "store/sqlite/writer.hpp"

#include "core/log.hpp"
#include "core/mutant.hpp"

namespace causeway::sqlite {
namespace {

constexpr std::size_t kMaxGroupBytes = 8u << 20;
// A passive checkpoint never waits. Should readers keep the log from starting anew until it is so many times as long as
// it should be, the writer waits for them (each read is short).
constexpr int kPatience = 10;
// So many lazy writes are worth a commit of their own.
constexpr std::size_t kCompany = 64;

int remember_log_pages(void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
}

}  // namespace

Writer::Writer(Connection& connection, WriteContext& context, Limits limits)
    : connection_(connection), context_(context), limits_(std::move(limits)) {
    sqlite3_wal_hook(connection_.handle(), remember_log_pages, &log_pages_);
}

Writer::~Writer() {
    stop();
}

void Writer::start() {
    thread_ = std::thread([this] { loop(); });
}

void Writer::stop() {
    if (std::exchange(ended_, true)) return;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) return thread_.join();
    while (turn()) {
    }
    end();
}

bool Writer::put(std::unique_ptr<Command> command) {
    queued_bytes_ += command->weight();
    eager_ += command->is_lazy() ? 0 : 1;
    queue_.push_back(std::move(command));
    if (waits_ == Waits::no || (waits_ == Waits::for_company && !is_worth_a_commit())) return false;
    waits_ = Waits::no;  // Nobody else need wake it.
    return true;
}

bool Writer::is_worth_a_commit() const {
    return eager_ > 0 || queue_.size() >= kCompany;
}

void Writer::submit(std::unique_ptr<Command> command) {
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        wake = put(std::move(command));
    }
    if (wake) wake_.notify_one();
}

bool Writer::offer(std::unique_ptr<Command>& command) {
    bool wake = false;
    {
        const std::lock_guard lock(mutex_);
        if (queue_.size() >= limits_.most_waiting || queued_bytes_ >= limits_.most_waiting_bytes) return false;
        wake = put(std::move(command));
    }
    if (wake) wake_.notify_one();
    return true;
}

void Writer::wake() {
    {
        const std::lock_guard lock(mutex_);
        index_ready_ = true;
    }
    wake_.notify_one();
}

void Writer::loop() {
    Group group;
    while (take(group, true)) {
        write(group);
        group.clear();
    }
    end();
}

bool Writer::turn() {
    Group group;
    if (take(group, false)) return write(group), true;
    if (fatal_ || !context_.shared.keys.has_slice()) return false;
    return write(group), true;
}

void Writer::end() {
    if (fatal_) return;
    try {
        context_.settle();
        checkpoint(SQLITE_CHECKPOINT_TRUNCATE);
    } catch (const SqlError& error) {
        // Everything is in the log, which the next start reads.
        log::warning("ledger.checkpoint-at-stop-failed", {{"error", error.what()}});
    }
}

bool Writer::take(Group& group, bool may_wait) {
    std::unique_lock lock(mutex_);
    if (may_wait) wait(lock);
    const bool woken = std::exchange(index_ready_, false) && !stopping_;
    std::size_t bytes = 0;
    while (!queue_.empty() && group.size() < limits_.max_group && bytes < kMaxGroupBytes) {
        bytes += queue_.front()->weight();
        eager_ -= queue_.front()->is_lazy() ? 0 : 1;
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    queued_bytes_ -= bytes;
    return woken || !group.empty();
}

void Writer::wait(std::unique_lock<std::mutex>& lock) {
    const auto nothing_to_do = [this] { return !stopping_ && !index_ready_ && queue_.empty(); };
    while (nothing_to_do()) {
        waits_ = Waits::for_anything;
        wake_.wait(lock);
    }
    const auto latest = std::chrono::steady_clock::now() + limits_.lazy;
    while (!stopping_ && !index_ready_ && !is_worth_a_commit()) {
        waits_ = Waits::for_company;
        if (wake_.wait_until(lock, latest) == std::cv_status::timeout) break;
    }
    waits_ = Waits::no;
}

void Writer::write(Group& group) {
    if (fatal_) {
        for (const auto& command : group) command->fail(*fatal_);
        return;
    }
    try {
        transact(group);
    } catch (const SqlError& error) {
        if (!error.concerns_one_statement() && !mutant("fsync-retried")) return stop_for_good(group, error);
        return write_one_by_one(group);
    }
    complete(group);
    if (on_group_) on_group_(committed_slice_);
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
            roll_back();
            transact(alone);
            complete(alone);
        } catch (const SqlError& error) {
            if (!error.concerns_one_statement())
                stop_for_good(alone, error);
            else
                alone.front()->fail(to_error(error));
        }
    }
    if (!fatal_) roll_back();
}

void Writer::roll_back() {
    context_.rollback();
    if (std::exchange(slice_, false)) context_.shared.keys.unwritten();
}

void Writer::transact(Group& group) {
    slice_ = false;
    context_.begin();
    for (const auto& command : group) command->run(context_);
    write_index();
    if (mutant("ack-before-commit")) acknowledge(group);
    context_.commit();
}

void Writer::complete(Group& group) {
    context_.publish();
    if (slice_) context_.shared.keys.written();
    committed_slice_ = std::exchange(slice_, false);
    acknowledge(group);
}

void Writer::acknowledge(Group& group) {
    for (const auto& command : group) command->complete();
    group.clear();
}

void Writer::write_index() {
    index::KeyIndex& keys = context_.shared.keys;
    if (!keys.has_slice()) return;
    index::SqliteRunWriter runs(connection_);
    slice_ = true;
    if (const auto written = keys.write(runs); !written)
        log::warning("ledger.index-not-written", {{"error", written.error().what}});
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
