#pragma once
/// Keeps promises in view: warns, then says that one was broken.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <map>
#include <set>

#include "core/metrics.hpp"
#include "store/message_store.hpp"

namespace causeway::pipeline {

/// Writes clock.warned and clock.breached at their time, clock.stopped when told. Threads: any; its state lives on its
/// own strand. The ledger holds the truth: after a restart `add` is called for every running clock.
class ClockWatch {
public:
    ClockWatch(boost::asio::any_io_executor pool, MessageStore& store, const Clock& clock, metrics::Registry& registry);

    void add(PathwayClock clock);
    /// The promise was kept by `message`.
    void stop(const PathwayClock& clock, Id message);
    /// Arms no timer any more.
    void close();

private:
    void arm();
    void on_timer();
    void move(PathwayClock& clock);
    Instant next_moment(const PathwayClock& clock) const;

    boost::asio::strand<boost::asio::any_io_executor> strand_;
    boost::asio::steady_timer timer_;
    MessageStore& store_;
    const Clock& clock_;
    metrics::Counter &warned_, &breached_;
    std::map<Id, PathwayClock> clocks_;
    std::set<std::pair<Instant, Id>> moments_;
    bool closed_ = false;
};

}  // namespace causeway::pipeline
