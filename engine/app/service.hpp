#pragma once
/// One engine with its servers, from the first listener to the last answer.

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/strand.hpp>
#include <optional>

#include "alerts/watch.hpp"
#include "api/fhir_service.hpp"
#include "api/servers.hpp"
#include "app/handover.hpp"
#include "app/upgrades.hpp"
#include "assurance/caretaker.hpp"
#include "assurance/daily.hpp"
#include "pipeline/engine.hpp"

namespace causeway::app {

/// Threads: run() once, on `io`; the rest from any.
class Service {
public:
    enum class Ending { stopped, failed, handed_over };

    Service(boost::asio::io_context& io, pipeline::Engine& engine, const net::SocketShelfPtr& sockets,
            Upgrades& upgrades);

    /// Starts, calls `on_started` (whose Error counts as one of the start), serves until SIGTERM, SIGINT, a failure or
    /// a successor's word, stops. SIGHUP reads the configuration again.
    boost::asio::awaitable<void> run(std::function<Result<void>()> on_started);

    /// The ledger failed: nothing more is acknowledged.
    void fail(const Error& why);
    /// A successor waits for the ledger.
    void hand_over();

    Ending ending() const { return ending_; }
    /// Why it failed; after run().
    const Error& error() const { return error_; }

private:
    Async<void> start(std::function<Result<void>()> on_started);
    boost::asio::awaitable<int> next_signal();
    boost::asio::awaitable<void> serve();
    boost::asio::awaitable<void> reload();
    boost::asio::awaitable<void> end();
    void announce() const;

    boost::asio::io_context& io_;
    pipeline::Engine& engine_;
    api::LedgerFhirService fhir_;
    alerts::Watch alerts_;
    api::Servers servers_;
    assurance::Daily daily_;
    assurance::Caretaker caretaker_;
    boost::asio::strand<boost::asio::io_context::executor_type> strand_;
    boost::asio::signal_set signals_;
    bool handing_over_ = false;
    std::atomic<Ending> ending_{Ending::stopped};
    Error error_;
    std::optional<Error> failed_ledger_;
};

}  // namespace causeway::app
