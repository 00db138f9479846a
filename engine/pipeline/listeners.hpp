#pragma once
/// The inbound adapters of the current configuration, by channel.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "adapter.hpp"
#include "net/body_budget.hpp"
#include "net/socket_shelf.hpp"
#include "pipeline/configuration.hpp"

namespace causeway::pipeline {

/// A channel as people see it.
struct ListenerInfo {
    std::string channel, type, address, insecure;
};

/// Threads: apply and stop one at a time; info from any.
class Listeners {
public:
    using MakeIntake = std::function<std::unique_ptr<Intake>(const std::string& channel)>;

    Listeners(boost::asio::any_io_executor executor, metrics::Registry& registry, const Clock& clock,
              net::SocketShelfPtr sockets, net::BodyBudgetPtr bodies, MakeIntake make_intake)
        : executor_(std::move(executor)),
          registry_(registry),
          clock_(clock),
          sockets_(std::move(sockets)),
          bodies_(std::move(bodies)),
          make_intake_(std::move(make_intake)) {}

    void set_fhir_service(FhirService* service) { fhir_ = service; }

    /// Starts what is new, makes anew what changed, stops what is gone. A channel whose own settings did not change
    /// keeps its connections. One that did keeps its listening socket, so that nobody is refused; its connections end
    /// between an acknowledgement and the next message, or at the deadline, and apply returns when they have. An Error
    /// names a channel that could not start; where it listened before, it goes on as it was, as do all others.
    Async<void> apply(ConfigurationPtr configuration);
    boost::asio::awaitable<void> stop(Duration deadline);
    std::vector<ListenerInfo> info() const;

private:
    struct Listener {
        std::unique_ptr<Intake> intake;
        std::unique_ptr<InboundAdapter> adapter;
        ConfigurationPtr configuration;  ///< What it was made from.
        ListenerInfo info;
    };
    struct Change;

    boost::asio::awaitable<void> change(Change& change);
    Result<void> start(const std::string& name, ConfigurationPtr configuration);
    Result<void> start(const Channel& channel, Listener listener);
    std::vector<Change> changes(const ConfigurationPtr& configuration) const;
    Listener take(const std::string& name);
    boost::asio::awaitable<void> end(Listener listener, Duration deadline);

    boost::asio::any_io_executor executor_;
    metrics::Registry& registry_;
    const Clock& clock_;
    const net::SocketShelfPtr sockets_;
    const net::BodyBudgetPtr bodies_;
    const MakeIntake make_intake_;
    FhirService* fhir_ = nullptr;
    mutable std::mutex mutex_;
    std::map<std::string, Listener> listeners_;
    /// A session that did not end within the deadline still waits in its channel's intake: they live as long as this.
    std::vector<std::unique_ptr<Intake>> retired_;
    bool stopped_ = false;
};

}  // namespace causeway::pipeline
