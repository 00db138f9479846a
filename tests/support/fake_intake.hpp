#pragma once
/// An intake that a test controls: it judges by the real codecs, and commits when it is told to.

#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapter.hpp"
#include "core/id.hpp"
#include "fhir/document.hpp"
#include "hl7v2/message.hpp"

namespace causeway::test {

class FakeIntake final : public Intake {
public:
    struct Refusal {
        Submission submission;
        OperationOutcome why;
        int http_status = 0;
    };

    /// While it holds, every accept() waits: nothing is committed.
    void hold() { held_ = true; }
    void release() { held_ = false; }
    /// From now on accept() and refuse() fail with this error (nothing could be stored).
    void fail_with(std::optional<Error> error) {
        const std::lock_guard lock(mutex_);
        error_ = std::move(error);
    }
    /// The accept() after so many more fails with this error, once.
    void fail_after(std::size_t more, Error error) {
        const std::lock_guard lock(mutex_);
        fails_at_ = calls_ + more + 1;
        error_then_ = std::move(error);
    }
    /// From now on whole messages are refused with this.
    void refuse_with(std::optional<Finding> finding, int http_status = 422) {
        const std::lock_guard lock(mutex_);
        finding_ = std::move(finding);
        status_ = http_status;
    }

    std::vector<Submission> accepted() const { return copy(accepted_); }
    std::vector<Refusal> refused() const { return copy(refused_); }
    /// How many accept() calls came so far, those that wait included.
    std::size_t calls() const { return calls_; }

    Async<Verdict> accept(Submission submission) override {
        const std::size_t call = ++calls_;
        co_await wait();
        if (call == fails_at_) co_return error_then_;
        co_return judge(std::move(submission));
    }

    Async<Verdict> refuse(Submission submission, OperationOutcome why, int http_status) override {
        const std::lock_guard lock(mutex_);
        if (error_) co_return *error_;
        auto verdict = make_verdict(Disposition::refused, http_status);
        verdict.outcome = why;
        refused_.push_back({std::move(submission), std::move(why), http_status});
        co_return verdict;
    }

private:
    boost::asio::awaitable<void> wait() {
        boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
        while (held_) {
            timer.expires_after(std::chrono::milliseconds(1));
            co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        }
    }

    Result<Verdict> judge(Submission submission) {
        const std::lock_guard lock(mutex_);
        if (error_) return *error_;
        if (const auto broken = fault(submission)) return refuse_here(std::move(submission), to_outcome(*broken), 400);
        if (finding_) {
            OperationOutcome why;
            why.add(*finding_);
            return refuse_here(std::move(submission), std::move(why), status_);
        }
        return keep(std::move(submission));
    }

    static std::optional<Error> fault(const Submission& submission) {
        if (submission.media_type == kHl7v2) {
            const auto parsed = hl7v2::parse(submission.body);
            return parsed ? std::nullopt : std::optional(parsed.error());
        }
        const auto parsed = fhir::parse(submission.body);
        return parsed ? std::nullopt : std::optional(parsed.error());
    }

    Verdict refuse_here(Submission submission, OperationOutcome why, int http_status) {
        auto verdict = make_verdict(Disposition::refused, http_status);
        verdict.outcome = why;
        refused_.push_back({std::move(submission), std::move(why), http_status});
        return verdict;
    }

    Verdict keep(Submission submission) {
        const std::string body(submission.body.reveal());
        auto key = body;
        if (submission.media_type == kHl7v2)
            if (const auto header = hl7v2::read_header(body)) key = header->message_control_id;
        const auto earlier = by_key_.find(key);
        if (earlier == by_key_.end()) {
            auto verdict = make_verdict(Disposition::accepted, 200);
            by_key_.emplace(std::move(key), std::pair(body, verdict));
            accepted_.push_back(std::move(submission));
            return verdict;
        }
        auto verdict = earlier->second.second;
        verdict.disposition = earlier->second.first == body ? Disposition::duplicate : Disposition::conflict;
        if (verdict.disposition == Disposition::conflict) {
            verdict.http_status = 409;
            verdict.outcome =
                to_outcome(fail(Issue::duplicate, "MSH-10", "This id was used for other bytes.", Retry::never, 205));
        }
        return verdict;
    }

    Verdict make_verdict(Disposition disposition, int http_status) {
        Verdict verdict;
        verdict.disposition = disposition;
        verdict.at = SystemClock().now();
        verdict.message = ids_.next(verdict.at);
        verdict.http_status = http_status;
        return verdict;
    }

    template <class T>
    std::vector<T> copy(const std::vector<T>& list) const {
        const std::lock_guard lock(mutex_);
        return list;
    }

    mutable std::mutex mutex_;
    std::atomic<bool> held_{false};
    std::atomic<std::size_t> calls_{0};
    std::optional<Error> error_;
    std::atomic<std::size_t> fails_at_{0};
    Error error_then_;
    std::optional<Finding> finding_;
    int status_ = 422;
    std::vector<Submission> accepted_;
    std::vector<Refusal> refused_;
    std::map<std::string, std::pair<std::string, Verdict>> by_key_;
    IdSource ids_;
};

}  // namespace causeway::test
