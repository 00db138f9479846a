/// Any JSON is compiled to tables that hold together, or is refused: profiles with wrong differentials, circles of
/// bases and imports, and anything else. Two documents may stand in one input, with a zero byte between them.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/definitions/check_tables.hpp"
#include "fhir/definitions/compile.hpp"

using namespace causeway;

namespace {

// A core of two types, small enough to be compiled for each input.
constexpr std::string_view kCore[] = {
    R"({"resourceType": "StructureDefinition", "url": "http://hl7.org/fhir/StructureDefinition/Element",
        "fhirVersion": "4.0.1", "kind": "complex-type", "type": "Element", "snapshot": {"element": [
        {"id": "Element", "path": "Element", "min": 0, "max": "*"},
        {"id": "Element.id", "path": "Element.id", "min": 0, "max": "1", "type": [{"code": "Element"}]}]}})",
    R"({"resourceType": "StructureDefinition", "url": "http://hl7.org/fhir/StructureDefinition/Patient",
        "fhirVersion": "4.0.1", "kind": "resource", "type": "Patient", "derivation": "specialization",
        "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Element", "snapshot": {"element": [
        {"id": "Patient", "path": "Patient", "min": 0, "max": "*"},
        {"id": "Patient.name", "path": "Patient.name", "min": 0, "max": "*", "type": [{"code": "Element"}]},
        {"id": "Patient.value[x]", "path": "Patient.value[x]", "min": 0, "max": "1",
         "type": [{"code": "Element"}, {"code": "Patient"}]},
        {"id": "Patient.link", "path": "Patient.link", "contentReference": "#Patient.name"}]}})"};

const fhir::DefinitionsPtr& core() {
    static const auto definitions = [] {
        fhir::Documents documents;
        for (const auto text : kCore)
            if (!documents.add_text(text, "core")) std::abort();
        auto compiled = fhir::compile(documents);
        if (!compiled) std::abort();
        return compiled->definitions;
    }();
    return definitions;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view input(reinterpret_cast<const char*>(data), size);
    fhir::Documents documents(core());
    const auto zero = input.find('\0');
    (void)documents.add_text(input.substr(0, zero), "first");
    if (zero != std::string_view::npos) (void)documents.add_text(input.substr(zero + 1), "second");
    const auto compiled = fhir::extend(core(), documents);
    if (!compiled) return 0;
    if (!fhir::check_tables(compiled->definitions->tables())) std::abort();
    return 0;
}
