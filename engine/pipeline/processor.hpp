#pragma once
/// The second step of a message: enrich, decide, route. Its result is written in one transaction.

#include <string>

#include "model/obligation.hpp"
#include "pipeline/clock_index.hpp"
#include "pipeline/configuration.hpp"
#include "pipeline/recent_messages.hpp"
#include "store/message_store.hpp"

namespace causeway::pipeline {

/// What processing a message asks of the ledger, and which answers and clocks it ends.
struct Processed {
    Routing routing;
    Id answered;                        ///< The delivery that this message answers (MSA-2); none for most.
    std::string rejection;              ///< MSA-1 of an answer that says no ("AE", "AR"); else empty.
    std::vector<PathwayClock> stopped;  ///< Clocks whose promise this message keeps.
};

/// Threads: any; it reads the ledger and holds no state.
class Processor {
public:
    Processor(MessageStore& store, const ClockIndex& clocks, const Clock& clock)
        : store_(store), clocks_(clocks), clock_(clock) {}

    /// Never fails: what cannot be decided is held, with an owner and the cause. `parsed`: where intake has decoded it
    /// under the same configuration; what is decoded here is put there.
    Processed process(const Obligation& obligation, const Message& message, const Configuration& configuration,
                      Parsed& parsed) const;

private:
    MessageStore& store_;
    const ClockIndex& clocks_;
    const Clock& clock_;
};

}  // namespace causeway::pipeline
