// Evaluations a second of typical expressions over one Patient: as values, and as a condition that allocates nothing.
#include <cstdio>
#include <fstream>

#include "bench/fhir/measure.hpp"
#include "bench/fhir/parts.hpp"
#include "fhir/document.hpp"
#include "fhirpath/expression.hpp"

namespace causeway::bench {
namespace {

constexpr auto kPatient =
    R"({"resourceType":"Patient","active":true,"birthDate":"2008-02-29","identifier":[)"
    R"({"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"},{"system":"urn:x","value":"1"}],)"
    R"("name":[{"use":"official","family":"Ash","given":["Ann","Bea"]},{"use":"usual","given":["Annie"]}]})";

/// The last one is ours alone.
constexpr const char* kExpressions[] = {
    "active",
    "name.given",
    "name.where(use = 'official').family",
    "birthDate > today() - 18 years",
    "name.given.exists() or name.family.exists()",
    "name.all(family.exists() or given.exists())",
    "contact.all(name.exists() or telecom.exists() or address.exists() or organization.exists())",
    "contained.where(meta.versionId.exists() or meta.lastUpdated.exists()).empty()",
    "descendants().count()",
    "identifier.where(system = 'https://fhir.nhs.uk/Id/nhs-number').value.isNhsNumber()"};

template <class F>
double thousand_a_second(F&& run) {
    return 1e3 * runs_a_second([&] {
               for (int i = 0; i < 1000; ++i) run();
           });
}

void row(const char* text, const fhirpath::Expression& expression, const tree::Node& focus,
         const fhirpath::Environment& environment, const Peers* peers) {
    const auto values = thousand_a_second([&] { (void)expression.evaluate(focus, environment).has_value(); });
    const auto conditions = thousand_a_second([&] { (void)expression.test(focus, environment).has_value(); });
    std::printf("%-92s %12.0f %12.0f", text, values, conditions);
    if (const auto there = peers != nullptr ? peers->passes("fhirpath", text) : std::nullopt)
        std::printf(" %12.0f  (%.0fx)", *there, values / *there);
    std::printf("\n");
    std::fflush(stdout);
}

}  // namespace

void write_expressions(const std::filesystem::path& folder) {
    std::filesystem::create_directories(folder / "fhirpath");
    std::ofstream(folder / "fhirpath/patient.json") << kPatient;
    std::ofstream list(folder / "fhirpath/expressions.txt");
    for (const auto* text : kExpressions)
        if (text != std::end(kExpressions)[-1]) list << text << '\n';
}

void fhirpath_rows(const fhir::DefinitionsPtr& definitions, const Peers* peers) {
    fhir::ParseOptions options;
    options.definitions = definitions;
    const auto document = fhir::parse(Payload(kPatient), options).value();
    fhirpath::Environment environment;
    environment.now = SystemClock().now();
    std::printf("%-92s %12s %12s %12s\n", "FHIRPath (aim: 1,000,000 simple evaluations a second)", "values/s",
                "conditions/s", peers != nullptr ? peers->name("fhirpath").c_str() : "");
    for (const auto* text : kExpressions) {
        fhirpath::CompileOptions compile;
        compile.definitions = definitions;
        compile.focus = "Patient";
        row(text, std::get<fhirpath::Expression>(fhirpath::Expression::compile(text, compile)), document->root(),
            environment, peers);
    }
    std::printf("\n");
}

}  // namespace causeway::bench
