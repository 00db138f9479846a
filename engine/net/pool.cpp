#include "net/pool.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <list>
#include <map>
#include <numeric>
#include <set>
#include <utility>

namespace causeway::net {

namespace asio = boost::asio;
using SteadyTime = std::chrono::steady_clock::time_point;

namespace {

constexpr auto kSettle = std::chrono::milliseconds(500);  // For attempts to end after their connection was aborted.

struct Waiter {
    Waiter(const asio::any_io_executor& strand, std::string wants) : timer(strand), key(std::move(wants)) {}
    asio::steady_timer timer;
    const std::string key;
    bool granted = false;
};

struct Idle {
    std::string key;
    StreamPtr stream;
    SteadyTime since;
};

Error busy() {
    return fail(Issue::transient, "",
                "All connections to this destination are in use; more are set by \"connections\".", Retry::later);
}

Error stopped() {
    return fail(Issue::transient, "", "This destination is stopping; the message stays queued.", Retry::later);
}

}  // namespace

struct PoolState {
    PoolState(asio::any_io_executor executor, PoolOptions with) : strand(std::move(executor)), options(with) {}

    asio::any_io_executor strand;
    PoolOptions options;
    std::map<std::string, std::size_t> used;  ///< By endpoint: one that hangs takes no connection from another.
    bool stopping = false;
    std::deque<std::shared_ptr<Waiter>> waiters;
    std::list<Idle> idle;  ///< Oldest first.
    std::set<Stream*> active;

    Async<void> slot(std::string key);
    void release(const std::string& key);
    std::size_t in_use() const;
    StreamPtr reuse(const std::string& key);
    void store(std::string key, StreamPtr stream);
};

/// Waits for the right to one connection, in the order of asking.
Async<void> PoolState::slot(std::string key) {
    if (stopping) co_return stopped();
    if (used[key] < options.connections) {
        ++used[key];
        co_return Result<void>();
    }
    const auto waiter = std::make_shared<Waiter>(strand, std::move(key));
    waiters.push_back(waiter);
    waiter->timer.expires_after(options.wait_limit);
    co_await waiter->timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (waiter->granted) co_return Result<void>();
    std::erase(waiters, waiter);
    co_return stopping ? stopped() : busy();
}

/// Gives the slot to the next that waits for this endpoint.
void PoolState::release(const std::string& key) {
    const auto next = std::find_if(waiters.begin(), waiters.end(), [&](const auto& one) { return one->key == key; });
    if (next == waiters.end() || stopping) {
        if (--used[key] == 0) used.erase(key);
        return;
    }
    const auto waiter = *next;
    waiters.erase(next);
    waiter->granted = true;
    waiter->timer.cancel();
}

std::size_t PoolState::in_use() const {
    return std::accumulate(used.begin(), used.end(), std::size_t{0},
                           [](auto sum, const auto& one) { return sum + one.second; });
}

StreamPtr PoolState::reuse(const std::string& key) {
    const auto now = std::chrono::steady_clock::now();
    for (auto at = idle.begin(); at != idle.end();) {
        const bool old = options.idle_limit > Duration::zero() && now - at->since > options.idle_limit;
        const bool wanted = at->key == key;
        if (!old && !wanted) {
            ++at;
            continue;
        }
        auto stream = std::move(at->stream);
        at = idle.erase(at);
        if (!old && !stream->is_stale()) return stream;
    }
    return nullptr;
}

void PoolState::store(std::string key, StreamPtr stream) {
    if (stopping) return;
    const auto same = std::count_if(idle.begin(), idle.end(), [&](const Idle& one) { return one.key == key; });
    if (static_cast<std::size_t>(same) >= options.connections) return;
    idle.push_back({std::move(key), std::move(stream), std::chrono::steady_clock::now()});
}

Pool::Lease& Pool::Lease::operator=(Lease&& other) noexcept {
    if (this == &other) return *this;
    end();
    state_ = std::move(other.state_);
    key_ = std::move(other.key_);
    stream_ = std::move(other.stream_);
    return *this;
}

void Pool::Lease::keep() {
    if (!state_ || !stream_) return;
    state_->active.erase(stream_.get());
    state_->store(key_, std::move(stream_));
    end();
}

void Pool::Lease::end() {
    const auto state = std::exchange(state_, nullptr);
    if (!state) return;
    state->active.erase(stream_.get());
    stream_.reset();
    state->release(key_);
}

Pool::Pool(asio::any_io_executor strand, PoolOptions options)
    : state_(std::make_shared<PoolState>(std::move(strand), options)) {
}

Pool::~Pool() {
    state_->stopping = true;
}

Async<Pool::Lease> Pool::take(Endpoint endpoint) {
    const auto state = state_;
    const auto key = (endpoint.tls ? "tls:" : "tcp:") + endpoint.host + ":" + endpoint.port;
    if (auto slot = co_await state->slot(key); !slot) co_return slot.error();
    Lease lease;
    lease.state_ = state;
    lease.key_ = key;
    lease.stream_ = state->reuse(lease.key_);
    if (!lease.stream_) {
        auto connected = co_await connect(state->strand, std::move(endpoint.host), std::move(endpoint.port),
                                          std::move(endpoint.tls), state->options.connect_limit);
        if (!connected) co_return connected.error();
        lease.stream_ = std::move(connected.value());
    }
    if (state->stopping) co_return stopped();
    state->active.insert(lease.stream_.get());
    co_return lease;
}

std::size_t Pool::in_use() const noexcept {
    return state_->in_use();
}

asio::awaitable<void> Pool::stop(Duration deadline) {
    const auto state = state_;
    state->stopping = true;
    state->idle.clear();
    for (const auto& waiter : state->waiters) waiter->timer.cancel();
    const auto until = std::chrono::steady_clock::now() + deadline;
    asio::steady_timer timer(state->strand);
    const auto wait_until = [&](SteadyTime end) {
        return state->in_use() > 0 && std::chrono::steady_clock::now() < end;
    };
    while (wait_until(until)) {
        timer.expires_after(std::chrono::milliseconds(5));
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    for (auto* stream : state->active) stream->abort();
    while (wait_until(until + kSettle)) {
        timer.expires_after(std::chrono::milliseconds(5));
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

}  // namespace causeway::net
