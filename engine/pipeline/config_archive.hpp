#pragma once
/// Configurations by hash: the current one, and those that earlier messages were accepted under.

#include <deque>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "pipeline/configuration.hpp"
#include "store/message_store.hpp"

namespace causeway::pipeline {

/// Keeps the current configuration and the few that were asked for last; who works under another one keeps it as long.
/// Threads: any. Who asks for the current one never waits for another one's compilation.
class ConfigArchive {
public:
    ConfigArchive(std::filesystem::path folder, std::filesystem::path scratch,
                  std::span<const AdapterSpec* const> adapters, const MessageStore& store)
        : folder_(std::move(folder)), scratch_(std::move(scratch)), adapters_(adapters), store_(store) {}

    ConfigurationPtr current() const;
    void set_current(ConfigurationPtr configuration);
    /// Restored from the ledger on first use, once for all who ask meanwhile. What this engine cannot read is not tried
    /// again until another configuration is current.
    Result<ConfigurationPtr> by_hash(const std::string& hash);

private:
    using Found = Result<ConfigurationPtr>;

    Found restore(const std::string& hash) const;
    void keep(ConfigurationPtr configuration);
    ConfigurationPtr kept(const std::string& hash) const;

    const std::filesystem::path folder_, scratch_;
    const std::span<const AdapterSpec* const> adapters_;
    const MessageStore& store_;
    mutable std::mutex mutex_;
    ConfigurationPtr current_;
    std::deque<ConfigurationPtr> recent_;  ///< The one that was asked for last behind.
    std::map<std::string, std::weak_ptr<const Configuration>> in_use_;
    std::map<std::string, std::shared_future<Found>> under_way_;
    std::map<std::string, Error> unreadable_;
};

}  // namespace causeway::pipeline
