#include "hl7v2/path.hpp"

#include <doctest/doctest.h>

using namespace causeway::hl7v2;

TEST_CASE("a path is read into its parts") {
    const auto path = Path::parse("PID-3[4.1=\"NHS\" or 5='N\\'H'][2].4.1");
    REQUIRE(path.has_value());
    CHECK(path->segment == "PID");
    CHECK(path->segment_index == 0);
    CHECK(path->field == 3);
    CHECK(path->repetition == 2);
    REQUIRE(path->repetition_filter.any_of.size() == 2);
    CHECK(path->repetition_filter.any_of[0].first == 4);
    CHECK(path->repetition_filter.any_of[0].second == 1);
    CHECK(path->repetition_filter.any_of[0].equals == "NHS");
    CHECK(path->repetition_filter.any_of[1].equals == "N'H");
    CHECK(path->component == 4);
    CHECK(path->subcomponent == 1);
}

TEST_CASE("a bracket after the segment is an index or a filter on fields") {
    CHECK(Path::parse("OBX[2]-5")->segment_index == 2);
    const auto filtered = Path::parse("OBX[2=\"TX\"]-5");
    CHECK(filtered->segment_index == 0);
    CHECK(filtered->segment_filter.any_of.front().first == 2);
    CHECK(Path::parse("OBX[*]-5[*]")->repetition == 0);
    CHECK(Path::parse("PID")->field == 0);
}

TEST_CASE("the written form reads the same") {
    for (const auto* text : {"PID", "PID-3", "PID-3[1].4", "PID-3[1].4.2", "OBX[2]-5", "OBX[2=\"TX\"]-5", "ZA1[3]",
                             "PID-3[4.1=\"NHS\" or 5=\"NH\"].1", "PRD[1=\"RP\"][2]-2[5=\"a\\\"\\\\b\"][1].1"}) {
        const auto path = Path::parse(text);
        REQUIRE(path.has_value());
        CHECK(path->text() == text);
    }
}

TEST_CASE("what is no path is refused with the column") {
    for (const auto* text : {"",
                             "P",
                             "pid-3",
                             "PIDX-3",
                             "PID-",
                             "PID-0",
                             "PID-3.",
                             "PID-3.0",
                             "PID-3[0]",
                             "PID-3[",
                             "PID-3[1",
                             "PID-3[4=NHS]",
                             "PID-3[4=\"NHS]",
                             "PID-3.1.2.3",
                             "PID-99999",
                             "PID-3 ",
                             " PID-3",
                             "PID-3x",
                             "PID-3[4=\"a\" and 5=\"b\"]",
                             "1ID-3"}) {
        INFO(text);
        CHECK_FALSE(Path::parse(text).has_value());
    }
    CHECK(Path::parse("PID-3x").error().what.find("column 4") != std::string::npos);
}

TEST_CASE("in an expression a path is the longest that the text begins with") {
    const auto matched = [](std::string_view text) { return text.substr(0, Path::match(text)); };
    CHECK(matched("PID-3[1].4 = 'NHS'") == "PID-3[1].4");
    CHECK(matched("MSH-9.1='ADT'") == "MSH-9.1");
    CHECK(matched("PID-3.first()") == "PID-3");
    CHECK(matched("PID-3[1].where(x)") == "PID-3[1]");
    CHECK(matched("PID-3.4.exists()") == "PID-3.4");
    CHECK(matched("PID-3[0].4") == "PID-3");
    CHECK(matched("PID-3[%i]") == "PID-3");
    CHECK(matched("OBX[2]-5") == "OBX[2]-5");
    CHECK(matched("OBX[2=\"TX\"]-5) and x") == "OBX[2=\"TX\"]-5");
    CHECK(matched("PV1-3)") == "PV1-3");
}

TEST_CASE("names and subtractions are no paths") {
    for (const auto* text : {"Patient", "a-1", "PID", "PID.x", "PID[1]", "PID[1].x", "PID - 3", "PID-x", "PIDX-1",
                             "Abc-1", "PID-3x", "PID-3_a", "AB-1", "", "OBX[2]", "PID-0"}) {
        INFO(text);
        CHECK(Path::match(text) == 0);
    }
}

TEST_CASE("a path may name groups") {
    const auto path = *Path::parse("PATIENT_RESULT.ORDER_OBSERVATION[2].OBX[3.1=\"a\"][1]-5");
    REQUIRE(path.groups.size() == 2);
    CHECK(path.groups[0] == PathGroup{"PATIENT_RESULT", 0});
    CHECK(path.groups[1] == PathGroup{"ORDER_OBSERVATION", 2});
    CHECK(path.segment == "OBX");
    CHECK(path.text() == "PATIENT_RESULT.ORDER_OBSERVATION[2].OBX[3.1=\"a\"][1]-5");
    CHECK(Path::match("PROVIDER_CONTACT[2].PRD-2.1 = 'x'") == 27);
    CHECK(Path::match("PROVIDER_CONTACT[*].PRD-2") == 25);
    for (const auto* none :
         {"PATIENT", "PATIENT.", "PATIENT.PID", "Patient.PID-3", "PATIENT[1]", "A.PID-3", "PATIENT[x].PID-3"})
        CHECK(Path::match(none) == 0);
    for (const auto* wrong : {"PATIENT.", "PATIENT..PID-3", "patient.PID-3", "PATIENT[0].PID-3"})
        CHECK_FALSE(Path::parse(wrong).has_value());
}
