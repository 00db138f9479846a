#include "pipeline/intake_gate.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace causeway::pipeline {

namespace asio = boost::asio;

namespace {

constexpr auto kLookAgain = std::chrono::milliseconds(20);
constexpr auto kPatience = std::chrono::seconds(20);
constexpr int kApplicationError = 207;

}  // namespace

IntakeGate::IntakeGate(Backlog backlog, metrics::Registry& metrics)
    : backlog_(std::move(backlog)),
      waited_(metrics.counter("causeway_intake_slowed_total",
                              "Messages whose sender waited because processing was behind (slow_intake_at).")),
      refused_(metrics.counter("causeway_intake_throttled_total",
                               "Messages that were turned away because too much was waiting (refuse_intake_at).")) {
}

Async<void> IntakeGate::pass(Priority priority, IntakeLimits limits) const {
    if (backlog_.open() >= limits.refuse_at) {
        refused_.add();
        co_return fail(Issue::throttled, "", "Too much waits to be delivered; send again later.", Retry::later,
                       kApplicationError);
    }
    if (priority != Priority::routine || backlog_.unprocessed() < limits.slow_at) co_return Result<void>();
    waited_.add();
    co_return co_await wait(limits);
}

Async<void> IntakeGate::wait(IntakeLimits limits) const {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    asio::steady_timer timer(co_await asio::this_coro::executor);
    while (backlog_.unprocessed() >= limits.slow_at) {
        if (std::chrono::steady_clock::now() >= end) {
            refused_.add();
            co_return fail(Issue::throttled, "", "Too many messages wait to be processed; send again later.",
                           Retry::later, kApplicationError);
        }
        timer.expires_after(kLookAgain);
        boost::system::error_code ignored;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
    co_return Result<void>();
}

}  // namespace causeway::pipeline
