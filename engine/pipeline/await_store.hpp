#pragma once
/// Waits in a coroutine for a completion of the ledger.

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>

#include "adapter.hpp"
#include "store/message_store.hpp"

namespace causeway::pipeline {

/// Hands a Completion to `start` and resumes on the coroutine's own executor with what the ledger says.
template <class T>
Async<T> await_store(std::function<void(Completion<T>)> start) {
    namespace asio = boost::asio;
    auto executor = co_await asio::this_coro::executor;
    auto begin = [executor](auto handler, std::function<void(Completion<T>)> run) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        run([shared, executor](Result<T> result) {
            asio::post(executor,
                       [shared, result = std::move(result)]() mutable { std::move (*shared)(std::move(result)); });
        });
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(Result<T>)>(begin, asio::use_awaitable,
                                                                                            std::move(start));
}

}  // namespace causeway::pipeline
