#include "pipeline/config_archive.hpp"

namespace causeway::pipeline {

ConfigurationPtr ConfigArchive::current() const {
    const std::lock_guard lock(mutex_);
    return current_;
}

void ConfigArchive::set_current(ConfigurationPtr configuration) {
    const std::lock_guard lock(mutex_);
    known_[configuration->hash] = configuration;
    current_ = std::move(configuration);
}

Result<ConfigurationPtr> ConfigArchive::by_hash(const std::string& hash) {
    const std::lock_guard lock(mutex_);
    if (const auto known = known_.find(hash); known != known_.end()) return known->second;
    const auto record = store_.config(hash);
    if (!record) return record.error();
    auto restored = restore_configuration(*record, folder_, scratch_, adapters_);
    if (restored) known_[hash] = *restored;
    return restored;
}

}  // namespace causeway::pipeline
