#pragma once
/// The reconciliation of one day: every part of the report, from one reading of the events.

#include <map>
#include <string>

#include "assurance/census_source.hpp"
#include "assurance/job.hpp"
#include "assurance/report.hpp"
#include "pipeline/configuration.hpp"
#include "store/message_store.hpp"

namespace causeway::assurance {

/// What a reconciliation looks at. References outlive it.
struct Subject {
    const MessageStore& store;
    const pipeline::Configuration& configuration;
    Instant now;
};

struct ReconcileOptions {
    std::map<std::string, GivenCensus> census;  ///< By channel: read this instead of the configured list.
    bool projection = true;                     ///< Rebuild the obligations from all events, too.
};

/// Reads the events from a day (or the longest expectation) before the day to the newest. Issue::conflict where
/// `progress` was cancelled. Threads: any; takes time in proportion to these events.
Result<DayReport> reconcile(const Subject& subject, const Day& day, const ReconcileOptions& options,
                            Progress& progress);

/// The zone of the configuration's days.
Zone zone_of(const pipeline::Configuration& configuration);

}  // namespace causeway::assurance
