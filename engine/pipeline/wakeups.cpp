#include "pipeline/wakeups.hpp"

#include <boost/asio/defer.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <utility>

namespace causeway::pipeline {

namespace asio = boost::asio;

namespace {

/// Any thread of the context may hand out what waits.
asio::any_io_executor without_strand(const asio::any_io_executor& executor) {
    const auto* strand = executor.target<asio::strand<asio::any_io_executor>>();
    return strand ? strand->get_inner_executor() : executor;
}

void post(const asio::any_io_executor& executor, std::unique_ptr<Wakeups::Resumption> resumption) {
    asio::post(executor, [resumption = std::move(resumption)] { resumption->run(); });
}

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

/// Posted once more each, from a thread of the context, so that the other threads take their part of them; the first
/// one runs here. They begin in their order.
void Wakeups::drain() {
    std::vector<Waiting> taken;
    {
        const std::lock_guard lock(mutex_);
        taken.swap(waiting_);
        posted_ = false;
    }
    if (taken.empty()) return;
    for (auto one = taken.begin() + 1; one != taken.end(); ++one) post(one->executor, std::move(one->resumption));
    auto& first = taken.front();
    asio::dispatch(first.executor, [resumption = std::move(first.resumption)] { resumption->run(); });
}

void Wakeups::shutdown() {
    const std::lock_guard lock(mutex_);
    waiting_.clear();
}

}  // namespace causeway::pipeline
