#include <limits>

#include "fhir/document.hpp"
#include "fhir/json_reader.hpp"
#include "fhir/problem.hpp"
#include "fhir/tape_builder.hpp"

namespace causeway::fhir {

Result<FhirDocumentPtr> parse(Payload payload, const ParseOptions& options) {
    if (payload.size() >= std::numeric_limits<std::uint32_t>::max())
        return fail(Issue::too_long, "line 1, column 1", "Send a document of less than 4 GiB.");
    if (payload.empty())
        return fail(Issue::structure, "line 1, column 1", "Send a FHIR resource; the document is empty.");
    const auto tape = std::make_shared<Tape>(std::move(payload), Format::json, options.definitions);
    TapeBuilder builder(*tape, options);
    if (!JsonReader(builder).read()) return to_error(tape->source(), std::move(*builder.problem()));
    builder.finish();
    return FhirDocumentPtr(tape);
}

}  // namespace causeway::fhir
