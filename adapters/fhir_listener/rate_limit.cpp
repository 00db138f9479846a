#include "adapters/fhir_listener/rate_limit.hpp"

#include <algorithm>

namespace causeway::fhir_listener {
namespace {

constexpr std::size_t kMostBuckets = 10'000;

double seconds(std::chrono::steady_clock::duration time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

bool RateLimit::take(const std::string& client, Time now) {
    if (a_second_ <= 0) return true;
    const std::lock_guard lock(mutex_);
    if (buckets_.size() > kMostBuckets) forget_full(now);
    auto& bucket = buckets_.try_emplace(client, Bucket{most_, now}).first->second;
    bucket.left = std::min(most_, bucket.left + seconds(now - bucket.at) * a_second_);
    bucket.at = now;
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
}

void RateLimit::forget_full(Time now) {
    std::erase_if(buckets_, [&](const auto& entry) {
        return entry.second.left + seconds(now - entry.second.at) * a_second_ >= most_;
    });
}

}  // namespace causeway::fhir_listener
