#include "pipeline/clock_watch.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "core/log.hpp"
#include "core/text.hpp"

namespace causeway::pipeline {

namespace asio = boost::asio;

namespace {

EventDraft event_of(const PathwayClock& clock, std::string kind, const std::string& more) {
    EventDraft draft;
    draft.kind = std::move(kind);
    draft.message = clock.message;
    draft.actor = "engine";
    draft.detail = "{\"clock\":\"" + json_escape(clock.name) + "\",\"rule\":\"" + json_escape(clock.rule) +
                   "\",\"owner\":\"" + json_escape(clock.owner) + "\"" + more + "}";
    return draft;
}

/// The timer counts the time that the machine is awake; the wall clock may be put forward meanwhile.
constexpr Duration kLongestSleep = std::chrono::seconds(10);

/// The ledger has stopped when it cannot write: the restart finds the clock running and comes here again.
void ignore(const Result<void>&) {
}

}  // namespace

ClockWatch::ClockWatch(asio::any_io_executor pool, MessageStore& store, const Clock& clock, metrics::Registry& registry)
    : strand_(asio::make_strand(pool)),
      timer_(strand_),
      store_(store),
      clock_(clock),
      warned_(registry.counter("causeway_clock_warnings_total", "Promises that came near their end.")),
      breached_(registry.counter("causeway_clock_breaches_total", "Promises that were not kept in time.")) {
}

void ClockWatch::add(PathwayClock clock) {
    asio::post(strand_, [this, clock = std::move(clock)] {
        if (clock.state == PathwayClock::State::stopped || clock.state == PathwayClock::State::breached) return;
        moments_.emplace(next_moment(clock), clock.id);
        clocks_.emplace(clock.id, clock);
        arm();
    });
}

Instant ClockWatch::next_moment(const PathwayClock& clock) const {
    return clock.state == PathwayClock::State::running ? std::min(clock.warn_at, clock.breach_at) : clock.breach_at;
}

void ClockWatch::stop(const PathwayClock& clock, Id message) {
    auto event = event_of(clock, "clock.stopped", ",\"by\":\"" + message.text() + "\"");
    store_.move_clock(clock.id, PathwayClock::State::stopped, std::move(event), ignore);
    asio::post(strand_, [this, id = clock.id] {
        const auto found = clocks_.find(id);
        if (found == clocks_.end()) return;
        moments_.erase({next_moment(found->second), id});
        clocks_.erase(found);
    });
}

void ClockWatch::close() {
    asio::post(strand_, [this] {
        closed_ = true;
        moments_.clear();
        timer_.cancel();
    });
}

void ClockWatch::arm() {
    // What is processed during a stop still adds clocks: a timer for them would keep the process alive for days.
    if (closed_ || moments_.empty()) return;
    timer_.expires_after(std::clamp(moments_.begin()->first - clock_.now(), Duration{}, kLongestSleep));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) on_timer();
    });
}

void ClockWatch::on_timer() {
    while (!moments_.empty() && moments_.begin()->first <= clock_.now()) {
        const auto found = clocks_.find(moments_.begin()->second);
        moments_.erase(moments_.begin());
        if (found == clocks_.end()) continue;
        move(found->second);
        if (found->second.state == PathwayClock::State::breached)
            clocks_.erase(found);
        else
            moments_.emplace(next_moment(found->second), found->first);
    }
    arm();
}

void ClockWatch::move(PathwayClock& clock) {
    const bool broken = clock.breach_at <= clock_.now();
    clock.state = broken ? PathwayClock::State::breached : PathwayClock::State::warned;
    (broken ? breached_ : warned_).add();
    if (broken)
        log::warning("clock.breached",
                     {{"clock", clock.name}, {"message", clock.message.text()}, {"owner", clock.owner}});
    auto event = event_of(clock, broken ? "clock.breached" : "clock.warned", "");
    store_.move_clock(clock.id, clock.state, std::move(event), ignore);
}

}  // namespace causeway::pipeline
