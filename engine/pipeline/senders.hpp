#pragma once
/// The outbound adapters of the current configuration, by destination.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "adapter.hpp"
#include "pipeline/configuration.hpp"

namespace causeway::pipeline {

/// A message keeps the route and map that accepted it; how a destination is reached (host, port, certificate) is always
/// as the current configuration says, else no repaired address would ever help what waits. Threads: any.
class Senders {
public:
    Senders(boost::asio::any_io_executor executor, metrics::Registry& registry, const Clock& clock)
        : executor_(std::move(executor)), registry_(registry), clock_(clock) {}

    /// Makes adapters for what is new or changed; keeps the others with their connections. All or nothing.
    Result<void> apply(const Configuration& configuration);

    struct Sender {
        std::shared_ptr<OutboundAdapter> adapter;
        Destination destination;
    };
    /// Error not_found where the configuration no longer names it: the obligation is held.
    Result<Sender> find(const std::string& destination) const;
    std::size_t concurrency(const std::string& destination) const;

    boost::asio::awaitable<void> stop(Duration deadline);

private:
    std::map<std::string, Sender> current() const;

    boost::asio::any_io_executor executor_;
    metrics::Registry& registry_;
    const Clock& clock_;
    mutable std::mutex mutex_;
    std::map<std::string, Sender> senders_;
};

}  // namespace causeway::pipeline
