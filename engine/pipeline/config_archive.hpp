#pragma once
/// Configurations by hash: the current one, and those that earlier messages were accepted under.

#include <filesystem>
#include <map>
#include <mutex>
#include <span>
#include <string>

#include "pipeline/configuration.hpp"
#include "store/message_store.hpp"

namespace causeway::pipeline {

/// Threads: any.
class ConfigArchive {
public:
    ConfigArchive(std::filesystem::path folder, std::filesystem::path scratch,
                  std::span<const AdapterSpec* const> adapters, const MessageStore& store)
        : folder_(std::move(folder)), scratch_(std::move(scratch)), adapters_(adapters), store_(store) {}

    ConfigurationPtr current() const;
    void set_current(ConfigurationPtr configuration);
    /// Restored from the ledger on first use.
    Result<ConfigurationPtr> by_hash(const std::string& hash);

private:
    const std::filesystem::path folder_, scratch_;
    const std::span<const AdapterSpec* const> adapters_;
    const MessageStore& store_;
    mutable std::mutex mutex_;
    ConfigurationPtr current_;
    std::map<std::string, ConfigurationPtr> known_;
};

}  // namespace causeway::pipeline
