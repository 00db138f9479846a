#pragma once
/// $validate (http://hl7.org/fhir/R4/resource-operation-validate.html): a judgement, of which nothing is stored.

#include "adapter.hpp"
#include "pipeline/configuration.hpp"

namespace causeway::api {

/// Answers POST $validate and POST {type}/$validate; `type` is empty for the former. 200 with an OperationOutcome
/// whatever it says; 400 where the body cannot be read, 404 where a profile is not held, 422 never.
FhirResponse validate_resource(const FhirRequest& request, std::string_view type,
                               const pipeline::Configuration& configuration);

}  // namespace causeway::api
