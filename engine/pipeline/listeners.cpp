#include "pipeline/listeners.hpp"

#include "core/log.hpp"

namespace causeway::pipeline {

std::vector<std::string> Listeners::outdated(const Configuration& configuration) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, listener] : listeners_) {
        const auto channel = configuration.channels.find(name);
        if (channel == configuration.channels.end() || channel->second.fingerprint != listener.fingerprint)
            names.push_back(name);
    }
    return names;
}

boost::asio::awaitable<void> Listeners::remove(std::string channel, Duration deadline) {
    std::unique_ptr<InboundAdapter> adapter;
    {
        const std::lock_guard lock(mutex_);
        const auto found = listeners_.find(channel);
        if (found == listeners_.end()) co_return;
        adapter = std::move(found->second.adapter);
        retired_.push_back(std::move(found->second.intake));
        listeners_.erase(found);
    }
    co_await adapter->stop(deadline);
}

Result<void> Listeners::start(const Channel& channel) {
    Listener listener;
    listener.intake = make_intake_(channel.name);
    listener.fingerprint = channel.fingerprint;
    InboundContext context{channel.name, executor_, *listener.intake, fhir_, registry_, clock_};
    auto made = channel.adapter->make_inbound(channel.settings, context);
    if (!made) return made.error();
    if (auto started = (*made)->start(); !started) return started;
    listener.adapter = std::move(*made);
    listener.info = {channel.name, std::string(channel.adapter->name), listener.adapter->address(), channel.insecure};
    if (!channel.insecure.empty())
        log::warning("channel.insecure", {{"channel", channel.name}, {"reason", channel.insecure}});
    const std::lock_guard lock(mutex_);
    if (stopped_) {  // During this start: the adapter closes at the end of this scope.
        retired_.push_back(std::move(listener.intake));
        return fail(Issue::transient, channel.name, "The engine is stopping; start it again.", Retry::later);
    }
    listeners_[channel.name] = std::move(listener);
    return {};
}

Async<void> Listeners::apply(const Configuration& configuration) {
    for (const auto& name : outdated(configuration)) co_await remove(name, configuration.engine.stop_within);
    Result<void> result;
    for (const auto& [name, channel] : configuration.channels) {
        {
            const std::lock_guard lock(mutex_);
            if (listeners_.contains(name)) continue;
        }
        if (auto started = start(channel); !started) {
            log::error("channel.failed", {{"channel", name}, {"why", to_string(started.error())}});
            result = started.error();
        }
    }
    co_return result;
}

boost::asio::awaitable<void> Listeners::stop(Duration deadline) {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    std::vector<std::string> names;
    for (const auto& one : info()) names.push_back(one.channel);
    for (const auto& name : names) co_await remove(name, deadline);
}

std::vector<ListenerInfo> Listeners::info() const {
    const std::lock_guard lock(mutex_);
    std::vector<ListenerInfo> all;
    for (const auto& [name, listener] : listeners_) all.push_back(listener.info);
    return all;
}

}  // namespace causeway::pipeline
