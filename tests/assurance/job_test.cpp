#include "assurance/job.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <future>
#include <thread>

using namespace causeway;
using namespace causeway::assurance;

namespace {

/// Work that does what the test says.
class Told final : public Work {
public:
    explicit Told(std::function<Result<void>(Progress&)> run) : run_(std::move(run)) {}
    Result<void> run(Progress& progress) override { return run_(progress); }
    Page page(std::size_t) const override { return {"{}", "text"}; }

private:
    std::function<Result<void>(Progress&)> run_;
};

std::unique_ptr<Work> told(std::function<Result<void>(Progress&)> run) {
    return std::make_unique<Told>(std::move(run));
}

std::unique_ptr<Work> until_cancelled() {
    return told([](Progress& progress) {
        while (!progress.cancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
        return Result<void>();
    });
}

JobStatus wait_for(const Jobs& jobs, const std::string& id) {
    while (!jobs.status(id)->ended()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return *jobs.status(id);
}

using State = JobStatus::State;

}  // namespace

TEST_CASE("a job runs, is done, and shows its page") {
    Jobs jobs;
    const auto id = jobs.start("work", told([](Progress&) { return Result<void>(); })).value();
    const auto status = wait_for(jobs, id);
    CHECK(status.state == State::done);
    CHECK(status.progress == 1);
    CHECK(jobs.page(id)->text == "text");
}

TEST_CASE("a job that fails says why") {
    Jobs jobs;
    const auto id =
        jobs.start("work", told([](Progress&) -> Result<void> { return fail(Issue::no_store, "", "No."); })).value();
    const auto status = wait_for(jobs, id);
    CHECK(status.state == State::failed);
    CHECK(status.error->what == "No.");
}

TEST_CASE("a job is cancelled while it runs, and while it waits") {
    Jobs jobs;
    const auto runs = jobs.start("one", until_cancelled()).value();
    const auto waits = jobs.start("two", told([](Progress&) -> Result<void> { return fail(Issue::value, "", "ran"); }));
    CHECK(jobs.cancel(*waits));
    CHECK(jobs.cancel(runs));
    CHECK(wait_for(jobs, runs).state == State::cancelled);
    CHECK(wait_for(jobs, *waits).state == State::cancelled);
    CHECK_FALSE(jobs.cancel("77"));
}

TEST_CASE("the same work is done once, and joined") {
    Jobs jobs;
    const auto first = jobs.start("reconcile 2026-11-21", until_cancelled()).value();
    CHECK(jobs.start("reconcile 2026-11-21", until_cancelled()).value() == first);
    CHECK(jobs.start("reconcile 2026-11-20", until_cancelled()).value() != first);
}

TEST_CASE("too much work is turned away") {
    Jobs jobs;
    for (std::size_t i = 0; i < Jobs::kMostWaiting; ++i)
        REQUIRE(jobs.start(std::to_string(i), until_cancelled()).has_value());
    CHECK(jobs.start("one more", until_cancelled()).error().issue == Issue::throttled);
}

TEST_CASE("the newest jobs are remembered, the oldest forgotten") {
    Jobs jobs;
    std::string first, last;
    for (std::size_t i = 0; i < Jobs::kKept + 5; ++i) {
        last = jobs.start(std::to_string(i), told([](Progress&) { return Result<void>(); })).value();
        if (i == 0) first = last;
        wait_for(jobs, last);
    }
    CHECK_FALSE(jobs.status(first));
    CHECK(jobs.status(last)->state == State::done);
}
