#pragma once
/// FHIR JSON into a tree and back (http://hl7.org/fhir/R4/json.html).

#include <memory>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/payload.hpp"
#include "tree/node.hpp"

namespace causeway::fhir {

struct JsonLimits {
    std::size_t max_depth = 64;
    std::size_t max_nodes = 1'000'000;
};

/// A decoded FHIR JSON document. `children("given")` gives every array item; a primitive's `_name` sibling (id,
/// extension) is its children; choice types are found by their base name (`value` finds `valueQuantity`, whose type()
/// is "Quantity"). Decimals keep their text. Lifetime: keeps its payload. Threads: one at a time.
class JsonDocument : public tree::Document {
public:
    virtual const Payload& payload() const noexcept = 0;
};

/// Errors are Issue::structure with line and column in `where` ("line 3, column 14"): malformed JSON, duplicate
/// properties, empty arrays and objects, depth over the limit, bytes that are not UTF-8 (a byte-order mark is dropped).
Result<std::shared_ptr<const JsonDocument>> parse_json(Payload payload, const JsonLimits& limits = {});

/// The JSON text of a node of a FHIR document, compact; primitives keep their text.
std::string to_json(const tree::Node& node);

}  // namespace causeway::fhir
