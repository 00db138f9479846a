#pragma once
/// FHIR JSON into a tree and back (http://hl7.org/fhir/R4/json.html).

#include <memory>
#include <string>
#include <string_view>

#include "fhir/document.hpp"

namespace causeway::fhir {

struct JsonLimits {
    std::size_t max_depth = 64;
    std::size_t max_nodes = 1'000'000;
};

using JsonDocument = FhirDocument;

/// Errors are Issue::structure with line and column in `where` ("line 3, column 14"): malformed JSON, duplicate
/// properties, empty arrays and objects, depth over the limit, bytes that are not UTF-8 (a byte-order mark is dropped).
Result<std::shared_ptr<const JsonDocument>> parse_json(Payload payload, const JsonLimits& limits = {});

/// The JSON text of a node of a FHIR document, compact or in indented lines; primitives keep their text. Of an XML
/// document that was read without definitions, numbers and booleans become texts, and lists of one item no arrays.
std::string to_json(const tree::Node& node, bool is_pretty = false);

}  // namespace causeway::fhir
