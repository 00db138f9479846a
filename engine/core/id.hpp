#pragma once
/// Identifiers of messages and obligations.

#include <atomic>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace causeway {

/// 63 bits: milliseconds since 2020-01-01 (41 bits), then a counter (22 bits). Sorts by creation, is never given twice
/// by one ledger (nor, in practice, by two), and is the row id in the ledger. As text 13 characters of Crockford's
/// base 32, which sort alike and fit MSH-10 (20 characters).
struct Id {
    std::int64_t value = 0;

    std::string text() const;
    static std::optional<Id> parse(std::string_view text);
    explicit operator bool() const noexcept { return value != 0; }
    auto operator<=>(const Id&) const = default;
};

/// Gives ids in rising order, also when the clock goes back. Threads: any.
class IdSource {
public:
    /// Every id from here on is greater than `last` (the greatest id in the ledger).
    explicit IdSource(Id last = {}) : last_(last.value) {}
    Id next(Instant now);

private:
    std::atomic<std::int64_t> last_;
};

}  // namespace causeway
