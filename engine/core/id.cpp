#include "core/id.hpp"

#include <array>

namespace causeway {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kLength = 13;
constexpr int kCounterBits = 22;
constexpr Instant kEpoch = std::chrono::sys_days(std::chrono::year(2020) / 1 / 1);

}  // namespace

std::string Id::text() const {
    std::string out(kLength, '0');
    auto rest = static_cast<std::uint64_t>(value);
    for (std::size_t i = kLength; i-- > 0; rest >>= 5) out[i] = kAlphabet[rest & 31];
    return out;
}

std::optional<Id> Id::parse(std::string_view text) {
    if (text.size() != kLength) return std::nullopt;
    std::uint64_t value = 0;
    for (const char c : text) {
        const auto digit = kAlphabet.find(c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c);
        if (digit == std::string_view::npos || value >> 58 != 0) return std::nullopt;
        value = value << 5 | digit;
    }
    if (value == 0 || value >> 63 != 0) return std::nullopt;
    return Id{static_cast<std::int64_t>(value)};
}

Id IdSource::next(Instant now) {
    const auto millis = std::chrono::floor<std::chrono::milliseconds>(now - kEpoch).count();
    const std::int64_t earliest = millis << kCounterBits;
    auto last = last_.load(std::memory_order_relaxed);
    auto next = last;
    do next = last < earliest ? earliest : last + 1;
    while (!last_.compare_exchange_weak(last, next, std::memory_order_relaxed));
    return Id{next};
}

}  // namespace causeway
