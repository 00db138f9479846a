#include "mapping/table.hpp"

#include <doctest/doctest.h>

#include "support/temp_dir.hpp"

using namespace causeway;
using mapping::Table;

namespace {

Result<Table> table(const std::string& elements) {
    const test::TempDir dir;
    return Table::load(dir.write(
        "t.json",
        R"({"resourceType":"ConceptMap","group":[{"source":"left","target":"right","element":[)" + elements + "]}]}"));
}

}  // namespace

TEST_CASE("codes go both ways, the equivalent one back") {
    const auto made = table(R"({"code":"M","target":[{"code":"male","equivalence":"equivalent"}]},
                               {"code":"1","target":[{"code":"male","equivalence":"wider"}]})");
    REQUIRE(made.has_value());
    CHECK(made->to_right("1")->code == "male");
    CHECK(made->to_right("1")->system == "right");
    CHECK(made->to_left("male")->code == "M");
    CHECK(made->has_inverse());
    CHECK_FALSE(made->to_right("X"));
}

TEST_CASE("upper and lower case are one, unless two codes differ in it alone") {
    const auto made = table(R"({"code":"Cancelled","target":[{"code":"cancelled"}]},
                               {"code":"h","target":[{"code":"low"}]},{"code":"H","target":[{"code":"high"}]})");
    REQUIRE(made.has_value());
    CHECK(made->to_right("CANCELLED")->code == "cancelled");
    CHECK(made->left("cancelled")->code == "Cancelled");
    CHECK(made->to_right("H")->code == "high");
    CHECK(made->to_right("h")->code == "low");
    CHECK_FALSE(made->to_right("CANCELLED "));
}

TEST_CASE("two equal ways back are none") {
    const auto made = table(R"({"code":"A","target":[{"code":"x"}]},{"code":"B","target":[{"code":"x"}]})");
    REQUIRE(made.has_value());
    CHECK_FALSE(made->has_inverse());
    CHECK(made->ambiguous() == "x");
}

TEST_CASE("what is no ConceptMap says so") {
    const test::TempDir dir;
    CHECK(Table::load(dir.write("p.json", R"({"resourceType":"Patient","id":"1"})")).has_error());
    CHECK(Table::load(dir.path() / "absent.json").error().issue == Issue::not_found);
}

TEST_CASE("coding systems by their names in HL7 v2, and back") {
    CHECK(mapping::fhir_system_uri("SCT") == "http://snomed.info/sct");
    CHECK(mapping::fhir_system_uri("HL70280") == "http://terminology.hl7.org/CodeSystem/v2-0280");
    CHECK(mapping::fhir_system_uri("L").empty());
    CHECK(mapping::fhir_system_uri("2.16.840.1") == "urn:oid:2.16.840.1");
    CHECK(mapping::v2_system_name("http://loinc.org") == "LN");
    CHECK(mapping::v2_system_name(mapping::fhir_system_uri("Local Codes")) == "Local_Codes");
}
