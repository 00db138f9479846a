#include "fhir/json.hpp"

#include "fhir/document.hpp"

namespace causeway::fhir {

Result<std::shared_ptr<const JsonDocument>> parse_json(Payload payload, const JsonLimits& limits) {
    ParseOptions options;
    options.limits = {limits.max_depth, limits.max_nodes};
    options.encoding = ParseOptions::Encoding::json;
    return parse(std::move(payload), options);
}

}  // namespace causeway::fhir
