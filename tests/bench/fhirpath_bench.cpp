/// Evaluations a second of CPU of typical expressions over one Patient: as values, and as a condition that allocates
/// nothing; read with the definitions where the pack is built.
#include <cstdio>
#include <ctime>

#include "fhir/document.hpp"
#include "fhirpath/expression.hpp"

using namespace causeway;

namespace {

constexpr auto kPatient =
    R"({"resourceType":"Patient","active":true,"birthDate":"2008-02-29","identifier":[)"
    R"({"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"},{"system":"urn:x","value":"1"}],)"
    R"("name":[{"use":"official","family":"Ash","given":["Ann","Bea"]},{"use":"usual","given":["Annie"]}]})";

template <class F>
double rate(F&& run) {
    const auto begin = std::clock();
    std::size_t runs = 0;
    double spent = 0;
    while (spent < 0.3) {
        for (int i = 0; i < 1000; ++i) run();
        runs += 1000;
        spent = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    }
    return static_cast<double>(runs) / spent;
}

}  // namespace

int main() {
    fhir::ParseOptions options;
    if (auto opened = fhir::Definitions::open(CAUSEWAY_BINARY_DIR "/definitions/r4.pack"))
        options.definitions = *opened;
    const auto document = fhir::parse(Payload(kPatient), options).value();
    const auto focus = document->root();
    fhirpath::Environment environment;
    environment.now = SystemClock().now();
    std::printf("%s definitions\n%-70s %14s %14s\n", options.definitions ? "with" : "without", "expression", "values/s",
                "conditions/s");
    for (const auto* text :
         {"active", "name.given", "name.where(use = 'official').family", "birthDate > today() - 18 years",
          "identifier.where(system = 'https://fhir.nhs.uk/Id/nhs-number').value.isNhsNumber()",
          "name.given.exists() or name.family.exists()", "name.all(family.exists() or given.exists())",
          "contact.all(name.exists() or telecom.exists() or address.exists() or organization.exists())",
          "contained.where(meta.versionId.exists() or meta.lastUpdated.exists()).empty()", "descendants().count()"}) {
        fhirpath::CompileOptions compile;
        compile.definitions = options.definitions;
        compile.focus = "Patient";
        const auto expression = std::get<fhirpath::Expression>(fhirpath::Expression::compile(text, compile));
        const auto values = rate([&] { return expression.evaluate(focus, environment).has_value(); });
        const auto conditions = rate([&] { return expression.test(focus, environment).has_value(); });
        std::printf("%-70s %14.0f %14.0f\n", text, values, conditions);
    }
}
