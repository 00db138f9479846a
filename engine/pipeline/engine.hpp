#pragma once
/// The running engine: ledger, listeners, senders, lanes and clocks under one activated configuration.

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapter.hpp"
#include "net/body_budget.hpp"
#include "net/socket_shelf.hpp"
#include "pipeline/config_archive.hpp"
#include "pipeline/configuration.hpp"
#include "pipeline/drain_rate.hpp"
#include "pipeline/listeners.hpp"
#include "store/message_store.hpp"

namespace causeway::pipeline {

struct EngineOptions {
    std::filesystem::path folder;  ///< Of the configuration.
    std::span<const AdapterSpec* const> adapters;
    std::function<void(const Error&)> on_fatal;  ///< The ledger failed: nothing more is acknowledged; end the process.
    /// Where messages are processed and delivered; empty: where they come in. With threads of lower priority an
    /// acknowledgement does not wait for the work that earlier messages make.
    boost::asio::any_io_executor work = {};
    net::SocketShelfPtr sockets = nullptr;  ///< Outlives the engine; null: its sockets go with it.
    /// How the ledger is opened: a simulation gives it a disk of its own.
    std::function<Result<std::unique_ptr<MessageStore>>(LedgerOptions, const Clock&)> open_ledger = open_sqlite_ledger;
};

/// How long a stop waits. First for `work`: deliveries that run, while messages are still taken; then for `sessions`:
/// senders in the middle of a message, while new connections wait.
struct StopLimits {
    Duration work{};
    Duration sessions{};
};

/// What an operator chooses for a destination ("*": each that has no rate of its own).
struct DrainChange {
    std::string destination;
    std::optional<double> rate;  ///< Deliveries a second; nothing: as fast as it can.
    std::string who, reason;
};

/// Threads: every public call may be made from any thread.
class Engine {
public:
    virtual ~Engine() = default;

    /// Who answers FHIR reads; before start().
    virtual void set_fhir_service(FhirService* service) = 0;

    /// Activates the configuration, takes up what the ledger owes, then listens.
    virtual Async<void> start() = 0;
    /// What is in flight ends, then nothing new is taken; everything owed stays in the ledger.
    virtual boost::asio::awaitable<void> stop(StopLimits limits) = 0;
    /// The same within the configured time.
    virtual boost::asio::awaitable<void> stop() = 0;
    /// Reads the folder again; with a mistake the old configuration goes on and the mistakes are given back.
    virtual boost::asio::awaitable<std::vector<config::Mistake>> reload() = 0;

    /// Holds, releases, cancels, replays or redirects; the schedule follows.
    virtual Async<std::vector<Obligation>> act(OperatorAct act) = 0;
    /// Stores an operator's new version of a message (record.amends) that intake's checks have passed.
    virtual Async<Verdict> amend(IntakeRecord record) = 0;
    /// Chooses the rate at which a destination drains; it is kept over a restart.
    virtual Async<void> drain(DrainChange change) = 0;
    /// Chosen rates, deliveries a second by destination.
    virtual std::map<std::string, double> drain_rates() const = 0;
    /// The configuration that a message names.
    virtual Result<ConfigurationPtr> configuration_of(const std::string& hash) = 0;

    virtual bool ready() const = 0;
    virtual std::vector<ListenerInfo> listeners() const = 0;
    virtual ConfigurationPtr configuration() const = 0;
    virtual MessageStore& store() = 0;
    virtual metrics::Registry& metrics() = 0;
    /// The memory for what is being read and not yet committed, of every server of the process.
    virtual net::BodyBudgetPtr bodies() const = 0;
    virtual const Clock& clock() const = 0;
    virtual boost::asio::any_io_executor executor() const = 0;
};

/// Opens the ledger of `configuration`.
Result<std::unique_ptr<Engine>> make_engine(boost::asio::any_io_executor executor, ConfigurationPtr configuration,
                                            EngineOptions options, const Clock& clock);

}  // namespace causeway::pipeline
