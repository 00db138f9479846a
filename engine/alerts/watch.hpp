#pragma once
/// Looks at every source, keeps the book of incidents in the ledger, and tells the receivers.

#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "alerts/book.hpp"
#include "alerts/message.hpp"
#include "pipeline/engine.hpp"
#include "pipeline/incident_source.hpp"

namespace causeway::alerts {

using Sources = std::vector<std::unique_ptr<pipeline::IncidentSource>>;

/// How a receiver is reached, for people.
struct ReceiverState {
    std::string name, by;
    std::int64_t waiting = 0;  ///< Incidents that it has not heard of yet.
    Instant told_at;           ///< Zero: never since the start of the engine.
    Instant failing_since;     ///< Zero: it is reached.
    std::string why;           ///< Of the last failure.
    Instant next_attempt;
};

struct Snapshot {
    std::vector<Incident> incidents;  ///< Open ones first.
    std::vector<ReceiverState> receivers;
};

/// Threads: every public call may be made from any; its state lives on its own strand, and what sources read from the
/// ledger is read on a thread of its own, so that no message waits for it. An incident and who was told of
/// it are notes of the ledger, so a restart tells nobody twice; where the engine dies between a message and its note,
/// the receiver gets it once more under the same id.
class Watch {
public:
    Watch(pipeline::Engine& engine, Sources sources);
    ~Watch();

    /// Takes up what the ledger knows and begins to look. After the engine's start.
    boost::asio::awaitable<void> start();
    /// Looks no more and returns when no message is on its way, or at the deadline. Safe unstarted and twice.
    boost::asio::awaitable<void> stop(Duration deadline);

    Snapshot snapshot() const;
    /// Sends a message that says it is a test, at once.
    Async<void> test(std::string receiver);

private:
    class Loop;
    pipeline::Engine& engine_;
    std::shared_ptr<Loop> loop_;
};

/// The ledger failed, or does not open: nothing can be written, so every receiver is told at once, and a mark in the
/// state folder says so: an engine that is started again and again tells it once. The next good start ends the
/// incident. `clock` must live until it has ended.
boost::asio::awaitable<void> tell_of_failed_ledger(boost::asio::any_io_executor executor,
                                                   pipeline::ConfigurationPtr configuration, const Clock& clock,
                                                   Error why);
/// The incident of the mark; nothing where there is none.
std::optional<Incident> read_ledger_mark(const std::filesystem::path& state);
/// Once the ledger has it as a note.
void remove_ledger_mark(const std::filesystem::path& state);

}  // namespace causeway::alerts
