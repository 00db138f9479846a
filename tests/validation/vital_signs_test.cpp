/// Vital signs are known by their LOINC code.
#include "validation/vital_signs.hpp"

#include <doctest/doctest.h>

#include "support/findings.hpp"

using namespace causeway;

namespace {

std::string weight(const std::string& unit) {
    return R"({"resourceType":"Observation","status":"final","category":[{"coding":[{"code":"vital-signs",
        "system":"http://terminology.hl7.org/CodeSystem/observation-category"}]}],
        "code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},"subject":{"reference":"Patient/1"},
        "effectiveDateTime":"2026-11-22","valueQuantity":{"value":71,"unit":"x","system":"http://unitsofmeasure.org",
        "code":")" +
           unit + R"("}})";
}

}  // namespace

TEST_CASE("vital signs: a code leads to its profile") {
    CHECK(validation::vital_sign_profile("29463-7") == "http://hl7.org/fhir/StructureDefinition/bodyweight");
    CHECK(validation::vital_sign_profile("718-7").empty());
}

TEST_CASE("vital signs: who does not meet the profile of the sign is warned, not refused") {
    CHECK_FALSE(test::says(test::validate(weight("kg")), "vital-sign"));
    const auto outcome = test::validate(weight("[stone_av]"));
    CHECK(test::says(outcome, "vital-sign", "Observation"));
    CHECK_FALSE(outcome.has_errors());
}

TEST_CASE("slices are told apart by values that slices inside them demand") {
    const auto pressure = [](const std::string& code) {
        return R"({"resourceType":"Observation","status":"final","category":[{"coding":[{"code":"vital-signs",
            "system":"http://terminology.hl7.org/CodeSystem/observation-category"}]}],"code":{"coding":[{"code":"85354-9",
            "system":"http://loinc.org"}]},"subject":{"reference":"Patient/1"},"effectiveDateTime":"2026-11-22",
            "component":[{"code":{"coding":[{"system":"http://loinc.org","code":")" +
               code + R"("}]},"valueQuantity":{"value":110,"unit":"mmHg","system":"http://unitsofmeasure.org",
            "code":"mm[Hg]"}},{"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":
            {"value":70,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]})";
    };
    const std::vector<std::string> profile = {"http://hl7.org/fhir/StructureDefinition/bp"};
    CHECK_FALSE(test::validate(pressure("8480-6"), test::r4(), {}, profile).has_errors());
    CHECK(test::says(test::validate(pressure("8479-8"), test::r4(), {}, profile), "cardinality-min", "Observation"));
}
