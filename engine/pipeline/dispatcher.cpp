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

constexpr std::string_view kAnswers = "answer";

/// LaneTable are kept by hash: two that collide only wait for each other.
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
constexpr auto kLookAgain = std::chrono::milliseconds(5);

std::size_t level(Priority priority) {
    return static_cast<std::size_t>(priority);
}

}  // namespace

Dispatcher::Dispatcher(asio::any_io_executor pool, const Clock& clock, Run run, Limit limit, Pace pace)
    : pool_(pool), clock_(clock), run_(std::move(run)), limit_(std::move(limit)), pace_(std::move(pace)), timer_(pool) {
}

template <class Change>
void Dispatcher::change(Change&& change) {
    Ids starting;
    {
        const std::lock_guard lock(mutex_);
        change();
        starting.swap(starting_);
        size_ = lanes_.size();
    }
    for (const auto id : starting)
        asio::post(pool_, [this, id] { asio::co_spawn(pool_, run_one(id), asio::detached); });
}

void Dispatcher::add(Pending pending) {
    change([&] {
        if (const auto added = insert(pending); added != LaneTable::kNone) look(added);
    });
}

void Dispatcher::add(std::vector<Pending> all) {
    change([&] {
        std::vector<Index> added;
        added.reserve(all.size());
        for (const auto& pending : all)
            if (const auto index = insert(pending); index != LaneTable::kNone) added.push_back(index);
        for (const auto index : added) look(index);
    });
}

void Dispatcher::begin_load(Id last, std::size_t expected) {
    change([&] {
        loading_up_to_ = last.value;
        lanes_.reserve(expected);
    });
}

void Dispatcher::end_load() {
    change([&] {
        loading_up_to_ = 0;
        for (const auto id : std::exchange(late_, {}))
            if (const auto index = lanes_.find(id); index != LaneTable::kNone) look(index);
    });
}

std::uint32_t Dispatcher::slot_of(const std::string& name) {
    const auto [known, added] = slot_by_name_.try_emplace(name, static_cast<std::uint32_t>(slots_.size()));
    if (added) slots_.emplace_back().name = name;
    return known->second;
}

Dispatcher::Index Dispatcher::insert(const Pending& pending) {
    const auto id = pending.id.value;
    if (id <= greatest_ && lanes_.find(id) != LaneTable::kNone) return LaneTable::kNone;
    greatest_ = std::max(greatest_, id);
    LaneTable::Item item;
    item.id = id;
    item.due = pending.due;
    item.slot = slot_of(pending.slot);
    item.priority = pending.priority;
    item.held = pending.held;
    const auto index = lanes_.insert(item, lane_hashes(pending.lane));
    if (pending.slot.empty()) ++unprocessed_;
    // Told of out of order, it may stand before something urgent.
    std::vector<Index> behind;
    lanes_.behind(index, behind);
    auto& added = lanes_.item(index);
    for (const auto next : behind) added.priority = std::max(added.priority, lanes_.item(next).priority);
    raise_before(index);
    return index;
}

/// What stands before an urgent one in its lane becomes as urgent: it is in the way. What stands before one that is
/// urgent already was raised before, so the walk ends there.
void Dispatcher::raise_before(Index index) {
    const auto priority = lanes_.item(index).priority;
    if (priority == Priority::routine) return;
    lanes_.before(index, [&](Index earlier) {
        auto& item = lanes_.item(earlier);
        if (item.priority >= priority) return false;
        item.priority = priority;
        if (item.ready) make_ready(earlier);
        return true;
    });
}

/// Is it this one's turn? Then it is ready, or waits for its time.
void Dispatcher::look(Index index) {
    auto& item = lanes_.item(index);
    if (item.held || item.running || item.ready || !lanes_.is_head(index)) return;
    if (loading_up_to_ != 0 && item.id > loading_up_to_) return late_.push_back(item.id);
    const auto now = this->now();
    if (item.due > now) {
        timed_.push_back({item.due, item.id});
        std::push_heap(timed_.begin(), timed_.end(), std::greater<>());
        return arm();
    }
    make_ready(index);
    fill(item.slot);
}

void Dispatcher::make_ready(Index index) {
    auto& item = lanes_.item(index);
    item.ready = true;
    auto& heap = slots_[item.slot].ready[level(item.priority)];
    heap.push_back(item.id);
    std::push_heap(heap.begin(), heap.end(), std::greater<>());
}

/// The most urgent, and of these the oldest; what is no longer ready, or became more urgent, is thrown away.
Dispatcher::Index Dispatcher::next_ready(Slot& slot) {
    for (auto heap = slot.ready.rbegin(); heap != slot.ready.rend(); ++heap) {
        const auto priority = static_cast<Priority>(std::distance(heap, slot.ready.rend()) - 1);
        while (!heap->empty()) {
            const auto index = lanes_.find(heap->front());
            if (index != LaneTable::kNone && lanes_.item(index).ready && lanes_.item(index).priority == priority)
                return index;
            std::pop_heap(heap->begin(), heap->end(), std::greater<>());
            heap->pop_back();
        }
    }
    return LaneTable::kNone;
}

void Dispatcher::fill(std::uint32_t slot_index) {
    auto& slot = slots_[slot_index];
    if (stopping_ || slot.paced) return;
    auto next = next_ready(slot);
    if (next == LaneTable::kNone) return;
    const auto limit = limit_(slot.name);
    while (next != LaneTable::kNone && slot.running < limit && may_start(slot_index)) {
        start(next);
        next = next_ready(slot);
    }
}

bool Dispatcher::may_start(std::uint32_t slot_index) {
    auto& slot = slots_[slot_index];
    if (!pace_ || slot.name.empty() || slot.name == kAnswers) return true;
    const auto wait = pace_(slot.name);
    if (wait <= Duration::zero()) return true;
    slot.paced = true;
    if (!slot.pace) slot.pace = std::make_unique<asio::steady_timer>(pool_);
    slot.pace->expires_after(wait);
    slot.pace->async_wait([this, slot_index](const boost::system::error_code& error) {
        if (error) return;
        change([&] {
            slots_[slot_index].paced = false;
            fill(slot_index);
        });
    });
    return false;
}

void Dispatcher::start(Index index) {
    auto& item = lanes_.item(index);
    item.ready = false;
    item.running = true;
    ++slots_[item.slot].running;
    ++running_;
    starting_.push_back(item.id);
}

asio::awaitable<void> Dispatcher::run_one(std::int64_t id) {
    Next next{Next::Kind::held, {}};
    try {
        next = co_await run_(Id{id});
    } catch (const std::exception& thrown) {
        // A mistake in the program. Nobody knows how far it came, so nothing may overtake it; a restart settles it.
        log::error("run.threw", {{"obligation", Id{id}.text()}, {"what", typeid(thrown).name()}});
    }
    change([&] { finish(id, next); });
}

void Dispatcher::finish(std::int64_t id, Next next) {
    --running_;
    const auto index = lanes_.find(id);
    if (index == LaneTable::kNone) return;
    auto& item = lanes_.item(index);
    const auto slot = item.slot;
    item.running = false;
    --slots_[slot].running;
    const auto released = released_.extract(id);
    if (item.dropped || (!released && next.kind == Next::Kind::done)) {
        leave(index);
    } else {
        item.held = !released && next.kind == Next::Kind::held;
        item.due = released ? released.mapped() : now() + next.pause;
        look(index);
    }
    fill(slot);
}

/// It is over: whoever is next in its lanes may have its turn.
void Dispatcher::leave(Index index) {
    if (slots_[lanes_.item(index).slot].name.empty()) --unprocessed_;
    std::vector<Index> heads;
    lanes_.erase(index, heads);
    for (const auto head : heads) look(head);
}

void Dispatcher::hold(Id id) {
    change([&] {
        const auto index = lanes_.find(id.value);
        if (index == LaneTable::kNone || lanes_.item(index).running) return;
        lanes_.item(index).ready = false;
        lanes_.item(index).held = true;
    });
}

void Dispatcher::release(Id id, Instant due) {
    change([&] {
        const auto index = lanes_.find(id.value);
        if (index == LaneTable::kNone) return;
        auto& item = lanes_.item(index);
        if (item.running) {
            // The run that held it has not told us yet; told in this order its lane would stand still.
            released_[id.value] = due;
            return;
        }
        item.held = false;
        item.due = due;
        look(index);
    });
}

void Dispatcher::drop(Id id) {
    change([&] {
        const auto index = lanes_.find(id.value);
        if (index == LaneTable::kNone) return;
        if (lanes_.item(index).running)
            lanes_.item(index).dropped = true;
        else
            leave(index);
    });
}

void Dispatcher::refresh() {
    change([&] {
        for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
            // A pace that was changed or lifted is asked for anew.
            if (std::exchange(slots_[slot].paced, false)) slots_[slot].pace->cancel();
            fill(slot);
        }
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
    for (auto& moment : timed_) {
        const auto index = lanes_.find(moment.id);
        if (index == LaneTable::kNone || lanes_.item(index).due != moment.due) continue;
        auto& item = lanes_.item(index);
        if (slots_[item.slot].name != kAnswers) item.due -= by;
        moment.due = item.due;
    }
    std::make_heap(timed_.begin(), timed_.end(), std::greater<>());
}

void Dispatcher::arm() {
    // A timer that waits would keep a process that stops alive.
    if (stopping_ || timed_.empty() || timed_.front().due >= armed_for_) return;
    armed_for_ = timed_.front().due;
    timer_.expires_after(std::clamp(armed_for_ - last_now_, Duration{}, kLongestSleep));
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) change([this] { on_timer(); });
    });
}

void Dispatcher::on_timer() {
    armed_for_ = Instant::max();
    const auto now = this->now();
    while (!timed_.empty() && timed_.front().due <= now) {
        const auto moment = timed_.front();
        std::pop_heap(timed_.begin(), timed_.end(), std::greater<>());
        timed_.pop_back();
        const auto index = lanes_.find(moment.id);
        if (index != LaneTable::kNone && lanes_.item(index).due == moment.due) look(index);
    }
    arm();
}

asio::awaitable<void> Dispatcher::stop(Duration deadline) {
    const auto end = std::chrono::steady_clock::now() + deadline;
    asio::steady_timer pause(co_await asio::this_coro::executor);
    for (;;) {
        std::size_t running = 0;
        {
            const std::lock_guard lock(mutex_);
            stopping_ = true;
            timer_.cancel();
            for (auto& slot : slots_)
                if (slot.pace) slot.pace->cancel();
            running = running_;
        }
        if (running == 0) co_return;
        if (std::chrono::steady_clock::now() >= end) {
            log::warning("stop.deadline", {{"running", running}});
            co_return;
        }
        pause.expires_after(kLookAgain);
        boost::system::error_code ignored;
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    }
}

}  // namespace causeway::pipeline
