#pragma once
/// The one place that writes and checkpoints.

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "store/message_store.hpp"
#include "store/sqlite/ledger_error.hpp"
#include "store/sqlite/write_context.hpp"

namespace causeway::sqlite {

/// A write that waits for its group.
class Command {
public:
    virtual ~Command() = default;
    /// Bytes that it adds to a group, roughly.
    virtual std::size_t weight() const noexcept = 0;
    /// Nobody waits for its commit at the other end of a line, so it may wait for company, and for room on the disk.
    virtual bool is_lazy() const noexcept = 0;
    /// Writes and keeps the result. May throw SqlError; may be run again after a rollback.
    virtual void run(WriteContext& context) = 0;
    /// Hands on the result: what run() wrote is on stable storage.
    virtual void complete() = 0;
    virtual void fail(const Error& error) = 0;
};

/// A command made of one of the functions in commands.hpp.
template <class T, class Input>
class Write final : public Command {
public:
    using Run = Result<T> (*)(WriteContext&, const Input&);

    Write(Run how, Input input, Completion<T> done, std::size_t bytes = 0, bool lazy = false)
        : run_(how), input_(std::move(input)), done_(std::move(done)), weight_(bytes), lazy_(lazy) {}

    std::size_t weight() const noexcept override { return weight_; }
    bool is_lazy() const noexcept override { return lazy_; }
    void run(WriteContext& context) override {
        try {
            result_.emplace(run_(context, input_));
        } catch (const LedgerError& error) {
            result_.emplace(error.error());  // What it looked for cannot be read; it has written nothing.
        }
    }
    void complete() override { done_(std::move(*result_)); }
    void fail(const Error& error) override { done_(error); }

private:
    const Run run_;
    const Input input_;
    const Completion<T> done_;
    const std::size_t weight_;
    const bool lazy_;
    std::optional<Result<T>> result_;
};

/// Takes everything that waits, up to a limit, into one transaction; commits; completes; checkpoints when the log is
/// long. A failed commit is the end: nothing is tried again, and every command from then on fails the same way. Only
/// where the disk had no room does it go on: what is lazy waits and is tried again, the rest fails.
class Writer {
public:
    struct Limits {
        std::size_t max_group;
        std::size_t most_waiting;
        std::size_t most_waiting_bytes;
        int checkpoint_pages;
        Duration lazy;     ///< So long lazy writes wait for one that is not.
        Duration no_room;  ///< So long nothing is tried after the disk had no room.
        bool led;          ///< Who offers a command may have to commit it, see offer().
        std::function<void(const Error&)> on_fatal;
    };

    /// Starts no thread yet.
    Writer(Connection& connection, WriteContext& context, Limits limits);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Before start(): called after each group on the thread that committed it, with whether a slice of the key index was written.
    void on_group(std::function<void(bool slice)> call) { on_group_ = std::move(call); }
    void start();
    /// Commits what waits, then ends the thread, if there is one.
    void stop();
    /// Brings what is owed into its table, in commits of its own. Between two groups, on the thread whose round it is.
    Result<void> settle();
    /// For who has no thread: one round on the caller's; false where there was nothing to do.
    bool turn();

    /// Threads: any.
    void submit(std::unique_ptr<Command> command);
    /// The same, unless too much waits already: then nothing happens, and it is false. While commands come one at a
    /// time, the caller's thread commits in place of the writer's, which sleeps on: a lone message is spared two
    /// changes of thread.
    bool offer(std::unique_ptr<Command>& command);
    /// There may be a slice of the key index to write.
    void wake();

private:
    using Group = std::vector<std::unique_ptr<Command>>;

    void loop();
    /// Waits for something to do, if it may; false at the end.
    bool take(Group& group, bool may_wait);
    void take_queue(Group& group);
    void wait(std::unique_lock<std::mutex>& lock);
    void wait_for_work(std::unique_lock<std::mutex>& lock);
    void wait_for_company(std::unique_lock<std::mutex>& lock);
    bool has_work() const;
    bool may_be_led() const;
    /// One round on the caller's thread, without a checkpoint.
    void lead(std::unique_lock<std::mutex> lock, std::unique_ptr<Command> command);
    bool is_worth_a_commit() const;
    /// Gives whether the writer must be woken.
    bool put(std::unique_ptr<Command> command);
    bool has_room_for(const Command& command) const;
    bool take_kept(Group& group);
    void write(Group& group);
    void write_one_by_one(Group& group);
    /// It was not committed: the group is rolled back.
    void give_up(Group& group, const SqlError& error);
    void wait_for_room(Group& group);
    void transact(Group& group);
    void roll_back();
    void complete(Group& group);
    void acknowledge(Group& group);
    /// Writes a slice of the key index.
    void write_index();
    void note_damage();
    void end();
    bool is_log_long();
    void checkpoint_if_long();
    void checkpoint(int mode);
    void stop_for_good(Group& group, const SqlError& error);

    Connection& connection_;
    WriteContext& context_;
    const Limits limits_;
    std::function<void(bool)> on_group_;
    // Of the thread whose round it is.
    std::optional<Error> fatal_;
    int log_pages_ = 0;                                                 // Set by the hook after each commit.
    bool slice_ = false;                                                // The transaction has a slice of the key index.
    bool committed_slice_ = false;                                      // The last one had.
    enum class Damage { none, written, noted } damage_ = Damage::none;  // Of the key index, as the file says.
    int checkpoint_at_;                                                 // Length of the log, in pages.
    // Since the disk had no room.
    std::optional<Error> no_room_;
    std::chrono::steady_clock::time_point try_again_at_;
    bool pauses_ = false;
    std::deque<std::unique_ptr<Command>> kept_;  // Lazy ones, in order.

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::unique_ptr<Command>> queue_;
    std::size_t queued_bytes_ = 0, queued_letters_ = 0;
    std::chrono::steady_clock::time_point queued_since_;  // When the queue was empty last.
    bool stopping_ = false;
    std::size_t eager_ = 0;  // Commands in the queue that are not lazy.
    enum class Waits { no, for_anything, for_company } waits_ = Waits::no;
    int alone_ = 0;           // Groups in a row with a single command that is not lazy.
    bool led_ = false;        // Another thread does a round; what is above the mutex is its own meanwhile.
    bool round_due_ = false;  // There is something to do besides the queue.
    bool ended_ = false;
    std::thread thread_;
};

}  // namespace causeway::sqlite
