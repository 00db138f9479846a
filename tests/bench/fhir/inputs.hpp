#pragma once
/// What the FHIR benchmark works on. All synthetic; the official examples come from the package that the build pins.

#include <cstddef>
#include <string>
#include <vector>

namespace causeway::bench {

/// A referral of 4 KB: ServiceRequest with narrative, contained requester, codes, notes.
std::string service_request();

/// A collection of `entries` resources of the kinds that referrals carry, 3.8 KB each.
std::string record_bundle(std::size_t entries);

/// A collection of `count` Observations, each of which refers to another entry; a tenth as many Patients.
std::string reference_bundle(std::size_t count);

/// The package of examples, which is the whole core.
struct Official {
    std::vector<std::string> examples;     ///< Up to 1 MB each.
    std::vector<std::string> definitions;  ///< StructureDefinitions, ValueSets and so on, and the Bundles of them.
    std::string bundle;                    ///< One of the examples: Bundle-ghp, 111 KB.
};

/// Empty where the package is absent.
Official official();

}  // namespace causeway::bench
