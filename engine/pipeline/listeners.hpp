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
              MakeIntake make_intake)
        : executor_(std::move(executor)), registry_(registry), clock_(clock), make_intake_(std::move(make_intake)) {}

    void set_fhir_service(FhirService* service) { fhir_ = service; }

    /// Starts what is new, restarts what changed, stops what is gone; a channel whose file did not change keeps its
    /// connections. An Error leaves the other channels running and names the one that failed.
    Async<void> apply(const Configuration& configuration);
    boost::asio::awaitable<void> stop(Duration deadline);
    std::vector<ListenerInfo> info() const;

private:
    struct Listener {
        std::unique_ptr<Intake> intake;
        std::unique_ptr<InboundAdapter> adapter;
        std::string fingerprint;
        ListenerInfo info;
    };
    Result<void> start(const Channel& channel);
    std::vector<std::string> outdated(const Configuration& configuration) const;
    boost::asio::awaitable<void> remove(std::string channel, Duration deadline);

    boost::asio::any_io_executor executor_;
    metrics::Registry& registry_;
    const Clock& clock_;
    const MakeIntake make_intake_;
    FhirService* fhir_ = nullptr;
    mutable std::mutex mutex_;
    std::map<std::string, Listener> listeners_;
    /// A session that did not end within the deadline still waits in its channel's intake: they live as long as this.
    std::vector<std::unique_ptr<Intake>> retired_;
    bool stopped_ = false;
};

}  // namespace causeway::pipeline
