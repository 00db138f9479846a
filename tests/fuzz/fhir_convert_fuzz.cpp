/// A document that was read with definitions, JSON or XML, is the same after it went to XML and back.
#include <cstdint>
#include <cstdlib>

#include "fhir/json.hpp"
#include "fhir/xml.hpp"

using namespace causeway;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

fhir::DefinitionsPtr definitions() {
    const char* set = std::getenv("CAUSEWAY_DEFINITIONS");
    auto opened = fhir::Definitions::open(set != nullptr ? set : CAUSEWAY_DEFINITIONS_PACK);
    require(opened.has_value());
    return *opened;
}

fhir::ParseOptions options(bool is_lenient) {
    static const auto kDefinitions = definitions();
    fhir::ParseOptions options;
    options.definitions = kDefinitions;
    options.limits = {64, 10'000};
    options.lenient = is_lenient;
    return options;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Payload payload({reinterpret_cast<const char*>(data), size});
    if (const auto lenient = fhir::parse(payload, options(true))) (void)fhir::to_xml(**lenient);
    const auto first = fhir::parse(payload, options(false));
    if (!first) return 0;
    const auto there = fhir::to_xml(**first);
    if (!there) return 0;
    const auto second = fhir::parse(Payload(*there), options(false));
    require(second.has_value());
    const auto again = fhir::to_xml(**second);
    require(again.has_value() && *again == *there);
    const auto back = fhir::to_json((*second)->root());
    const auto third = fhir::parse(Payload(back), options(false));
    require(third.has_value() && *fhir::to_xml(**third) == *there);
    return 0;
}
