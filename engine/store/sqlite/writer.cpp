#include "store/sqlite/writer.hpp"

#include <algorithm>

#include "core/log.hpp"
#include "core/mutant.hpp"
#include "store/sqlite/recovery.hpp"
#include "store/sqlite/schema.hpp"

namespace causeway::sqlite {
namespace {

constexpr std::size_t kMaxGroupBytes = 8u << 20;
// A passive checkpoint never waits. Should readers keep the log from starting anew until it is so many times as long as
// it should be, the writer waits for them (each read is short).
constexpr int kPatience = 10;
// So many lazy writes are worth a commit of their own.
constexpr std::size_t kCompany = 64;
// Writes of so many bytes are letters with documents in them. They count apart and have so many times the room, so that
// they neither keep small messages out nor are turned away for being large.
constexpr std::size_t kLetter = 512u << 10;
constexpr std::size_t kRoomForLetters = 8;
// After so many groups of one message each, the next one is expected to come alone as well.
constexpr int kAlone = 8;

bool is_letter(const Command& command) {
    return command.weight() >= kLetter;
}

int remember_log_pages(void* pages, sqlite3*, const char*, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
}

}  // namespace

Writer::Writer(Connection& connection, WriteContext& context, Limits limits)
    : connection_(connection), context_(context), limits_(std::move(limits)), checkpoint_at_(limits_.checkpoint_pages) {
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
    (is_letter(*command) ? queued_letters_ : queued_bytes_) += command->weight();
    eager_ += command->is_lazy() ? 0 : 1;
    if (queue_.empty()) queued_since_ = std::chrono::steady_clock::now();
    queue_.push_back(std::move(command));
    if (led_ || waits_ == Waits::no || (waits_ == Waits::for_company && !is_worth_a_commit())) return false;
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
    std::unique_lock lock(mutex_);
    if (!has_room_for(*command)) return false;
    if (may_be_led()) {
        lead(std::move(lock), std::move(command));
        return true;
    }
    const bool wake = put(std::move(command));
    lock.unlock();
    if (wake) wake_.notify_one();
    return true;
}

bool Writer::may_be_led() const {
    return limits_.led && !led_ && waits_ != Waits::no && alone_ >= kAlone && !stopping_ && !round_due_ &&
           kept_.empty() && !no_room_;
}

void Writer::lead(std::unique_lock<std::mutex> lock, std::unique_ptr<Command> command) {
    led_ = true;
    put(std::move(command));
    Group group;
    take_queue(group);
    lock.unlock();
    write(group);
    const bool long_log = is_log_long();
    lock.lock();
    led_ = false;
    round_due_ = round_due_ || long_log;
    // Where it waits for company it wakes by itself in time for what is lazy.
    const bool wake = stopping_ || round_due_ || !kept_.empty() || is_worth_a_commit() ||
                      (waits_ == Waits::for_anything && !queue_.empty());
    if (wake) waits_ = Waits::no;
    lock.unlock();
    if (wake) wake_.notify_one();
}

bool Writer::has_room_for(const Command& command) const {
    if (queue_.size() >= limits_.most_waiting) return false;
    return is_letter(command) ? queued_letters_ < limits_.most_waiting_bytes * kRoomForLetters
                              : queued_bytes_ < limits_.most_waiting_bytes;
}

void Writer::wake() {
    {
        const std::lock_guard lock(mutex_);
        round_due_ = true;
    }
    wake_.notify_one();
}

void Writer::loop() {
    Group group;
    while (take(group, true)) {
        write(group);
        checkpoint_if_long();
        group.clear();
    }
    end();
}

bool Writer::turn() {
    Group group;
    const bool had_room = !no_room_;
    if (!take(group, false) && (fatal_ || !had_room || !context_.shared.keys.has_slice())) return false;
    write(group);
    checkpoint_if_long();
    return had_room || !no_room_;
}

Result<void> Writer::settle() {
    try {
        context_.settle();
        return {};
    } catch (const SqlError& error) {
        Group nobody;
        give_up(nobody, error);
        return to_error(error);
    }
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
    pauses_ = no_room_ && !stopping_ && std::chrono::steady_clock::now() < try_again_at_;
    if (take_kept(group)) return true;
    const bool woken = std::exchange(round_due_, false) && !stopping_;
    take_queue(group);
    return woken || !group.empty();
}

void Writer::take_queue(Group& group) {
    const std::size_t eager = eager_;
    std::size_t bytes = 0;
    while (!queue_.empty() && group.size() < limits_.max_group && bytes < kMaxGroupBytes) {
        const auto weight = queue_.front()->weight();
        bytes += weight;
        (is_letter(*queue_.front()) ? queued_letters_ : queued_bytes_) -= weight;
        eager_ -= queue_.front()->is_lazy() ? 0 : 1;
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    if (eager != eager_) alone_ = eager == eager_ + 1 ? std::min(alone_ + 1, kAlone) : 0;
}

/// What waited for room goes before everything that came later.
bool Writer::take_kept(Group& group) {
    if (kept_.empty() || pauses_) return false;
    while (!kept_.empty() && group.size() < limits_.max_group) {
        group.push_back(std::move(kept_.front()));
        kept_.pop_front();
    }
    return true;
}

void Writer::wait(std::unique_lock<std::mutex>& lock) {
    do {
        wait_for_work(lock);
        wait_for_company(lock);
    } while (led_ || (!has_work() && kept_.empty()));  // What was waited for may have been done by another thread.
    waits_ = Waits::no;
}

bool Writer::has_work() const {
    return stopping_ || round_due_ || !queue_.empty();
}

void Writer::wait_for_work(std::unique_lock<std::mutex>& lock) {
    while (led_ || !has_work()) {
        waits_ = Waits::for_anything;
        if (led_ || kept_.empty())
            wake_.wait(lock);
        else if (wake_.wait_until(lock, try_again_at_) == std::cv_status::timeout)
            return;
    }
}

void Writer::wait_for_company(std::unique_lock<std::mutex>& lock) {
    while (!led_ && !stopping_ && !round_due_ && !queue_.empty() && !is_worth_a_commit()) {
        const auto latest = queued_since_ + limits_.lazy;
        if (std::chrono::steady_clock::now() >= latest) return;
        waits_ = Waits::for_company;
        wake_.wait_until(lock, latest);
    }
}

void Writer::write(Group& group) {
    if (fatal_) {
        for (const auto& command : group) command->fail(*fatal_);
        return;
    }
    if (pauses_) return wait_for_room(group);
    try {
        transact(group);
    } catch (const SqlError& error) {
        if (error.concerns_one_statement() || mutant("fsync-retried")) return write_one_by_one(group);
        return give_up(group, error);
    }
    complete(group);
    if (on_group_) on_group_(committed_slice_);
}

/// One of the group did what the tables do not allow: find out which, and let the others through.
void Writer::write_one_by_one(Group& group) {
    try {
        for (auto command = group.begin(); command != group.end(); ++command) {
            roll_back();
            Group alone;
            alone.push_back(std::move(*command));
            try {
                transact(alone);
                complete(alone);
            } catch (const SqlError& error) {
                if (error.concerns_one_statement()) {
                    alone.front()->fail(to_error(error));
                    continue;
                }
                alone.insert(alone.end(), std::make_move_iterator(command + 1), std::make_move_iterator(group.end()));
                return give_up(alone, error);
            }
        }
        roll_back();
    } catch (const SqlError& error) {
        std::erase(group, nullptr);
        stop_for_good(group, error);
    }
}

void Writer::give_up(Group& group, const SqlError& error) {
    if (!error.is_no_room()) return stop_for_good(group, error);
    try {
        roll_back();
    } catch (const SqlError& doubt) {
        return stop_for_good(group, doubt);
    }
    if (!no_room_) log::warning("ledger.no-room", {{"error", error.what()}, {"code", error.code()}});
    context_.disk.look_again();
    no_room_ = to_error(error);
    try_again_at_ = std::chrono::steady_clock::now() + limits_.no_room;
    wait_for_room(group);
}

void Writer::wait_for_room(Group& group) {
    bool stopping = false;
    {
        const std::lock_guard lock(mutex_);
        stopping = stopping_;
    }
    // What was tried came before all that is kept, what was not came after it.
    auto place = pauses_ ? kept_.end() : kept_.begin();
    for (auto& command : group) {
        if (stopping || !command->is_lazy())
            command->fail(*no_room_);
        else
            place = std::next(kept_.insert(place, std::move(command)));
    }
    group.clear();
}

void Writer::roll_back() {
    context_.rollback();
    if (std::exchange(slice_, false)) context_.shared.keys.unwritten();
    if (damage_ == Damage::written) damage_ = Damage::none;
}

void Writer::transact(Group& group) {
    slice_ = false;
    context_.begin();
    for (const auto& command : group) command->run(context_);
    write_index();
    note_damage();
    if (mutant("ack-before-commit")) acknowledge(group);
    context_.commit();
}

void Writer::complete(Group& group) {
    // A group that changed nothing says nothing about the disk.
    if (no_room_ && !context_.block.empty()) {
        log::info("ledger.room-again");
        no_room_.reset();
    }
    context_.publish();
    if (slice_) context_.shared.keys.written();
    if (damage_ == Damage::written) damage_ = Damage::noted;
    committed_slice_ = std::exchange(slice_, false);
    acknowledge(group);
}

void Writer::acknowledge(Group& group) {
    for (const auto& command : group) command->complete();
    group.clear();
}

void Writer::write_index() {
    index::KeyIndex& keys = context_.shared.keys;
    if (no_room_ || !keys.has_slice()) return;
    index::SqliteRunWriter runs(connection_);
    slice_ = true;
    if (const auto written = keys.write(runs); !written)
        log::warning("ledger.index-not-written", {{"error", written.error().what}});
}

/// The next start builds it anew.
void Writer::note_damage() {
    if (damage_ != Damage::none || !context_.shared.keys.damaged()) return;
    log::error("ledger.index-damaged");
    set_ledger_value(connection_, kIndexDamaged, 1);
    damage_ = Damage::written;
}

bool Writer::is_log_long() {
    if (log_pages_ < limits_.checkpoint_pages) checkpoint_at_ = limits_.checkpoint_pages;
    return !fatal_ && log_pages_ >= checkpoint_at_;
}

void Writer::checkpoint_if_long() {
    if (!is_log_long()) return;
    // Where readers keep the log from starting anew, or there is no room, not again with the next group.
    checkpoint_at_ = log_pages_ + limits_.checkpoint_pages;
    Group none;
    try {
        checkpoint(log_pages_ / kPatience < limits_.checkpoint_pages ? SQLITE_CHECKPOINT_PASSIVE
                                                                     : SQLITE_CHECKPOINT_RESTART);
    } catch (const SqlError& error) {
        if (!error.is_no_room()) return stop_for_good(none, error);
        // Everything is in the log, and stays there.
        log::warning("ledger.checkpoint-without-room", {{"pages", log_pages_}});
    }
}

void Writer::checkpoint(int mode) {
    const int code = sqlite3_wal_checkpoint_v2(connection_.handle(), nullptr, mode, nullptr, nullptr);
    if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) throw SqlError(code, connection_.handle());
}

void Writer::stop_for_good(Group& group, const SqlError& error) {
    fatal_ = to_error(error);
    log::error("ledger.failed", {{"error", error.what()}, {"code", error.code()}});
    for (const auto& command : group) command->fail(*fatal_);
    for (const auto& command : std::exchange(kept_, {})) command->fail(*fatal_);
    if (limits_.on_fatal) limits_.on_fatal(*fatal_);
}

}  // namespace causeway::sqlite
