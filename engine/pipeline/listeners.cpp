#include "pipeline/listeners.hpp"

#include <set>

#include "core/log.hpp"
#include "pipeline/parallel.hpp"

namespace causeway::pipeline {

/// What becomes of one channel.
struct Listeners::Change {
    std::string name;
    ConfigurationPtr to;    ///< Null: it is gone.
    Listener before;        ///< Without adapter: it is new.
    Result<void> result{};  ///< Of its start.
};

std::vector<Listeners::Change> Listeners::changes(const ConfigurationPtr& configuration) const {
    const std::lock_guard lock(mutex_);
    std::vector<Change> all;
    for (const auto& [name, listener] : listeners_)
        if (!configuration->channels.contains(name)) all.push_back({name, nullptr, {}, {}});
    for (const auto& [name, channel] : configuration->channels) {
        const auto known = listeners_.find(name);
        const bool same = known != listeners_.end() &&
                          known->second.configuration->channels.at(name).fingerprint == channel.fingerprint;
        if (!same) all.push_back({name, configuration, {}, {}});
    }
    return all;
}

Listeners::Listener Listeners::take(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = listeners_.find(name);
    if (found == listeners_.end()) return {};
    auto listener = std::move(found->second);
    listeners_.erase(found);
    return listener;
}

/// The old listener lets go before the new one begins: two must not take the same file, nor count the same socket.
boost::asio::awaitable<void> Listeners::change(Change& change) {
    change.before = take(change.name);
    if (change.before.adapter) co_await change.before.adapter->retire();
    if (!change.to) co_return;
    change.result = start(change.name, change.to);
    if (change.result) co_return;
    log::error("channel.failed", {{"channel", change.name}, {"why", to_string(change.result.error())}});
    if (!change.before.adapter) co_return;
    if (const auto again = start(change.name, change.before.configuration); !again)
        log::error("channel.failed", {{"channel", change.name}, {"why", to_string(again.error())}});
}

Result<void> Listeners::start(const std::string& name, ConfigurationPtr configuration) {
    const auto& channel = configuration->channels.at(name);
    Listener listener;
    listener.intake = make_intake_(name);
    listener.configuration = configuration;
    return start(channel, std::move(listener));
}

Result<void> Listeners::start(const Channel& channel, Listener listener) {
    InboundContext context{.channel = channel.name,
                           .executor = executor_,
                           .intake = *listener.intake,
                           .fhir = fhir_,
                           .metrics = registry_,
                           .clock = clock_,
                           .sockets = sockets_,
                           .bodies = bodies_,
                           .state = listener.configuration->engine.state};
    auto made = channel.adapter->make_inbound(channel.settings, std::move(context));
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

boost::asio::awaitable<void> Listeners::end(Listener listener, Duration deadline) {
    co_await listener.adapter->stop(deadline);
    const std::lock_guard lock(mutex_);
    retired_.push_back(std::move(listener.intake));
}

Async<void> Listeners::apply(ConfigurationPtr configuration) {
    auto all = changes(configuration);
    std::vector<boost::asio::awaitable<void>> work;
    {
        const auto keeping = sockets_->keep();
        for (auto& one : all) work.push_back(change(one));
        co_await in_parallel(executor_, std::move(work));
    }
    work.clear();
    Result<void> result;
    for (auto& one : all) {
        if (!one.result) result = one.result;
        if (one.before.adapter) work.push_back(end(std::move(one.before), configuration->engine.stop_within));
    }
    co_await in_parallel(executor_, std::move(work));
    co_return result;
}

boost::asio::awaitable<void> Listeners::stop(Duration deadline) {
    std::vector<boost::asio::awaitable<void>> work;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        for (auto& [name, listener] : std::exchange(listeners_, {})) work.push_back(end(std::move(listener), deadline));
    }
    co_await in_parallel(executor_, std::move(work));
}

std::vector<ListenerInfo> Listeners::info() const {
    const std::lock_guard lock(mutex_);
    std::vector<ListenerInfo> all;
    for (const auto& [name, listener] : listeners_) all.push_back(listener.info);
    return all;
}

}  // namespace causeway::pipeline
