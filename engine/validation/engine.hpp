#pragma once
/// What all validations of one Validator share. Internal.

#include <memory>

#include "fhir/definitions/definitions.hpp"
#include "validation/invariants.hpp"
#include "validation/options.hpp"
#include "validation/plan.hpp"
#include "validation/terminology.hpp"
#include "validation/well_known.hpp"

namespace causeway::validation {

class Engine {
public:
    Engine(fhir::DefinitionsPtr definitions_in, Options options_in, std::shared_ptr<const Terminology> terminology_in)
        : definitions(std::move(definitions_in)),
          options(std::move(options_in)),
          terminology(std::move(terminology_in)),
          plans(*definitions),
          invariants(definitions),
          names(*definitions) {
        for (const auto& url : options.profiles)
            if (const auto structure = definitions->structure(url); structure != 0) profiles.push_back(structure);
    }

    const fhir::DefinitionsPtr definitions;
    const Options options;
    const std::shared_ptr<const Terminology> terminology;
    const Plans plans;
    const Invariants invariants;
    const WellKnown names;
    std::vector<fhir::Index> profiles;  ///< Of Options::profiles, those that are held.
};

}  // namespace causeway::validation
