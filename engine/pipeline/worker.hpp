#pragma once
/// Runs one obligation: processes a message, attempts a delivery, or ends the wait for an answer.

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <functional>

#include "net/body_budget.hpp"
#include "pipeline/acknowledgements.hpp"
#include "pipeline/attempts.hpp"
#include "pipeline/clock_watch.hpp"
#include "pipeline/config_archive.hpp"
#include "pipeline/delivery.hpp"
#include "pipeline/dispatcher.hpp"
#include "pipeline/processor.hpp"
#include "pipeline/recent_messages.hpp"
#include "pipeline/senders.hpp"
#include "store/message_store.hpp"

namespace causeway::pipeline {

/// Threads: any number of runs at once, each of another obligation.
class Worker {
public:
    /// Told of what a run made due, or ended outside its own run.
    struct Schedule {
        std::function<void(const Obligation&)> add;
        std::function<void(Id)> drop;
        std::function<void(Id)> wake;  ///< It may run now, whatever it waits for.
    };

    Worker(MessageStore& store, RecentMessages& recent, ConfigArchive& archive, Senders& senders, ClockWatch& clocks,
           ClockIndex& clock_index, const Clock& clock, metrics::Registry& registry, net::BodyBudgetPtr bodies,
           Schedule schedule);

    boost::asio::awaitable<Next> run(Id obligation);
    /// No attempt begins from now on; those under way go on.
    void begin_nothing() noexcept { stopping_ = true; }
    /// Something of this message has ended: what waits for it looks again.
    void look_again(Id message);
    /// Whoever changes in the ledger what is owed asks here first.
    Attempts& attempts() noexcept { return attempts_; }

private:
    struct Job {
        Obligation obligation;
        MessagePtr message;
        Parsed parsed;
        ConfigurationPtr configuration;
        Attempts::Turn turn;  ///< Before it was read.
        Told told = {};
    };
    Result<Job> load(Id obligation);
    Result<RecentMessages::Taken> fetch(Id obligation);
    boost::asio::awaitable<Next> process(Job job);
    boost::asio::awaitable<Next> deliver(Job job);
    /// Did an operator let it go after it was held?
    bool was_released(const Obligation& obligation) const;
    boost::asio::awaitable<Next> attempt(Job job, Senders::Sender sender, Delivery delivery);
    boost::asio::awaitable<Next> acknowledge(Job job, Senders::Sender sender);
    Result<std::optional<ApplicationAnswer>> look_at(const Job& job) const;
    Next wait_on(const Job& job) const;
    boost::asio::awaitable<Next> send_acknowledgement(Job job, Senders::Sender sender, DecidedAnswer decided);
    Async<bool> wait_for_room(Job& job, net::BodyBudget::Share& share);
    Async<void> mark_started(const Job& job, bool wait);
    boost::asio::awaitable<Next> write(Progress progress);
    struct Owed {
        std::vector<Obligation> obligations;
        std::vector<PathwayClock> clocks;
        std::vector<std::string> journeys;
    };
    void keep(Job job, const std::vector<Obligation>& owed);
    void take_up(const Owed& owed);
    boost::asio::awaitable<void> answer_arrived(Id delivery, Payload answer, Id by, std::string rejection);
    boost::asio::awaitable<Next> unreadable(Id obligation, Error why);
    Next as_ledger_says(Id obligation) const;
    bool is_still_owed(const Job& job) const;

    MessageStore& store_;
    RecentMessages& recent_;
    ConfigArchive& archive_;
    Senders& senders_;
    ClockWatch& clocks_;
    ClockIndex& clock_index_;
    const Clock& clock_;
    metrics::Registry& registry_;
    const net::BodyBudgetPtr bodies_;
    const Schedule schedule_;
    const Processor processor_;
    WaitingAcknowledgements waiting_;
    std::atomic<bool> stopping_{false};
    Attempts attempts_;
};

}  // namespace causeway::pipeline
