#include "pipeline/wakeups.hpp"

#include <algorithm>
#include <boost/asio/defer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <iterator>
#include <utility>

namespace causeway::pipeline {

namespace asio = boost::asio;

namespace {

/// Any thread of the context may hand out what waits.
asio::any_io_executor without_strand(const asio::any_io_executor& executor) {
    const auto* strand = executor.target<asio::strand<asio::any_io_executor>>();
    return strand ? strand->get_inner_executor() : executor;
}

/// So many are resumed by one thread: few enough that the others have their part, enough that handing them over costs
/// little.
constexpr std::ptrdiff_t kTogether = 16;

}  // namespace

asio::execution_context::id Wakeups::id;

Wakeups& Wakeups::of(const asio::any_io_executor& executor) {
    return asio::use_service<Wakeups>(asio::query(executor, asio::execution::context));
}

void Wakeups::push(asio::any_io_executor executor, std::unique_ptr<Resumption> resumption) {
    const auto any = without_strand(executor);
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back({std::move(executor), std::move(resumption)});
        if (std::exchange(posted_, true)) return;
    }
    // Deferred: where a thread of the context has committed, it goes on itself.
    asio::defer(any, [this] { drain(); });
}

/// The first ones run here, the others on whichever thread of the context is free.
void Wakeups::drain() {
    std::vector<Waiting> taken;
    {
        const std::lock_guard lock(mutex_);
        taken.swap(waiting_);
        posted_ = false;
    }
    const auto count = std::ssize(taken);
    for (auto at = kTogether; at < count; at += kTogether) {
        const auto from = std::make_move_iterator(taken.begin() + at);
        const auto to = std::make_move_iterator(taken.begin() + std::min(at + kTogether, count));
        std::vector<Waiting> some(from, to);
        const auto any = without_strand(some.front().executor);
        asio::post(any, [some = std::move(some)]() mutable { resume(some); });
    }
    taken.erase(taken.begin() + std::min(kTogether, count), taken.end());
    resume(taken);
}

void Wakeups::resume(std::vector<Waiting>& some) {
    for (auto& one : some)
        asio::dispatch(one.executor, [resumption = std::move(one.resumption)] { resumption->run(); });
}

void Wakeups::shutdown() {
    const std::lock_guard lock(mutex_);
    waiting_.clear();
}

}  // namespace causeway::pipeline
