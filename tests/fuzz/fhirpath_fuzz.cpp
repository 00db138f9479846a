/// Any text either is refused with a column or runs to an end over a FHIR and an HL7 v2 document.
#include <cstdint>
#include <cstdlib>

#include "fhir/json.hpp"
#include "fhirpath/expression.hpp"
#include "hl7v2/message.hpp"

using namespace causeway;

namespace {

constexpr auto kPatient =
    R"({"resourceType":"Patient","active":true,"birthDate":"2008-02-29","name":[{"family":"Ash","given":["Ann","Bea"]}],)"
    R"("multipleBirthInteger":2,"extension":[{"url":"u","valueQuantity":{"value":1.5,"unit":"kg"}}]})";
constexpr auto kMessage = "MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5\rPID|1||9990000018^^^NHS^NH~7||Ash^Ann||20080229\r";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto patient = fhir::parse_json(Payload(kPatient)).value();
    static const auto message = hl7v2::parse(Payload(kMessage)).value();
    if (size > 2000) return 0;
    const auto compiled = fhirpath::Expression::compile({reinterpret_cast<const char*>(data), size});
    if (const auto* error = std::get_if<fhirpath::CompileError>(&compiled)) {
        if (error->column == 0 || error->what.empty()) std::abort();
        return 0;
    }
    fhirpath::Environment environment;
    environment.now = parse_fhir_instant("2026-11-21T21:45:03.120Z");
    const auto& expression = std::get<fhirpath::Expression>(compiled);
    for (const auto& focus : {patient->root(), message->root(), tree::Node()}) {
        const auto result = expression.evaluate(focus, environment);
        if (result)
            for (const auto& item : result.value()) (void)fhirpath::to_text(item);
    }
    return 0;
}
