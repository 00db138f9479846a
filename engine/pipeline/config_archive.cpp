#include "pipeline/config_archive.hpp"

#include <algorithm>
#include <exception>

namespace causeway::pipeline {
namespace {

/// Each takes some 20 MB; a backlog may be of several.
constexpr std::size_t kRecent = 4;

}  // namespace

ConfigurationPtr ConfigArchive::current() const {
    const std::lock_guard lock(mutex_);
    return current_;
}

void ConfigArchive::set_current(ConfigurationPtr configuration) {
    const std::lock_guard lock(mutex_);
    unreadable_.clear();
    if (current_) keep(current_);
    current_ = std::move(configuration);
    keep(current_);
}

/// With the mutex.
void ConfigArchive::keep(ConfigurationPtr configuration) {
    std::erase_if(in_use_, [](const auto& one) { return one.second.expired(); });
    in_use_[configuration->hash] = configuration;
    std::erase(recent_, configuration);
    recent_.push_back(std::move(configuration));
    if (recent_.size() > kRecent) recent_.pop_front();
}

/// With the mutex.
ConfigurationPtr ConfigArchive::kept(const std::string& hash) const {
    const auto known = in_use_.find(hash);
    return known == in_use_.end() ? nullptr : known->second.lock();
}

ConfigArchive::Found ConfigArchive::restore(const std::string& hash) const {
    try {
        const auto record = store_.config(hash);
        if (!record) return record.error();
        return restore_configuration(*record, folder_, scratch_, adapters_);
    } catch (const std::exception&) {  // Others wait for the outcome, whatever it is.
        return fail(Issue::exception, "configuration " + hash, "The engine failed to restore it: report it.");
    }
}

Result<ConfigurationPtr> ConfigArchive::by_hash(const std::string& hash) {
    std::promise<Found> promise;
    {
        std::unique_lock lock(mutex_);
        if (current_ && current_->hash == hash) return current_;
        if (auto known = kept(hash)) {
            keep(known);
            return known;
        }
        if (const auto failed = unreadable_.find(hash); failed != unreadable_.end()) return failed->second;
        if (const auto other = under_way_.find(hash); other != under_way_.end()) {
            const auto found = other->second;
            lock.unlock();
            return found.get();
        }
        under_way_.emplace(hash, promise.get_future().share());
    }
    auto found = restore(hash);
    const std::lock_guard lock(mutex_);
    under_way_.erase(hash);
    if (found)
        keep(*found);
    else if (found.error().retry == Retry::never)
        unreadable_.emplace(hash, found.error());
    promise.set_value(found);
    return found;
}

}  // namespace causeway::pipeline
