#include "net/body_budget.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace causeway::net {

namespace asio = boost::asio;

namespace {

/// How often who waits looks whether somebody does not use what he was granted.
constexpr auto kLookAgain = std::chrono::seconds(1);

constexpr std::size_t round_up(std::size_t size, std::size_t step) {
    return (size + step - 1) / step * step;
}

}  // namespace

struct BodyBudget::Waiter {
    explicit Waiter(const asio::any_io_executor& executor) : timer(executor) {}
    asio::steady_timer timer;
};

BodyBudget::BodyBudget(std::size_t most, metrics::Registry& metrics, const std::string& direction)
    : most_(most),
      bytes_(metrics.gauge("causeway_body_bytes", "Memory for large messages on their way in or out (body_memory).",
                           {{"direction", direction}})),
      line_(metrics.gauge("causeway_body_waiting", "Large messages that wait for such memory.",
                          {{"direction", direction}})),
      waited_(metrics.counter("causeway_body_waits_total", "How often a large message had to wait for it.",
                              {{"direction", direction}})) {
}

void BodyBudget::set_most(std::size_t most) {
    const std::lock_guard lock(mutex_);
    most_ = most;
    serve(std::chrono::steady_clock::now());
}

bool BodyBudget::fits(const Body& body) const {
    return (held_ + body.wanted - body.granted) * kWeight <= most_;
}

void BodyBudget::grant(Body& body, Time now) {
    held_ += body.wanted - body.granted;
    body.granted = std::exchange(body.wanted, 0);
    body.since = now;
}

void BodyBudget::enter_line(Body& body) {
    ++waiting_;
    if (--moving_[body.group] == 0) moving_.erase(body.group);
}

void BodyBudget::leave_line(Body& body) {
    --waiting_;
    ++moving_[body.group];
}

void BodyBudget::forget(Bodies::iterator body) {
    if (body->second.wanted > 0) leave_line(body->second);
    held_ -= body->second.granted;
    if (--moving_[body->second.group] == 0) moving_.erase(body->second.group);
    bodies_.erase(body);
}

/// Nobody is passed over: where there is no room for the oldest, younger ones wait too, but for the first of a group of
/// which nobody moves.
void BodyBudget::serve(Time now) {
    bool room = true;
    for (auto at = bodies_.begin(); waiting_ > 0 && at != bodies_.end(); ++at) {
        auto& body = at->second;
        if (body.wanted == 0) continue;
        room = room && fits(body);
        if (!room && moving_.contains(body.group)) continue;
        grant(body, now);
        leave_line(body);
        const auto waiter = std::exchange(body.waiter, nullptr);
        if (waiter) asio::post(waiter->timer.get_executor(), [waiter] { waiter->timer.cancel(); });
    }
    show();
}

void BodyBudget::take_back_unused(Time now) {
    for (auto& [age, body] : bodies_) {
        if (body.wanted > 0 || body.granted <= body.size || now - body.since < kUnused) continue;
        held_ -= body.granted - body.size;
        body.granted = body.size;
        body.slow = true;
    }
}

void BodyBudget::show() {
    bytes_.set(static_cast<std::int64_t>(held_ * kWeight));
    line_.set(static_cast<std::int64_t>(waiting_));
}

/// As much as its sender is likely to need; bit by bit where it was slow, or is beyond that.
std::size_t BodyBudget::Share::ahead(std::size_t size, const Body& body) const {
    if (body.slow) return round_up(size, kStep);
    const auto likely = std::min(round_up(expected_, kStep), kUsual);
    return size <= likely ? likely : round_up(size, kUsual);
}

void BodyBudget::Share::begin() {
    body_ = budget_->bodies_.try_emplace(budget_->next_++).first;
    body_->second.group = group_;
    ++budget_->moving_[group_];
}

bool BodyBudget::Share::take(std::size_t size) {
    if (!budget_ || size <= kFree) return true;
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(budget_->mutex_);
    if (!std::exchange(holds_, true)) begin();
    auto& body = body_->second;
    body.size = std::max(body.size, size);
    if (size <= body.granted) return true;
    body.wanted = ahead(size, body);
    if (budget_->waiting_ == 0 && budget_->fits(body)) {
        budget_->grant(body, now);
        budget_->show();
        return true;
    }
    budget_->enter_line(body);
    budget_->waited_.add();
    budget_->serve(now);
    return body.wanted == 0;
}

bool BodyBudget::Share::is_granted() {
    const auto now = std::chrono::steady_clock::now();
    const std::lock_guard lock(budget_->mutex_);
    if (body_->second.wanted == 0) return true;
    budget_->take_back_unused(now);
    budget_->serve(now);
    return body_->second.wanted == 0;
}

Async<void> BodyBudget::Share::wait() {
    const auto waiter = std::make_shared<Waiter>(co_await asio::this_coro::executor);
    while (!is_granted()) {
        waiter->timer.expires_after(kLookAgain);
        {
            const std::lock_guard lock(budget_->mutex_);
            if (body_->second.wanted == 0) break;
            body_->second.waiter = waiter;
        }
        co_await waiter->timer.async_wait(asio::as_tuple(asio::use_awaitable));
        const auto state = co_await asio::this_coro::cancellation_state;
        if (state.cancelled() != asio::cancellation_type::none)
            co_return fail(Issue::transient, "", "This side closed the connection.", Retry::later);
    }
    co_return Result<void>();
}

void BodyBudget::Share::finish(std::size_t size) {
    // The next one of this connection is likely to be like this one, or like those before it.
    expected_ = std::max(size, expected_ / 2);
    if (!holds_) return;
    const std::lock_guard lock(budget_->mutex_);
    auto& body = body_->second;
    if (size < body.granted) budget_->held_ -= body.granted - size;
    body.granted = std::min(body.granted, size);
    body.size = body.granted;
    budget_->serve(std::chrono::steady_clock::now());
}

void BodyBudget::Share::give_back() {
    if (!std::exchange(holds_, false)) return;
    const std::lock_guard lock(budget_->mutex_);
    budget_->forget(body_);
    budget_->serve(std::chrono::steady_clock::now());
}

}  // namespace causeway::net
