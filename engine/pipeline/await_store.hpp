#pragma once
/// Waits in a coroutine for a completion of the ledger.

#include <boost/asio/async_result.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "adapter.hpp"
#include "pipeline/wakeups.hpp"
#include "store/message_store.hpp"

namespace causeway::pipeline {

/// Hands a Completion to `start` and resumes on the coroutine's own executor with what the ledger says.
template <class T>
Async<T> await_store(std::function<void(Completion<T>)> start) {
    namespace asio = boost::asio;
    auto executor = co_await asio::this_coro::executor;
    auto begin = [executor](auto handler, std::function<void(Completion<T>)> run) {
        using Handler = decltype(handler);
        struct Waiting final : Wakeups::Resumption {
            explicit Waiting(Handler to_resume) : handler(std::move(to_resume)) {}
            void run() override { std::move(handler)(std::move(*result)); }
            Handler handler;
            std::optional<Result<T>> result;
        };
        // A std::function must be copyable; the completion is called once, and then the last copy gives it away.
        auto waiting = std::make_shared<std::unique_ptr<Waiting>>(std::make_unique<Waiting>(std::move(handler)));
        run([waiting, executor, &wakeups = Wakeups::of(executor)](Result<T> result) {
            (*waiting)->result.emplace(std::move(result));
            wakeups.push(executor, std::move(*waiting));
        });
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<T>)>(begin, asio::use_awaitable,
                                                                                            std::move(start));
}

}  // namespace causeway::pipeline
