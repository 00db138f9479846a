#pragma once
/// Where intake waits while processing is behind, and where it ends when too much is owed.

#include <functional>

#include "core/async.hpp"
#include "core/metrics.hpp"
#include "model/message.hpp"

namespace causeway::pipeline {

/// So that nothing grows without limit. Both count what is in memory of all channels together.
struct IntakeLimits {
    std::size_t slow_at = 20'000;       ///< Messages that wait for their processing: routine ones wait from here on.
    std::size_t refuse_at = 5'000'000;  ///< Open obligations: every message is refused from here on.
};

/// What is counted. Threads: any.
struct Backlog {
    std::function<std::size_t()> unprocessed, open;
};

/// Threads: any.
class IntakeGate {
public:
    IntakeGate(Backlog backlog, metrics::Registry& metrics);

    /// Before a message goes to the ledger. A routine one waits while processing is behind: its connection is not read
    /// meanwhile, so its sender slows down. An Error (throttled, HL7 207, later) after 20 seconds, which is less than
    /// most senders wait, and at once where too much is owed.
    Async<void> pass(Priority priority, IntakeLimits limits) const;

private:
    Async<void> wait(IntakeLimits limits) const;

    const Backlog backlog_;
    metrics::Counter &waited_, &refused_;
};

}  // namespace causeway::pipeline
