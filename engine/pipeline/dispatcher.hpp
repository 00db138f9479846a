#pragma once
/// Decides what runs next: lanes in order, destinations up to their concurrency, urgent lanes first.

#include <array>
#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/id.hpp"
#include "core/time.hpp"
#include "model/obligation.hpp"
#include "pipeline/lane_table.hpp"

namespace causeway::pipeline {

/// One open obligation, as much of it as scheduling needs.
struct Pending {
    Id id;
    std::string slot;  ///< What shares one limit of concurrency: the destination (and organisation); "" for process.
    std::string lane;  ///< One or several lanes (kLaneSeparator): it waits for its turn in each.
    Priority priority = Priority::routine;
    Instant due;
    bool held = false;  ///< Keeps its place in its lanes and does not run.
};

/// What became of a run.
struct Next {
    enum class Kind { done, again, held } kind = Kind::done;
    Duration pause{};  ///< For again. Not a moment: the clock may be set before the dispatcher hears of it.
};

/// Holds every open obligation in memory (some 85 bytes each). A lane is strictly ordered: its head runs or blocks it,
/// and what waits behind an urgent one's predecessor makes that urgent too. Threads: any; a mutex guards its state, and
/// runs start on the pool, never on the thread that makes them due.
class Dispatcher {
public:
    /// Runs one obligation to the end of one attempt. Called on the pool, never twice at once for one obligation.
    using Run = std::function<boost::asio::awaitable<Next>(Id)>;
    /// How many of a slot may run at once.
    using Limit = std::function<std::size_t(const std::string& slot)>;
    /// Zero: one of the slot may start now, and is counted. Else how long to wait before asking again. Not asked for
    /// processing and for answers.
    using Pace = std::function<Duration(const std::string& slot)>;

    Dispatcher(boost::asio::any_io_executor pool, const Clock& clock, Run run, Limit limit, Pace pace = {});

    void add(Pending pending);
    /// All take their places before the first one starts.
    void add(std::vector<Pending> all);

    /// What the ledger owes at start-up comes with load(), by rising id up to `last`. What is loaded may start at once;
    /// what has a greater id waits until end_load(), for something that is not known yet may stand before it.
    /// `expected`: about so many.
    void begin_load(Id last, std::size_t expected = 0);
    void load(const std::vector<Pending>& page) { add(page); }
    void end_load();

    /// An operator held or released it, or it ended without a run.
    void hold(Id id);
    void release(Id id, Instant due);
    void drop(Id id);
    /// Limits may have changed: look again.
    void refresh();
    /// Starts nothing more and returns when nothing runs, or at the deadline.
    boost::asio::awaitable<void> stop(Duration deadline);

    /// Messages that wait for their processing or are in it.
    std::size_t unprocessed() const noexcept { return unprocessed_; }
    /// All open obligations.
    std::size_t size() const noexcept { return size_; }

private:
    using Index = LaneTable::Index;
    using Ids = std::vector<std::int64_t>;

    struct Slot {
        std::string name;
        std::size_t running = 0;
        /// Heaps of ids, oldest first, by priority. An id that is not ready (any more) is left out when its turn comes.
        std::array<Ids, 3> ready;
        std::unique_ptr<boost::asio::steady_timer> pace;
        bool paced = false;  ///< The timer rings when the next one may start.
    };
    struct Moment {
        Instant due;
        std::int64_t id;
        bool operator>(const Moment& other) const { return due > other.due; }
    };

    /// Does what changes the state under the mutex, then starts what became ready.
    template <class Change>
    void change(Change&& change);

    std::uint32_t slot_of(const std::string& name);
    Index insert(const Pending& pending);
    void look(Index index);
    void make_ready(Index index);
    void raise_before(Index index);
    void fill(std::uint32_t slot);
    bool may_start(std::uint32_t slot);
    Index next_ready(Slot& slot);
    void start(Index index);
    boost::asio::awaitable<void> run_one(std::int64_t id);
    void finish(std::int64_t id, Next next);
    void leave(Index index);
    Instant now();
    void put_back(Duration by);
    void arm();
    void on_timer();

    boost::asio::any_io_executor pool_;
    const Clock& clock_;
    const Run run_;
    const Limit limit_;
    const Pace pace_;

    std::mutex mutex_;
    boost::asio::steady_timer timer_;
    LaneTable lanes_;
    std::deque<Slot> slots_;
    std::unordered_map<std::string, std::uint32_t> slot_by_name_;
    std::vector<Moment> timed_;                           ///< A heap; what is not due then (any more) is left out.
    std::unordered_map<std::int64_t, Instant> released_;  ///< While it ran: whatever that run says, it comes again.
    Ids late_;                                            ///< Came during the load, from elsewhere.
    Ids starting_;                                        ///< To be started when the mutex is free.
    std::int64_t loading_up_to_ = 0;
    std::int64_t greatest_ = 0;  ///< Id that ever came: what is greater is new.
    Instant armed_for_ = Instant::max();
    Instant last_now_{};
    bool stopping_ = false;
    std::size_t running_ = 0;
    std::atomic<std::size_t> unprocessed_{0}, size_{0};
};

}  // namespace causeway::pipeline
