#pragma once
/// An io_context that runs on threads of its own, so that a test can stay outside and block.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <chrono>
#include <functional>
#include <future>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace causeway::test {

class Background {
public:
    explicit Background(std::size_t threads = 2) : guard_(boost::asio::make_work_guard(context_)) {
        for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { context_.run(); });
    }
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;
    ~Background() { join(); }

    boost::asio::any_io_executor executor() { return context_.get_executor(); }

    /// Starts `work`; its result comes through the future.
    template <class T>
    std::future<T> start(boost::asio::awaitable<T> work) {
        return boost::asio::co_spawn(context_, std::move(work), boost::asio::use_future);
    }

    /// Runs `work` to its end; throws where it does not end within `limit`.
    template <class T>
    T run(boost::asio::awaitable<T> work, std::chrono::seconds limit = std::chrono::seconds(120)) {
        auto future = start(std::move(work));
        if (future.wait_for(limit) != std::future_status::ready)
            throw std::runtime_error("the coroutine did not end in time");
        return future.get();
    }

private:
    void join() {
        guard_.reset();
        context_.stop();
        for (auto& thread : threads_) thread.join();
    }

    boost::asio::io_context context_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_;
    std::vector<std::thread> threads_;
};

/// Waits until `condition` holds; false after `limit`.
inline bool eventually(const std::function<bool()>& condition,
                       std::chrono::milliseconds limit = std::chrono::seconds(60)) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return true;
}

}  // namespace causeway::test
