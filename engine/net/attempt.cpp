#include "net/attempt.hpp"

namespace causeway::net {
namespace {

metrics::Counter& counter_of(metrics::OutboundMetrics& metrics, const Result<Receipt>& receipt) {
    if (!receipt) return metrics.failed;
    switch (receipt->outcome) {
        case Receipt::Outcome::confirmed:
            return metrics.confirmed;
        case Receipt::Outcome::refused:
            return metrics.refused;
        case Receipt::Outcome::unknown:
            break;
    }
    return metrics.unknown;
}

}  // namespace

void Attempt::ended(const Result<Receipt>& receipt) {
    metrics_.seconds.observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count());
    counter_of(metrics_, receipt).add();
}

}  // namespace causeway::net
