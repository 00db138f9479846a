#pragma once
/// What the engine itself sees going wrong: destinations, queues, held work, disk, certificates, promises, the ledger.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "alerts/watch.hpp"
#include "pipeline/alert_settings.hpp"
#include "pipeline/configuration.hpp"
#include "pipeline/engine.hpp"
#include "store/message_store.hpp"

namespace causeway::alerts {

/// Every source of this folder.
Sources engine_sources(pipeline::Engine& engine);

/// A destination is down while attempts fail and none is confirmed. Threads: one.
class DownWatch {
public:
    /// How many attempts a destination has confirmed since the start of the engine.
    using Confirmed = std::function<std::uint64_t(const std::string& destination)>;
    std::vector<pipeline::Signal> look(const std::vector<WaitingGroup>& waiting, const Confirmed& confirmed,
                                       Instant now);

private:
    struct Failing {
        std::uint64_t confirmed = 0;
        Instant since;
    };
    std::map<std::string, Failing> failing_;
};

/// What waits for its turn or its destination for longer than it may: routine and urgent apart.
std::vector<pipeline::Signal> queue_age_signals(const std::vector<WaitingGroup>& waiting,
                                                const pipeline::AlertSettings& settings, Instant now);
/// What is held and has no owner, or is held for longer than it may.
std::vector<pipeline::Signal> held_signals(const std::vector<WaitingGroup>& waiting,
                                           const pipeline::AlertSettings& settings, Instant now);
/// Promises that are broken and not kept yet: one signal a name, owner and day (UTC) on which they broke, so that those
/// of today are told although some of last week are still open.
std::vector<pipeline::Signal> breach_signals(const std::vector<PathwayClock>& running);
/// Has a person acted on the message of a broken promise since it broke?
bool attended(const PathwayClock& clock, const std::vector<Event>& events);
/// Does the ledger refuse new messages, or is it close to doing so? Below `least_free` bytes on the disk somebody is
/// told, too.
std::vector<pipeline::Signal> disk_signals(const SpaceReport& space, const std::string& folder,
                                           std::uint64_t least_free);
/// Certificates of listeners, senders and receivers that end soon, have ended, or cannot be read.
std::vector<pipeline::Signal> certificate_signals(const pipeline::Configuration& configuration, Instant now);

/// A count that may only stand still, such as that of messages that could not be stored: how much it rose in the last
/// hour. Threads: one.
class Rise {
public:
    std::uint64_t look(std::uint64_t count, Instant now);

private:
    std::map<Instant, std::uint64_t> counts_;
};

}  // namespace causeway::alerts
