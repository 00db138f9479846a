/// Any text either is refused with a column or runs to an end over a FHIR and an HL7 v2 document, with definitions and
/// without; the short way and the evaluator agree.
#include <cstdint>
#include <cstdlib>

#include "fhir/document.hpp"
#include "fhirpath/expression.hpp"
#include "fhirpath/units.hpp"
#include "hl7v2/message.hpp"

using namespace causeway;

namespace {

constexpr auto kPatient =
    R"({"resourceType":"Patient","active":true,"birthDate":"2008-02-29","name":[{"family":"Ash","given":["Ann","Bea"]}],)"
    R"("multipleBirthInteger":2,"extension":[{"url":"u","valueQuantity":{"value":1.5,"unit":"kg"}}]})";
constexpr auto kMessage = "MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5\rPID|1||9990000018^^^NHS^NH~7||Ash^Ann||20080229\r";

// Null where the pack is not built.
fhir::DefinitionsPtr definitions() {
    const char* set = std::getenv("CAUSEWAY_DEFINITIONS");
#ifdef CAUSEWAY_BINARY_DIR
    const std::string path = set != nullptr ? set : CAUSEWAY_BINARY_DIR "/definitions/r4.pack";
#else
    const std::string path = set != nullptr ? set : "";
#endif
    const auto opened = fhir::Definitions::open(path);
    return opened ? *opened : nullptr;
}

fhir::FhirDocumentPtr patient(const fhir::DefinitionsPtr& held) {
    fhir::ParseOptions options;
    options.definitions = held;
    return fhir::parse(Payload(kPatient), options).value();
}

std::string texts(const fhirpath::Collection& items) {
    std::string out;
    for (const auto& item : items) out += '[' + fhirpath::to_text(item) + ']';
    return out;
}

void run(const fhirpath::Expression& expression, const tree::Node& focus, const fhirpath::Environment& environment) {
    std::vector<fhirpath::Explained> steps;
    const auto quick = expression.evaluate(focus, environment);
    const auto whole = expression.explain(focus, environment, steps);
    (void)expression.test(focus, environment);
    if (!whole && whole.error().issue == Issue::too_costly) return;
    if (quick.has_value() != whole.has_value()) std::abort();
    if (quick && texts(*quick) != texts(*whole)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto held = definitions();
    static const auto typed = patient(held);
    static const auto untyped = patient(nullptr);
    static const auto message = hl7v2::parse(Payload(kMessage)).value();
    if (size > 2000) return 0;
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    if (fhirpath::is_ucum(text) && !fhirpath::unit_scale(text) && text.find("Cel") == std::string_view::npos &&
        text.find("[deg") == std::string_view::npos)
        std::abort();
    fhirpath::Environment environment;
    environment.now = parse_fhir_instant("2026-11-21T21:45:03.120Z");
    for (const auto& known : {held, fhir::DefinitionsPtr()}) {
        fhirpath::CompileOptions options;
        options.definitions = known;
        options.focus = known ? "Patient" : "";
        const auto compiled = fhirpath::Expression::compile(text, options);
        if (const auto* error = std::get_if<fhirpath::CompileError>(&compiled)) {
            if (error->column == 0 || error->what.empty()) std::abort();
            continue;
        }
        const auto& expression = std::get<fhirpath::Expression>(compiled);
        for (const auto& focus : {typed->root(), untyped->root(), message->root(), tree::Node()})
            run(expression, focus, environment);
    }
    return 0;
}
