#pragma once
/// What a reconciliation of one day found.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assurance/balance.hpp"
#include "assurance/census_compare.hpp"
#include "assurance/day.hpp"
#include "assurance/expected.hpp"
#include "assurance/sequence.hpp"
#include "assurance/silence.hpp"
#include "store/message_store.hpp"

namespace causeway::assurance {

struct DayReport {
    Day day;
    Instant as_of;              ///< What happened until then counts.
    std::int64_t sequence = 0;  ///< The newest event that was read.
    bool day_is_over = true;    ///< Else everything is of the day so far.
    RemovedEvents removed;      ///< Of the day, by retention: then only what is left of it is counted.
    DayBalance balance;
    std::vector<Gap> gaps;
    std::vector<Silence> silences;
    std::vector<Absence> absences;
    std::vector<CensusResult> censuses;
    ProjectionReport projection;

    /// What contradicts the promise: imbalances, and differences between the events and the table of obligations.
    std::int64_t contradictions() const;
    /// What may have been lost before it came, or is owed by others: gaps, silences, absences that nobody has settled,
    /// censuses.
    std::int64_t concerns() const;
    bool clean() const { return contradictions() == 0 && concerns() == 0; }
};

/// One JSON object. Free of patient data but for ids of messages and documents.
std::string to_json(const DayReport& report);
/// A table for people.
std::string to_text(const DayReport& report);

}  // namespace causeway::assurance
