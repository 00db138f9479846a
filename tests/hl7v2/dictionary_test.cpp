#include "hl7v2/dictionary/dictionary.hpp"

#include "hl7v2/dictionary/structure.hpp"
#include "hl7v2/support.hpp"

using namespace causeway;
using namespace causeway::hl7v2;

namespace {

std::string name_of(std::string_view version, std::string_view segment, std::uint32_t field) {
    const auto found = Dictionary::of(version).field(segment, field);
    return found ? std::string(found->name) : "none";
}

/// "PID PATIENT_RESULT/PATIENT": the groups of each segment; "-" for one that is unexpected.
std::vector<std::string> grouped(const Structure& structure, const std::vector<std::string_view>& segments) {
    const auto groups = group_segments(structure, segments);
    std::vector<std::string> out;
    for (std::uint32_t i = 0; i < segments.size(); ++i) {
        std::string path;
        for (auto at = groups.of_segment[i]; at != 0; at = groups.instances[at].parent)
            path = '/' + std::string(groups.instances[at].name) + std::to_string(groups.instances[at].number) + path;
        const bool unexpected =
            std::find(groups.unexpected.begin(), groups.unexpected.end(), i) != groups.unexpected.end();
        out.push_back(std::string(segments[i]) + (unexpected ? "-" : path));
    }
    return out;
}

Structure structure(std::string_view version, std::string_view code, std::string_view event, std::string_view id = "") {
    const auto found = Structure::of(Dictionary::of(version), code, event, id);
    REQUIRE(found.has_value());
    return *found;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("every version from 2.1 to 2.9 is known, and others are read as the next lower one") {
    std::vector<std::string> versions;
    for (const auto& dictionary : Dictionary::all()) versions.emplace_back(dictionary.version());
    CHECK(versions == Lines{"2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1", "2.8", "2.9"});
    CHECK(Dictionary::of("2.4").version() == "2.4");
    CHECK(Dictionary::of("2.8.2").version() == "2.8");
    CHECK(Dictionary::of("2.9.1").version() == "2.9");
    CHECK(Dictionary::of("2.10").version() == "2.9");
    CHECK(Dictionary::of("2.3.2").version() == "2.3.1");
    CHECK(Dictionary::of("").version() == "2.5.1");
    CHECK(Dictionary::of("2.0").version() == "2.1");
}

TEST_CASE("fields have names, types, lengths, repetitions, tables and usage by version") {
    const auto& v251 = Dictionary::of("2.5.1");
    CHECK(v251.segment("PID")->title == "Patient Identification");
    CHECK(v251.segment("PID")->fields == 39);
    CHECK_FALSE(v251.segment("ZZZ").has_value());
    const auto identifiers = *v251.field("PID", 3);
    CHECK(identifiers.name == "Patient Identifier List");
    CHECK(identifiers.type == "CX");
    CHECK(identifiers.usage == Usage::required);
    CHECK(identifiers.repeats());
    CHECK(v251.field("PID", 8)->table == 1);
    CHECK(v251.field("PID", 8)->length == 1);
    CHECK_FALSE(v251.field("PID", 0).has_value());
    CHECK_FALSE(v251.field("PID", 40).has_value());
    CHECK(name_of("2.9", "PID", 40) == "Patient Telecommunication Information");
    CHECK(name_of("2.4", "ZU1", 1) == "Date of Decision to Admit");
    CHECK(name_of("2.9", "OBX", 5) == name_of("2.7.1", "OBX", 5));
    CHECK(name_of("2.9", "OBX", 29) == "Observation Type");
    CHECK(Dictionary::of("2.2").field("PID", 5)->type == "PN");
}

TEST_CASE("data types have components") {
    const auto& v251 = Dictionary::of("2.5.1");
    CHECK(v251.type("CX")->title == "Extended Composite ID with Check Digit");
    CHECK(v251.component("CX", 4)->name == "Assigning Authority");
    CHECK(v251.component("CX", 4)->type == "HD");
    CHECK_FALSE(v251.component("ST", 1).has_value());
    CHECK_FALSE(v251.component("QQ", 1).has_value());
}

TEST_CASE("tables say what codes mean") {
    CHECK(Dictionary::code_text(1, "F") == "Female");
    CHECK(Dictionary::code_text(1, "X").empty());
    CHECK(Dictionary::code_text(9999, "X").empty());
    CHECK(Dictionary::table(357)->title == "Message error condition codes");
    CHECK(Dictionary::code_text(357, "104") == "Value too long");
    CHECK_FALSE(Dictionary::table(9999).has_value());
}

TEST_CASE("every field's type is known in its version, and every structure's segments too") {
    for (const auto& dictionary : Dictionary::all()) {
        int missing = 0;
        for (const auto* segment : {"MSH", "PID", "PV1", "OBX", "OBR", "ORC", "NK1", "IN1", "MSA", "ERR", "EVN"}) {
            const auto definition = dictionary.segment(segment);
            REQUIRE(definition.has_value());
            for (std::uint32_t i = 1; i <= definition->fields; ++i)
                if (!dictionary.type(dictionary.field(segment, i)->type)) ++missing;
        }
        INFO(dictionary.version());
        CHECK(missing <= 1);  // OBX-5 has the type that OBX-2 names.
    }
}

TEST_CASE("a structure is found by event, by name, or in another version") {
    CHECK(structure("2.4", "ADT", "A28").name() == "ADT_A28");
    CHECK(structure("2.5.1", "ADT", "", "ADT_A05").name() == "ADT_A05");
    CHECK(structure("2.3", "ACK", "A01").name() == "ACK");
    CHECK(structure("2.7", "ORM", "O01").name() == "ORM_O01");
    CHECK(structure("2.9", "REF", "I12").version() == "2.9");
    CHECK(structure("2.1", "REF", "I12").version() == "2.3");
    CHECK_FALSE(Structure::of(Dictionary::of("2.5"), "ZZZ", "Z01", "").has_value());
}

TEST_CASE("segments find their groups") {
    CHECK(grouped(structure("2.4", "REF", "I12"),
                  {"MSH", "RF1", "PRD", "CTD", "PRD", "PID", "NK1", "OBR", "OBX", "OBX", "NTE", "PV1"}) ==
          Lines{"MSH", "RF1", "PRD/PROVIDER_CONTACT1", "CTD/PROVIDER_CONTACT1", "PRD/PROVIDER_CONTACT2", "PID", "NK1",
                "OBR/OBSERVATION1", "OBX/OBSERVATION1/RESULTS_NOTES1", "OBX/OBSERVATION1/RESULTS_NOTES2",
                "NTE/OBSERVATION1/RESULTS_NOTES2", "PV1/PATIENT_VISIT1"});
    const auto oru = structure("2.5.1", "ORU", "R01");
    CHECK(grouped(oru, {"MSH", "PID", "OBR", "OBX", "OBR", "OBX", "NTE", "PID", "ORC", "OBR"}) ==
          Lines{"MSH", "PID/PATIENT_RESULT1/PATIENT1", "OBR/PATIENT_RESULT1/ORDER_OBSERVATION1",
                "OBX/PATIENT_RESULT1/ORDER_OBSERVATION1/OBSERVATION1", "OBR/PATIENT_RESULT1/ORDER_OBSERVATION2",
                "OBX/PATIENT_RESULT1/ORDER_OBSERVATION2/OBSERVATION1",
                "NTE/PATIENT_RESULT1/ORDER_OBSERVATION2/OBSERVATION1", "PID/PATIENT_RESULT2/PATIENT1",
                "ORC/PATIENT_RESULT2/ORDER_OBSERVATION1", "OBR/PATIENT_RESULT2/ORDER_OBSERVATION1"});
}

TEST_CASE("an unexpected segment is passed over, and what follows keeps its place") {
    const auto adt = structure("2.5.1", "ADT", "A01");
    CHECK(grouped(adt, {"MSH", "OBX", "EVN", "PID", "PV1", "PD1", "INX", "IN1", "IN2"}) ==
          Lines{"MSH", "OBX-", "EVN", "PID", "PV1", "PD1-", "INX-", "IN1/INSURANCE1", "IN2/INSURANCE1"});
    const auto oru = structure("2.5.1", "ORU", "R01");
    CHECK(grouped(oru, {"MSH", "PID", "OBX", "OBR", "OBX"}) ==
          Lines{"MSH", "PID/PATIENT_RESULT1/PATIENT1", "OBX-", "OBR/PATIENT_RESULT1/ORDER_OBSERVATION1",
                "OBX/PATIENT_RESULT1/ORDER_OBSERVATION1/OBSERVATION1"});
}

TEST_CASE("a missing segment does not hinder those after it") {
    CHECK(grouped(structure("2.5.1", "ADT", "A01"), {"MSH", "PV1", "IN2"}) == Lines{"MSH", "PV1", "IN2/INSURANCE1"});
    CHECK(grouped(structure("2.5.1", "ORU", "R01"), {"MSH", "PID", "OBX", "OBX"}) ==
          Lines{"MSH", "PID/PATIENT_RESULT1/PATIENT1", "OBX/PATIENT_RESULT1/ORDER_OBSERVATION1/OBSERVATION1",
                "OBX/PATIENT_RESULT1/ORDER_OBSERVATION1/OBSERVATION2"});
}

TEST_CASE("local segments belong where they stand") {
    CHECK(grouped(structure("2.4", "REF", "I12"), {"MSH", "ZAA", "PRD", "ZBB", "PID", "ZCC"}) ==
          Lines{"MSH", "ZAA", "PRD/PROVIDER_CONTACT1", "ZBB/PROVIDER_CONTACT1", "PID", "ZCC"});
}

TEST_CASE("choices are groups without a name") {
    CHECK(grouped(structure("2.3", "ORM", "O01"), {"MSH", "PID", "ORC", "RXO", "NTE", "ORC", "OBR"}) ==
          Lines{"MSH", "PID/PATIENT1", "ORC/ORDER1", "RXO/ORDER1/ORDER_DETAIL1", "NTE/ORDER1/ORDER_DETAIL1",
                "ORC/ORDER2", "OBR/ORDER2/ORDER_DETAIL1"});
}
