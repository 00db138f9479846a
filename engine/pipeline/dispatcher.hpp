#pragma once
/// Decides what runs next: lanes in order, destinations up to their concurrency, urgent lanes first.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/id.hpp"
#include "core/time.hpp"
#include "model/obligation.hpp"

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
    Instant due;  ///< For again.
};

/// Holds every open obligation in memory (some 100 bytes each). A lane is strictly ordered: its head runs or blocks it,
/// and what waits behind an urgent one's predecessor makes that urgent too. Threads: add, hold, release, drop and
/// counts may be called from any thread; its state lives on its own strand.
class Dispatcher {
public:
    /// Runs one obligation to the end of one attempt. Called on the pool, never twice at once for one obligation.
    using Run = std::function<boost::asio::awaitable<Next>(Id)>;
    /// How many of a slot may run at once.
    using Limit = std::function<std::size_t(const std::string& slot)>;

    Dispatcher(boost::asio::any_io_executor pool, const Clock& clock, Run run, Limit limit);

    void add(Pending pending);
    /// All take their places before the first one starts: what the ledger owes at start-up.
    void add(std::vector<Pending> all);
    /// An operator held or released it, or it ended without a run.
    void hold(Id id);
    void release(Id id, Instant due);
    void drop(Id id);
    /// Limits may have changed: look again.
    void refresh();
    /// Starts nothing more and returns when nothing runs, or at the deadline.
    boost::asio::awaitable<void> stop(Duration deadline);

private:
    struct Entry {
        std::string slot;
        std::vector<std::uint64_t> lanes;
        Priority priority;
        Instant due;
        bool held = false, running = false, ready = false, dropped = false;
        std::optional<Instant> released = {};  ///< While it ran: whatever that run says, it comes again.
    };
    struct Slot {
        std::size_t running = 0;
        std::set<std::pair<int, std::int64_t>> ready;  ///< Urgent first (negative priority), then older first.
    };
    using Entries = std::unordered_map<std::int64_t, Entry>;

    void add_here(Pending pending);
    void insert(Pending pending);
    bool is_head(std::int64_t id, const Entry& entry) const;
    void look(std::int64_t id);
    void make_ready(std::int64_t id, Entry& entry);
    void unready(std::int64_t id, Entry& entry);
    void raise_before(std::int64_t id, Priority priority, const std::vector<std::uint64_t>& lanes);
    void raise(std::int64_t id, Entry& entry, Priority priority);
    void fill(const std::string& slot_name);
    void start(std::int64_t id, Entry& entry);
    boost::asio::awaitable<void> run_one(std::int64_t id);
    void finish(std::int64_t id, Next next);
    void leave(Entries::iterator entry);
    Instant now();
    void put_back(Duration by);
    void arm();
    void on_timer();
    boost::asio::awaitable<void> stop_here(Duration deadline);

    boost::asio::any_io_executor pool_;
    boost::asio::strand<boost::asio::any_io_executor> strand_;
    boost::asio::steady_timer timer_, idle_;
    const Clock& clock_;
    const Run run_;
    const Limit limit_;
    Entries entries_;
    std::unordered_map<std::uint64_t, std::vector<std::int64_t>> lanes_;
    std::map<std::string, Slot> slots_;
    std::set<std::pair<Instant, std::int64_t>> timed_;
    Instant armed_for_ = Instant::max();
    Instant last_now_{};
    std::size_t running_ = 0;
    bool stopping_ = false;
};

}  // namespace causeway::pipeline
