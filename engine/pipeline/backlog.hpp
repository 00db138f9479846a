#pragma once
/// What the ledger owes when the engine starts, back into the lanes.

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <future>
#include <vector>

#include "core/async.hpp"
#include "pipeline/dispatcher.hpp"
#include "pipeline/senders.hpp"
#include "store/message_store.hpp"

namespace causeway::pipeline {

/// As much of an obligation as scheduling needs.
Pending pending_of(const Obligation& obligation);

/// Reads the open obligations in pages, by rising id: what is loaded may start, what is accepted meanwhile waits (see
/// Dispatcher::begin_load). So the engine listens at once, however much is owed. What was in flight has an unknown
/// outcome (after_crash); it keeps its place until that is written. Threads: start and stop from any.
class BacklogLoader {
public:
    BacklogLoader(MessageStore& store, const Senders& senders, Dispatcher& dispatcher, const Clock& clock,
                  boost::asio::any_io_executor executor, std::function<void(const Error&)> on_fatal);

    /// What fits into a page is in its lanes when it returns; more follows in the background. An Error that comes later
    /// is fatal: what is owed would not be delivered.
    Result<void> start();
    boost::asio::awaitable<void> stop();
    /// Everything that is owed is in its lanes.
    bool complete() const noexcept { return complete_; }

private:
    boost::asio::awaitable<void> load_rest(std::vector<Obligation> page);
    std::future<Result<std::vector<Obligation>>> read_after(Id id);
    void complete_load();
    void take(std::vector<Obligation> page);
    void settle(const Obligation& obligation);
    void settled(const Obligation& obligation);
    bool keeps_its_lane(const Obligation& held) const;

    MessageStore& store_;
    const Senders& senders_;
    Dispatcher& dispatcher_;
    const Clock& clock_;
    const boost::asio::any_io_executor executor_;
    const std::function<void(const Error&)> on_fatal_;
    std::atomic<bool> stopping_{false}, loading_{false}, complete_{false};
};

}  // namespace causeway::pipeline
