#pragma once
/// Waits in a coroutine for a completion of the ledger.

#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "adapter.hpp"
#include "pipeline/wakeups.hpp"
#include "store/message_store.hpp"

namespace causeway::pipeline {

/// Where the coroutine and the completion meet, whichever comes first.
template <class T>
class StoreAnswer {
public:
    /// From the completion.
    void set(Result<T> result) {
        const std::lock_guard lock(mutex_);
        result_.emplace(std::move(result));
        if (waiting_) resume();
    }
    bool is_there() {
        const std::lock_guard lock(mutex_);
        return result_.has_value();
    }
    Result<T> take() { return *std::move(result_); }
    /// What goes on when it is there, on this executor.
    void then(const boost::asio::any_io_executor& executor, std::unique_ptr<Wakeups::Resumption> resumption) {
        const std::lock_guard lock(mutex_);
        executor_ = executor;
        waiting_ = std::move(resumption);
        if (result_) resume();
    }

private:
    void resume() { Wakeups::of(executor_).push(executor_, std::move(waiting_)); }

    std::mutex mutex_;
    std::optional<Result<T>> result_;
    boost::asio::any_io_executor executor_;
    std::unique_ptr<Wakeups::Resumption> waiting_;
};

/// Hands a Completion to `start` and goes on, on the coroutine's own executor, with what the ledger says. Where the
/// caller's thread has committed itself the answer is there at once, and nothing waits.
template <class T>
Async<T> await_store(std::function<void(Completion<T>)> start) {
    namespace asio = boost::asio;
    const auto answer = std::make_shared<StoreAnswer<T>>();
    start([answer](Result<T> result) { answer->set(std::move(result)); });
    if (answer->is_there()) co_return answer->take();
    const auto executor = co_await asio::this_coro::executor;
    auto begin = [executor, answer](auto handler) {
        using Handler = decltype(handler);
        struct Waiting final : Wakeups::Resumption {
            explicit Waiting(Handler to_resume) : handler(std::move(to_resume)) {}
            void run() override { std::move(handler)(); }
            Handler handler;
        };
        answer->then(executor, std::make_unique<Waiting>(std::move(handler)));
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(begin, asio::use_awaitable);
    co_return answer->take();
}

}  // namespace causeway::pipeline
