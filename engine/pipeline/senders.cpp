#include "pipeline/senders.hpp"

namespace causeway::pipeline {

std::map<std::string, Senders::Sender> Senders::current() const {
    const std::lock_guard lock(mutex_);
    return senders_;
}

Result<void> Senders::apply(const Configuration& configuration) {
    const auto before = current();
    std::map<std::string, Sender> after;
    for (const auto& [name, destination] : configuration.destinations) {
        const auto known = before.find(name);
        if (known != before.end() && known->second.destination.fingerprint == destination.fingerprint) {
            after[name] = {known->second.adapter, destination};
            continue;
        }
        auto made = destination.adapter->make_outbound(destination.settings,
                                                       OutboundContext{name, executor_, registry_, clock_});
        if (!made) return made.error();
        after[name] = {std::shared_ptr<OutboundAdapter>(std::move(*made)), destination};
    }
    const std::lock_guard lock(mutex_);
    senders_ = std::move(after);
    return {};
}

Result<Senders::Sender> Senders::find(const std::string& destination) const {
    const std::lock_guard lock(mutex_);
    const auto found = senders_.find(destination);
    if (found != senders_.end()) return found->second;
    return fail(Issue::not_found, destination,
                "Add this destination to the configuration again, or cancel what waits for it.");
}

std::size_t Senders::concurrency(const std::string& destination) const {
    const std::lock_guard lock(mutex_);
    const auto found = senders_.find(destination);
    return found == senders_.end() ? 1 : found->second.destination.concurrency;
}

boost::asio::awaitable<void> Senders::stop(Duration deadline) {
    for (auto& [name, sender] : current()) co_await sender.adapter->stop(deadline);
}

}  // namespace causeway::pipeline
