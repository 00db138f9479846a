/// Evaluations a second of CPU of typical expressions over one Patient.
#include <cstdio>
#include <ctime>

#include "fhir/json.hpp"
#include "fhirpath/expression.hpp"

using namespace causeway;

namespace {

constexpr auto kPatient =
    R"({"resourceType":"Patient","active":true,"birthDate":"2008-02-29","identifier":[)"
    R"({"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"},{"system":"urn:x","value":"1"}],)"
    R"("name":[{"use":"official","family":"Ash","given":["Ann","Bea"]},{"use":"usual","given":["Annie"]}]})";

double rate(const fhirpath::Expression& expression, const tree::Node& focus, const fhirpath::Environment& environment) {
    const auto begin = std::clock();
    std::size_t runs = 0;
    double spent = 0;
    while (spent < 0.5) {
        for (int i = 0; i < 1000; ++i)
            if (!expression.evaluate(focus, environment)) return 0;
        runs += 1000;
        spent = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    }
    return static_cast<double>(runs) / spent;
}

}  // namespace

int main() {
    const auto document = fhir::parse_json(Payload(kPatient)).value();
    fhirpath::Environment environment;
    environment.now = SystemClock().now();
    std::printf("%-70s %14s\n", "expression", "evaluations/s");
    for (const auto* text :
         {"active", "name.given", "name.where(use = 'official').family", "birthDate > today() - 18 years",
          "identifier.where(system = 'https://fhir.nhs.uk/Id/nhs-number').value.isNhsNumber()",
          "name.given.exists() or name.family.exists()", "descendants().count()"}) {
        auto compiled = fhirpath::Expression::compile(text);
        std::printf("%-70s %14.0f\n", text,
                    rate(std::get<fhirpath::Expression>(compiled), document->root(), environment));
    }
}
