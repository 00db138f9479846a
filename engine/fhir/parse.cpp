#include "fhir/document.hpp"
#include "fhir/json.hpp"

namespace causeway::fhir {

Result<FhirDocumentPtr> parse(Payload payload, const ParseOptions& options) {
    return parse_json(std::move(payload), {options.limits.max_depth, options.limits.max_nodes});
}

}  // namespace causeway::fhir
