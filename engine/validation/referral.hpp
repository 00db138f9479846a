#pragma once
/// Structural checks of FHIR message and transaction Bundles: what every referral must have before any pathway looks.

#include <span>
#include <string>

#include "config/settings.hpp"
#include "model/operation_outcome.hpp"
#include "tree/node.hpp"

namespace causeway::validation {

/// What a channel says about strictness.
struct BundleRules {
    std::string type;  ///< "message" or "transaction": what the endpoint takes; empty: both.
    bool nhs_number_required = false;
    bool nhs_number_strict = true;  ///< A wrong check digit refuses; else it warns.
    bool demographics_required =
        true;  ///< A patient without name or birth date refuses; else it warns (Wales sends neither).
};

/// Structure (resourceType, Bundle.type, MessageHeader first, focus), required content (ServiceRequest with subject,
/// intent, status; Patient with name and birth date; requester and its organisation), primitive formats of what is
/// used, NHS numbers, and that every reference inside the Bundle resolves. Every finding has an exact FHIRPath
/// expression, line and column; where something is missing the expression names the missing element, line and column
/// what should hold it. A revoked referral (a cancellation) needs no requester. At most Report::kMost findings.
/// Iterative; threads: any.
OperationOutcome check_bundle(const tree::Node& bundle, const BundleRules& rules);

}  // namespace causeway::validation
