#pragma once
/// The metrics that every adapter has, under the same names. They exist, at zero, as soon as the adapter does.

#include <string>

#include "core/metrics.hpp"

namespace causeway::metrics {

/// Of one channel. Threads: any. Lifetime: the registry's.
struct InboundMetrics {
    InboundMetrics(Registry& registry, const std::string& channel);

    Counter& accepted;
    Counter& duplicate;
    Counter& conflict;
    Counter& refused;   ///< By intake, or by the adapter; stored.
    Counter& rejected;  ///< By the transport: another protocol, unfinished, not allowed, too many; not stored.
    Counter& failed;    ///< Nothing could be stored: no acknowledgement was given.
    Counter& warnings;  ///< Broke the framing rules and was taken all the same.
    Counter& bytes;     ///< Received.
    Gauge& connections;
};

/// Of one destination.
struct OutboundMetrics {
    OutboundMetrics(Registry& registry, const std::string& destination);

    Counter& confirmed;
    Counter& refused;
    Counter& unknown;
    Counter& failed;   ///< Nothing was sent.
    Counter& foreign;  ///< Answers that belong to nothing that was sent on that connection.
    Counter& bytes;    ///< Sent.
    Gauge& connections;
    Histogram& seconds;  ///< Of one attempt.
};

/// Counts something as long as it lives.
class Held {
public:
    explicit Held(Gauge& gauge) : gauge_(gauge) { gauge_.add(1); }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held() { gauge_.add(-1); }

private:
    Gauge& gauge_;
};

}  // namespace causeway::metrics
