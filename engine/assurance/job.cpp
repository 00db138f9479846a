#include "assurance/job.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace causeway::assurance {

/// Of this thread only: on Linux a nice value belongs to a thread (setpriority(2), "C library/kernel differences").
void yield_to_traffic() noexcept {
    constexpr int nice = 10;
    (void)::setpriority(PRIO_PROCESS, 0, nice);
}

std::string_view to_code(JobStatus::State state) noexcept {
    switch (state) {
        case JobStatus::State::waiting:
            return "waiting";
        case JobStatus::State::running:
            return "running";
        case JobStatus::State::done:
            return "done";
        case JobStatus::State::failed:
            return "failed";
        case JobStatus::State::cancelled:
            return "cancelled";
    }
    return "";
}

Jobs::~Jobs() {
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
        for (const auto& job : jobs_) job->progress.cancel();
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

Result<std::string> Jobs::start(std::string what, std::unique_ptr<Work> work) {
    const std::lock_guard lock(mutex_);
    std::size_t waiting = 0;
    for (const auto& job : jobs_) {
        if (job->status.ended()) continue;
        if (job->status.what == what && !job->progress.cancelled()) return job->status.id;
        ++waiting;
    }
    if (waiting >= kMostWaiting)
        return fail(Issue::throttled, "jobs", "Too many jobs wait: cancel some, or try again later.", Retry::later);
    auto job = std::make_shared<Job>();
    job->status.id = std::to_string(++last_);
    job->status.what = std::move(what);
    job->work = std::move(work);
    jobs_.push_back(job);
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
    wake_.notify_all();
    return job->status.id;
}

void Jobs::run() {
    yield_to_traffic();
    std::unique_lock lock(mutex_);
    for (;;) {
        const auto next =
            std::find_if(jobs_.begin(), jobs_.end(), [](const auto& job) { return !job->status.ended(); });
        if (closing_) return;
        if (next == jobs_.end()) {
            wake_.wait(lock);
            continue;
        }
        const auto job = *next;
        job->status.state = JobStatus::State::running;
        lock.unlock();
        auto ended = job->progress.cancelled() ? Result<void>() : job->work->run(job->progress);
        lock.lock();
        job->status.state = job->progress.cancelled() ? JobStatus::State::cancelled
                            : ended                   ? JobStatus::State::done
                                                      : JobStatus::State::failed;
        if (!ended) job->status.error = ended.error();
        forget_old();
    }
}

void Jobs::forget_old() {
    auto ended = static_cast<std::size_t>(
        std::count_if(jobs_.begin(), jobs_.end(), [](const auto& job) { return job->status.ended(); }));
    for (auto job = jobs_.begin(); job != jobs_.end() && ended > kKept;)
        if ((*job)->status.ended()) {
            job = jobs_.erase(job);
            --ended;
        } else {
            ++job;
        }
}

std::shared_ptr<Jobs::Job> Jobs::find(std::string_view id) const {
    for (const auto& job : jobs_)
        if (job->status.id == id) return job;
    return nullptr;
}

JobStatus Jobs::status_of(const Job& job) {
    auto status = job.status;
    status.progress = status.state == JobStatus::State::done ? 1 : job.progress.part();
    return status;
}

std::optional<JobStatus> Jobs::status(std::string_view id) const {
    const std::lock_guard lock(mutex_);
    const auto job = find(id);
    return job ? std::optional(status_of(*job)) : std::nullopt;
}

std::optional<Page> Jobs::page(std::string_view id, std::size_t after) const {
    std::shared_ptr<Job> job;
    {
        const std::lock_guard lock(mutex_);
        job = find(id);
    }
    return job ? std::optional(job->work->page(after)) : std::nullopt;
}

bool Jobs::cancel(std::string_view id) {
    const std::lock_guard lock(mutex_);
    const auto job = find(id);
    if (job) job->progress.cancel();
    return job != nullptr;
}

std::vector<JobStatus> Jobs::all() const {
    const std::lock_guard lock(mutex_);
    std::vector<JobStatus> found;
    for (const auto& job : jobs_) found.push_back(status_of(*job));
    return found;
}

}  // namespace causeway::assurance
