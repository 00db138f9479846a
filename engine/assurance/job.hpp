#pragma once
/// Long work beside the traffic: one piece after the other, with progress, cancelled when somebody says so.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/error.hpp"

namespace causeway::assurance {

/// How far a piece of work is. Threads: any.
class Progress {
public:
    /// 0 to 1.
    void set(double part) noexcept { part_.store(part, std::memory_order_relaxed); }
    double part() const noexcept { return part_.load(std::memory_order_relaxed); }
    void cancel() noexcept { cancelled_ = true; }
    bool cancelled() const noexcept { return cancelled_; }

private:
    std::atomic<double> part_{0};
    std::atomic<bool> cancelled_{false};
};

/// What work has to show: the same facts as JSON for programs and as text for people.
struct Page {
    std::string json, text;
};

/// Lowers the priority of the calling thread below those that work on messages.
void yield_to_traffic() noexcept;

/// One piece of work.
class Work {
public:
    virtual ~Work() = default;
    /// On the worker's thread; looks at `progress` often, and ends soon after it was cancelled.
    virtual Result<void> run(Progress& progress) = 0;
    /// What there is so far, from item `after` on where it is a list. Threads: any, also while it runs.
    virtual Page page(std::size_t after) const = 0;
};

struct JobStatus {
    enum class State { waiting, running, done, failed, cancelled } state = State::waiting;
    std::string id, what;
    double progress = 0;
    std::optional<Error> error;  ///< Why it failed.
    bool ended() const { return state != State::waiting && state != State::running; }
};

std::string_view to_code(JobStatus::State state) noexcept;

/// Runs pieces of work on a thread of its own, which starts with the first and has a lower priority than those that
/// work on messages. The newest kKept that have ended are remembered. The destructor cancels all and waits for the one
/// that runs. Threads: any.
class Jobs {
public:
    static constexpr std::size_t kKept = 32, kMostWaiting = 32;

    Jobs() = default;
    Jobs(const Jobs&) = delete;
    Jobs& operator=(const Jobs&) = delete;
    ~Jobs();

    /// Gives the id. Issue::throttled where too many wait. Work under a `what` that waits or runs already is joined.
    Result<std::string> start(std::string what, std::unique_ptr<Work> work);
    std::optional<JobStatus> status(std::string_view id) const;
    std::optional<Page> page(std::string_view id, std::size_t after = 0) const;
    /// False where there is no such job.
    bool cancel(std::string_view id);
    std::vector<JobStatus> all() const;

private:
    struct Job {
        JobStatus status;
        std::shared_ptr<Work> work;
        Progress progress;
    };

    void run();
    void forget_old();
    std::shared_ptr<Job> find(std::string_view id) const;
    static JobStatus status_of(const Job& job);

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<std::shared_ptr<Job>> jobs_;  // By id.
    std::uint64_t last_ = 0;
    bool closing_ = false;
    std::thread thread_;
};

}  // namespace causeway::assurance
