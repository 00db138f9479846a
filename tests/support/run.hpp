#pragma once
/// Runs coroutines to their end inside a test.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace causeway::test {

/// Runs `work` on `context` and gives what it returns; an exception comes out. Throws where nothing came within
/// `limit`, so that a coroutine that hangs fails its test. What else runs on the context stops with it, and goes on
/// with the next call.
template <class T>
T run(boost::asio::io_context& context, boost::asio::awaitable<T> work,
      std::chrono::seconds limit = std::chrono::seconds(60)) {
    struct State {
        std::optional<std::conditional_t<std::is_void_v<T>, bool, T>> result;
        std::exception_ptr thrown;
        bool done = false;
    };
    const auto state = std::make_shared<State>();  // Outlives a coroutine that is given up.
    const auto finish = [&context, state](std::exception_ptr e) {
        state->thrown = e;
        state->done = true;
        context.stop();
    };
    context.restart();
    if constexpr (std::is_void_v<T>) {
        boost::asio::co_spawn(context, std::move(work), finish);
    } else {
        boost::asio::co_spawn(context, std::move(work), [state, finish](std::exception_ptr e, T value) {
            if (!e) state->result.emplace(std::move(value));
            finish(e);
        });
    }
    context.run_for(limit);
    if (state->thrown) std::rethrow_exception(state->thrown);
    if (!state->done) throw std::runtime_error("the coroutine did not end in time");
    if constexpr (!std::is_void_v<T>) return std::move(*state->result);
}

/// The same on a context of its own.
template <class T>
T run(boost::asio::awaitable<T> work, std::chrono::seconds limit = std::chrono::seconds(60)) {
    boost::asio::io_context context;
    return run(context, std::move(work), limit);
}

/// Suspends for a while: `co_await test::pause(20ms)`.
inline boost::asio::awaitable<void> pause(std::chrono::milliseconds time) {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, time);
    co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace causeway::test
