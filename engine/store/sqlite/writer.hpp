#pragma once
/// The one thread that writes and checkpoints.

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "store/message_store.hpp"
#include "store/sqlite/write_context.hpp"

namespace causeway::sqlite {

/// A write that waits for its group.
class Command {
public:
    virtual ~Command() = default;
    /// Bytes that it adds to a group, roughly.
    virtual std::size_t weight() const noexcept = 0;
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

    Write(Run how, Input input, Completion<T> done, std::size_t bytes = 0)
        : run_(how), input_(std::move(input)), done_(std::move(done)), weight_(bytes) {}

    std::size_t weight() const noexcept override { return weight_; }
    void run(WriteContext& context) override { result_.emplace(run_(context, input_)); }
    void complete() override { done_(std::move(*result_)); }
    void fail(const Error& error) override { done_(error); }

private:
    const Run run_;
    const Input input_;
    const Completion<T> done_;
    const std::size_t weight_;
    std::optional<Result<T>> result_;
};

/// Takes everything that waits, up to a limit, into one transaction; commits; completes; checkpoints when the log is
/// long. A failed commit is the end: nothing is tried again, and every command from then on fails the same way.
class Writer {
public:
    struct Limits {
        std::size_t max_group;
        int checkpoint_pages;
        std::function<void(const Error&)> on_fatal;
    };

    Writer(Connection& connection, WriteContext& context, Limits limits);
    /// Commits what waits, then ends the thread.
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    /// Threads: any.
    void submit(std::unique_ptr<Command> command);

private:
    using Group = std::vector<std::unique_ptr<Command>>;

    void loop();
    bool take(Group& group);
    void write(Group& group);
    void write_one_by_one(Group& group);
    void transact(Group& group);
    void checkpoint_if_long();
    void checkpoint(int mode);
    void stop_for_good(Group& group, const SqlError& error);

    Connection& connection_;
    WriteContext& context_;
    const Limits limits_;
    std::optional<Error> fatal_;  // Writer thread only.
    int log_pages_ = 0;           // Set by the hook after each commit.

    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::unique_ptr<Command>> queue_;
    bool stopping_ = false;
    bool idle_ = false;
    std::thread thread_;
};

}  // namespace causeway::sqlite
