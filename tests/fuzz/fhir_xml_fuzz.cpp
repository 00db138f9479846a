/// Any bytes, read as XML strictly and leniently, either are refused with a place, or give a tree that can be walked.
#include <cstdint>

#include "fhir/json.hpp"
#include "fhir/tape.hpp"
#include "walk.hpp"

using namespace causeway;
using fuzz::require;
using fuzz::walk;

namespace {

void read(const Payload& payload, bool is_lenient) {
    fhir::ParseOptions options;
    options.encoding = fhir::ParseOptions::Encoding::xml;
    options.limits = {64, 10'000};
    options.lenient = is_lenient;
    const auto document = fhir::parse(payload, options);
    if (!document) {
        require(!document.error().where.empty() && !document.error().what.empty());
        return;
    }
    for (const auto& finding : (*document)->findings()) {
        require(!finding.id.empty() && !finding.what.empty() && is_lenient);
        require(fhir::Tape::of(**document).position_of(finding.offset).line > 0);
    }
    std::size_t nodes = 500;
    walk((*document)->root(), nodes);
    const auto json = fhir::to_json((*document)->root());
    // What XML gave, JSON reads: but for empty objects and repeats, which only a lenient reading lets pass.
    if (!is_lenient) require(fhir::parse(Payload(json), {}).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Payload payload({reinterpret_cast<const char*>(data), size});
    read(payload, false);
    read(payload, true);
    return 0;
}
