#pragma once
/// The pieces of long work that operators ask for.

#include <memory>

#include "assurance/job.hpp"
#include "assurance/reconcile.hpp"

namespace causeway::assurance {

/// Where work looks. The references outlive it.
struct Place {
    const MessageStore& store;
    const Clock& clock;
    pipeline::ConfigurationPtr configuration;
};

/// Its page is the report.
std::unique_ptr<Work> make_reconciliation(Place place, Day day, ReconcileOptions options);

}  // namespace causeway::assurance
