#pragma once
/// What every sender measures of a delivery attempt.

#include <chrono>

#include "core/adapter_metrics.hpp"
#include "core/error.hpp"
#include "model/obligation.hpp"

namespace causeway::net {

/// One attempt: holds `connections` as long as it lives, and counts how it ended and how long it took. Lives no longer
/// than the metrics. Threads: any one.
class Attempt {
public:
    explicit Attempt(metrics::OutboundMetrics& metrics) : metrics_(metrics), connection_(metrics.connections) {}

    /// Once. An Error counts as failed: nothing was sent.
    void ended(const Result<Receipt>& receipt);

private:
    metrics::OutboundMetrics& metrics_;
    metrics::Held connection_;
    const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace causeway::net
