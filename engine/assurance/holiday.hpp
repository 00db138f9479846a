#pragma once
/// Days on which nobody works, although they are no Sundays.

#include <chrono>
#include <set>

#include "assurance/day.hpp"
#include "pipeline/configuration.hpp"

namespace causeway::assurance {

/// A bank holiday of England and Wales that returns each year, with its substitute day (Banking and Financial Dealings
/// Act 1971, schedule 1, and the yearly proclamations of New Year's Day and the first Monday of May). One that was
/// moved or added for an occasion is not known here.
bool is_bank_holiday(std::chrono::year_month_day date) noexcept;

/// Immutable. Threads: any.
class Holidays {
public:
    /// The bank holidays of `zone` (UTC has none), and `more`.
    explicit Holidays(Zone zone, std::set<std::chrono::sys_days> more = {}) : zone_(zone), more_(std::move(more)) {}
    bool has(Instant at) const;
    Zone zone() const noexcept { return zone_; }

private:
    const Zone zone_;
    const std::set<std::chrono::sys_days> more_;
};

/// With the `holidays:` of causeway.yaml.
Holidays holidays_of(const pipeline::Configuration& configuration);

}  // namespace causeway::assurance
