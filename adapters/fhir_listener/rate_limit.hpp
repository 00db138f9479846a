#pragma once
/// A token bucket a client.

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace causeway::fhir_listener {

/// Lets `a_second` requests through in a second, and twice as many at once after a pause. Threads: any.
class RateLimit {
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit RateLimit(double a_second) : a_second_(a_second), most_(2 * a_second) {}

    /// May this client send one more now? A limit of 0 lets everything through.
    bool take(const std::string& client, Time now);

private:
    struct Bucket {
        double left = 0;
        Time at;
    };
    void forget_full(Time now);

    const double a_second_;
    const double most_;
    std::mutex mutex_;
    std::map<std::string, Bucket> buckets_;
};

}  // namespace causeway::fhir_listener
