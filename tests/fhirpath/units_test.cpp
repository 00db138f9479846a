#include "fhirpath/units.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace causeway::fhirpath;

namespace {

int compared(const char* a, const char* unit, const char* b, const char* other) {
    const auto x = unit_scale(unit);
    const auto y = unit_scale(other);
    REQUIRE(x.has_value());
    REQUIRE(y.has_value());
    const auto pair = in_one_unit(*Number::parse(a), *x, *Number::parse(b), *y);
    REQUIRE(pair.has_value());
    return pair->a.compare(pair->b);
}

}  // namespace

TEST_CASE("units: the grammar of UCUM tells units from what only looks like one") {
    for (const auto* unit :
         {"mg/dL",  "10*3/uL",   "mm[Hg]", "/min",   "{score}",       "kg/m2", "1",     "%",   "mL/min/{1.73_m2}",
          "10*-6",  "ug/(24.h)", "m/s2",   "[degF]", "Cel",           "mol/L", "a",     "mo",  "[iU]/L",
          "/[HPF]", "g.m2/s2",   "2mg",    "kat{x}", "umol/(8.h.kg)", "dB",    "Kibit", "m-1", "m+2"}) {
        CAPTURE(unit);
        if (std::string_view(unit) == "2mg")
            CHECK_FALSE(is_ucum(unit));
        else
            CHECK(is_ucum(unit));
    }
    for (const auto* text : {"", "mg/", "milligram", "mg / dL", "mmHg", "k[in_i]", "(mg", "mg)", "{score", "ug//L",
                             "m--1", "[unknown]", "m2.", "bpm", "lbs", "10**3"}) {
        CAPTURE(text);
        CHECK_FALSE(is_ucum(text));
    }
}

TEST_CASE("units: values compare across prefixes, systems and scales that do not begin at zero") {
    CHECK(compared("1", "[in_i]", "2.54", "cm") == 0);
    CHECK(compared("98.6", "[degF]", "37", "Cel") == 0);
    CHECK(compared("0", "Cel", "273.15", "K") == 0);
    CHECK(compared("37", "Cel", "300", "K") > 0);
    CHECK(compared("1", "[IU]", "1", "[iU]") == 0);
    CHECK(compared("1", "mmol/L", "1000", "umol/L") == 0);
    CHECK(compared("1", "Ymol", "1", "ymol") > 0);
    CHECK(compared("1", "[lb_av]", "453.59237", "g") == 0);
    CHECK(compared("1000", "mg", "1", "g") == 0);
    CHECK_FALSE(unit_scale("Cel")->comparable(*unit_scale("g")));
    CHECK_FALSE(unit_scale("[iU]")->comparable(*unit_scale("[arb'U]")));
    CHECK_FALSE(unit_scale("Cel/s").has_value());
}

TEST_CASE("units: every unit of the published table is known") {
    const char* set = std::getenv("CAUSEWAY_CORPUS");
    const std::filesystem::path corpus = set != nullptr ? set : CAUSEWAY_SOURCE_DIR "/../shared/corpus";
    const auto file = corpus / "fhir/ucum/ucum-essence.xml";
    if (!std::filesystem::exists(file)) {
        MESSAGE("The corpus is absent: set CAUSEWAY_CORPUS to run this test.");
        return;
    }
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    std::size_t units = 0;
    for (auto at = text.find("unit Code=\""); at != std::string::npos; at = text.find("unit Code=\"", at + 1)) {
        const auto begin = at + 11;
        const auto code = text.substr(begin, text.find('"', begin) - begin);
        CAPTURE(code);
        CHECK(is_ucum(code));
        ++units;
    }
    CHECK(units >= 310);
    for (auto at = text.find(" Unit=\""); at != std::string::npos; at = text.find(" Unit=\"", at + 1)) {
        const auto begin = at + 7;
        const auto code = text.substr(begin, text.find('"', begin) - begin);
        if (code.find(' ') != std::string::npos) continue;  // A function of a special unit.
        CAPTURE(code);
        CHECK(is_ucum(code));
    }
}
