#pragma once
/// A listener with scripted sessions, and clients for it.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "net/listener.hpp"
#include "net/stream.hpp"
#include "support/result.hpp"
#include "support/run.hpp"

namespace causeway::test {

using namespace std::chrono_literals;
using boost::asio::awaitable;

inline constexpr Duration kPatience = 10s;

/// Reads until the peer ends, or `size` bytes are there.
inline awaitable<std::string> read_all(net::Stream& stream, std::size_t size = SIZE_MAX, Duration limit = kPatience) {
    std::string all;
    while (all.size() < size) {
        char buffer[4096];
        const std::span<char> space(buffer, sizeof buffer);
        auto got = co_await stream.read_some(space, limit);
        if (!got || got.value() == 0) break;
        all.append(buffer, got.value());
    }
    co_return all;
}

/// Sends back what comes until the peer or the listener ends it.
inline awaitable<void> echo(net::StreamPtr stream, const std::atomic<bool>& stopping) {
    while (!stopping) {
        char buffer[4096];
        const std::span<char> space(buffer, sizeof buffer);
        auto got = co_await stream->read_some(space, 30s);
        if (!got || got.value() == 0) break;
        auto sent = co_await stream->write(std::string_view(buffer, got.value()), kPatience);
        if (!sent) break;
    }
    co_await stream->close();
}

/// Runs coroutines on two threads, as the engine does.
class ServerThreads {
public:
    ServerThreads() {
        for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { context_.run(); });
    }
    ServerThreads(const ServerThreads&) = delete;
    ServerThreads& operator=(const ServerThreads&) = delete;
    ~ServerThreads() {
        context_.stop();
        for (auto& thread : threads_) thread.join();
    }

    boost::asio::any_io_executor executor() { return context_.get_executor(); }
    /// Runs it here: a context that ends with its coroutine must not wait for what other contexts complete.
    void run(awaitable<void> work) { boost::asio::co_spawn(context_, std::move(work), boost::asio::use_future).get(); }

private:
    boost::asio::io_context context_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{context_.get_executor()};
    std::vector<std::thread> threads_;
};

/// A listener on a free port of 127.0.0.1, served by threads of its own, stopped at the end.
class Server {
public:
    explicit Server(net::Listener::Session session, net::ListenOptions options = {})
        : listener_(net::make_listener(threads_.executor(), std::move(options), std::move(session))),
          started_(listener_->start()) {
        if (!started_) throw std::runtime_error(to_string(started_.error()));
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server() { stop(0s); }

    void stop(Duration deadline) { threads_.run(listener_->stop(deadline)); }

    std::string port() const { return std::to_string(listener_->port()); }
    net::Listener& listener() { return *listener_; }

private:
    ServerThreads threads_;
    std::unique_ptr<net::Listener> listener_;
    Result<void> started_;
};

/// Connects from the coroutine's own executor.
inline awaitable<Result<net::StreamPtr>> connect_to(std::string port, net::TlsClientPtr tls = nullptr,
                                                    std::string host = "127.0.0.1") {
    auto executor = co_await boost::asio::this_coro::executor;
    auto stream = co_await net::connect(executor, host, port, tls, kPatience);
    co_return stream;
}

}  // namespace causeway::test
