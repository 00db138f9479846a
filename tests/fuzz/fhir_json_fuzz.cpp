/// Any bytes either are refused with a place, or give a tree that can be walked and written and read again.
#include <cstdint>

#include "fhir/bundle.hpp"
#include "fhir/json.hpp"
#include "walk.hpp"

using namespace causeway;
using fuzz::require;
using fuzz::walk;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto first = fhir::parse_json(Payload({reinterpret_cast<const char*>(data), size}), {64, 10'000});
    if (!first) {
        require(!first.error().where.empty() && !first.error().what.empty());
        return 0;
    }
    std::size_t nodes = 500;
    walk(first.value()->root(), nodes);
    const fhir::Bundle bundle(first.value()->root());
    (void)bundle.resolve("Patient/1");
    const auto text = fhir::to_json(first.value()->root());
    const auto second = fhir::parse_json(Payload(text), {80, 20'000});
    require(second.has_value() && fhir::to_json(second.value()->root()) == text);
    return 0;
}
