#include "pipeline/dispatcher.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <typeinfo>
#include <utility>

#include "core/log.hpp"
#include "core/text.hpp"
#include "pipeline/intake.hpp"

namespace causeway::pipeline {

namespace asio = boost::asio;

namespace {

/// Lanes are kept by hash: two that collide only wait for each other.
std::vector<std::uint64_t> lane_hashes(const std::string& lane) {
    std::vector<std::uint64_t> hashes;
    for (const auto part : split(lane, kLaneSeparator)) {
        const auto hash = static_cast<std::uint64_t>(std::hash<std::string_view>{}(part));
        if (std::find(hashes.begin(), hashes.end(), hash) == hashes.end()) hashes.push_back(hash);
    }
    return hashes;
}

/// The timer counts the time that the machine is awake; the wall clock may be put forward meanwhile.
constexpr Duration kLongestSleep = std::chrono::seconds(10);

}  // namespace

Dispatcher::Dispatcher(asio::any_io_executor pool, const Clock& clock, Run run, Limit limit)
    : pool_(pool),
      strand_(asio::make_strand(pool)),
      timer_(strand_),
      idle_(strand_),
      clock_(clock),
      run_(std::move(run)),
      limit_(std::move(limit)) {
}

void Dispatcher::add(Pending pending) {
    asio::post(strand_, [this, pending = std::move(pending)]() mutable { add_here(std::move(pending)); });
}

void Dispatcher::add(std::vector<Pending> all) {
    asio::post(strand_, [this, all = std::move(all)] {
        for (const auto& pending : all) insert(pending);
        for (const auto& pending : all) look(pending.id.value);
    });
}

void Dispatcher::add_here(Pending pending) {
    const auto id = pending.id.value;
    insert(std::move(pending));
    look(id);
}

void Dispatcher::insert(Pending pending) {
    const auto id = pending.id.value;
    if (entries_.contains(id)) return;
    Entry entry{std::move(pending.slot), lane_hashes(pending.lane), pending.priority, pending.due};
    entry.held = pending.held;
    for (const auto lane : entry.lanes) {
        auto& queue = lanes_[lane];
        // Commits may be told of out of order; ids keep the order of acceptance.
        const auto at = queue.insert(std::upper_bound(queue.begin(), queue.end(), id), id);
        if (at + 1 != queue.end()) entry.priority = std::max(entry.priority, entries_.at(*(at + 1)).priority);
    }
    const auto& added = entries_.emplace(id, std::move(entry)).first->second;
    raise_before(id, added.priority, added.lanes);
}

/// What stands before an urgent one in its lane becomes as urgent: it is in the way. What stands before one that is
/// urgent already was raised before, so the walk ends there.
void Dispatcher::raise_before(std::int64_t id, Priority priority, const std::vector<std::uint64_t>& lanes) {
    if (priority == Priority::routine) return;
    for (const auto lane : lanes) {
        const auto& queue = lanes_[lane];
        for (auto at = std::lower_bound(queue.begin(), queue.end(), id); at != queue.begin();) {
            --at;
            auto& entry = entries_.at(*at);
            if (entry.priority >= priority) break;
            raise(*at, entry, priority);
        }
    }
}

void Dispatcher::raise(std::int64_t id, Entry& entry, Priority priority) {
    const bool was_ready = entry.ready;
    if (was_ready) unready(id, entry);
    entry.priority = priority;
    if (was_ready) make_ready(id, entry);
}

bool Dispatcher::is_head(std::int64_t id, const Entry& entry) const {
    return std::all_of(entry.lanes.begin(), entry.lanes.end(),
                       [&](std::uint64_t lane) { return lanes_.at(lane).front() == id; });
}

/// Is it this one's turn? Then it is ready, or waits for its time.
void Dispatcher::look(std::int64_t id) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    auto& entry = found->second;
    if (entry.held || entry.running || entry.ready || !is_head(id, entry)) return;
    const auto now = this->now();
    if (entry.due > now) {
        timed_.emplace(entry.due, id);
        return arm();
    }
    make_ready(id, entry);
    fill(entry.slot);
}

void Dispatcher::make_ready(std::int64_t id, Entry& entry) {
    entry.ready = true;
    slots_[entry.slot].ready.emplace(-static_cast<int>(entry.priority), id);
}

void Dispatcher::unready(std::int64_t id, Entry& entry) {
    entry.ready = false;
    slots_[entry.slot].ready.erase({-static_cast<int>(entry.priority), id});
}

void Dispatcher::fill(const std::string& slot_name) {
    auto& slot = slots_[slot_name];
    if (slot.ready.empty() || stopping_) return;
    const auto limit = limit_(slot_name);
    while (!slot.ready.empty() && slot.running < limit) {
        const auto id = slot.ready.begin()->second;
        auto& entry = entries_.at(id);
        unready(id, entry);
        start(id, entry);
    }
}

void Dispatcher::start(std::int64_t id, Entry& entry) {
    entry.running = true;
    ++slots_[entry.slot].running;
    ++running_;
    asio::co_spawn(pool_, run_one(id), asio::detached);
}

asio::awaitable<void> Dispatcher::run_one(std::int64_t id) {
    Next next{Next::Kind::held, {}};
    try {
        next = co_await run_(Id{id});
    } catch (const std::exception& thrown) {
        // A mistake in the program. Nobody knows how far it came, so nothing may overtake it; a restart settles it.
        log::error("run.threw", {{"obligation", Id{id}.text()}, {"what", typeid(thrown).name()}});
    }
    asio::post(strand_, [this, id, next] { finish(id, next); });
}

void Dispatcher::finish(std::int64_t id, Next next) {
    --running_;
    // The one who waits for it goes on after this handler has left the strand.
    if (stopping_ && running_ == 0) idle_.cancel();
    const auto found = entries_.find(id);
    if (found == entries_.end()) return;
    auto& entry = found->second;
    const auto slot = entry.slot;
    entry.running = false;
    --slots_[slot].running;
    if (const auto due = std::exchange(entry.released, {})) next = {Next::Kind::again, *due};
    if (entry.dropped || next.kind == Next::Kind::done) {
        leave(found);
    } else {
        entry.held = next.kind == Next::Kind::held;
        entry.due = next.due;
        look(id);
    }
    fill(slot);
}

/// It is over: whoever is next in its lanes may have its turn.
void Dispatcher::leave(Entries::iterator found) {
    const auto id = found->first;
    const auto lanes = std::move(found->second.lanes);
    timed_.erase({found->second.due, id});
    entries_.erase(found);
    for (const auto lane : lanes) {
        const auto queue = lanes_.find(lane);
        std::erase(queue->second, id);
        if (queue->second.empty())
            lanes_.erase(queue);
        else
            look(queue->second.front());
    }
}

void Dispatcher::hold(Id id) {
    asio::post(strand_, [this, id] {
        const auto found = entries_.find(id.value);
        if (found == entries_.end() || found->second.running) return;
        if (found->second.ready) unready(id.value, found->second);
        timed_.erase({found->second.due, id.value});
        found->second.held = true;
    });
}

void Dispatcher::release(Id id, Instant due) {
    asio::post(strand_, [this, id, due] {
        const auto found = entries_.find(id.value);
        if (found == entries_.end()) return;
        if (found->second.running) {
            // The run that held it has not told us yet; told in this order its lane would stand still.
            found->second.released = due;
            return;
        }
        found->second.held = false;
        found->second.due = due;
        look(id.value);
    });
}

void Dispatcher::drop(Id id) {
    asio::post(strand_, [this, id] {
        const auto found = entries_.find(id.value);
        if (found == entries_.end()) return;
        if (found->second.running) {
            found->second.dropped = true;
            return;
        }
        if (found->second.ready) unready(id.value, found->second);
        leave(found);
    });
}

void Dispatcher::refresh() {
    asio::post(strand_, [this] {
        for (const auto& [name, slot] : slots_)
            if (!slot.ready.empty()) fill(name);
    });
}

/// Pauses are moments of the wall clock. When that is put back they move with it, else a pause of a second would last
/// for as long as the clock went back. The wait for a business answer is no pause: it ends at its moment.
Instant Dispatcher::now() {
    const auto now = clock_.now();
    const auto before = std::exchange(last_now_, now);
    if (now < before) put_back(before - now);
    return now;
}

void Dispatcher::put_back(Duration by) {
    std::set<std::pair<Instant, std::int64_t>> moved;
    for (const auto& [due, id] : timed_) {
        const auto entry = entries_.find(id);
        if (entry == entries_.end()) continue;
        if (entry->second.slot != "answer") entry->second.due -= by;
        moved.emplace(entry->second.due, id);
    }
    timed_ = std::move(moved);
}

void Dispatcher::arm() {
    // A timer that waits would keep a process that stops alive.
    if (stopping_ || timed_.empty() || timed_.begin()->first >= armed_for_) return;
    armed_for_ = timed_.begin()->first;
    timer_.expires_after(std::clamp(armed_for_ - last_now_, Duration{}, kLongestSleep));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) on_timer();
    });
}

void Dispatcher::on_timer() {
    armed_for_ = Instant::max();
    const auto now = this->now();
    while (!timed_.empty() && timed_.begin()->first <= now) {
        const auto id = timed_.begin()->second;
        timed_.erase(timed_.begin());
        look(id);
    }
    arm();
}

asio::awaitable<void> Dispatcher::stop(Duration deadline) {
    co_await asio::co_spawn(strand_, stop_here(deadline), asio::use_awaitable);
}

asio::awaitable<void> Dispatcher::stop_here(Duration deadline) {
    stopping_ = true;
    timer_.cancel();
    if (running_ == 0) co_return;
    idle_.expires_after(deadline);
    boost::system::error_code ended;
    co_await idle_.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    if (running_ > 0) log::warning("stop.deadline", {{"running", running_}});
}

}  // namespace causeway::pipeline
