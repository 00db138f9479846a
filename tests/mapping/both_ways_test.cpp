/// Repeats there and back: for A <-> B, and which resource is meant on the way back.
#include <doctest/doctest.h>

#include "mapping/support.hpp"

using namespace causeway;
using mapping::Direction;

namespace {

const std::string kHead =
    "segment MSH required\nMSH-9.1 <- = \"ADT\"\nMSH-9.2 <- = \"A28\"\nMSH-10 <- = \"1\"\nMSH-12 <- = \"2.4\"\n";

std::string there_and_back(const std::string& map, const std::string& message, std::string& middle) {
    const test::MapFile file(map);
    const auto loaded = file.load();
    CHECK(file.mistakes() == std::vector<std::string>());
    const auto input = test::v2(message);
    const auto there = loaded.run(Direction::forward, input->root(), {});
    REQUIRE(there.has_value());
    middle = there->payload.reveal();
    const auto document = test::fhir_json(middle);
    const auto back = loaded.run(Direction::reverse, document->root(), {});
    REQUIRE(back.has_value());
    return std::string(back->payload.reveal());
}

}  // namespace

TEST_CASE("segments become items of an element, and items segments again") {
    std::string middle;
    const auto back = there_and_back(
        "map t v2 2.4 ADT^A28 <-> Patient version 1\n" + kHead +
            "resource Patient id from PID-3\nsegment PID\nPID-3[*] <-> identifier[*] : CX\n"
            "for NK1[*] <-> contact[*] as kin {\n"
            "segment NK1\nNK1-1 <- %set\nNK1-2 <-> name : XPN\nNK1-4 <-> address : XAD\n}\n",
        "MSH|^~\\&|A|B|C|D|20261121||ADT^A28|1|P|2.4\rPID|||3^^^X\rNK1|1|BEE^ANN\rNK1|2|BEE^BOB||^^LEEDS\r", middle);
    CHECK(middle.find(R"("contact":[{"name":{"family":"BEE","given":["ANN"]}},{"name":)") != std::string::npos);
    CHECK(back.find("NK1|1|BEE^ANN\rNK1|2|BEE^BOB||^^LEEDS\r") != std::string::npos);
}

TEST_CASE("segments become resources, and resources segments again") {
    std::string middle;
    const auto back = there_and_back(
        "map t v2 2.4 ADT^A28 <-> Bundle.collection version 1\n" + kHead +
            "resource Patient as patient id from PID-3\nsegment PID\nPID-3[*] <-> identifier[*] : CX\n"
            "for AL1[*] <-> entry.resource.ofType(AllergyIntolerance) as allergy {\n"
            "resource AllergyIntolerance as allergy id from PID-3, AL1-3 each\n"
            "-> patient : Reference(patient)\n"
            "segment AL1\nAL1-1 <- %set\nAL1-3 <-> code : CWE\n}\n",
        "MSH|^~\\&|A|B|C|D|20261121||ADT^A28|1|P|2.4\rPID|||3^^^X\rAL1|1||Z1^Nuts^L\rAL1|2||Z2^Eggs^L\r", middle);
    CHECK(middle.find("Eggs") != std::string::npos);
    CHECK(back.find("AL1|1||Z1^Nuts^L\rAL1|2||Z2^Eggs^L\r") != std::string::npos);
}

TEST_CASE("each round keeps its own resources: nothing of another round is referred to, there or back") {
    std::string middle;
    const auto back = there_and_back(
        "map t v2 2.4 ADT^A28 <-> Bundle.collection version 1\n" + kHead +
            "resource Patient as patient id from PID-3\nsegment PID\nPID-3[*] <-> identifier[*] : CX\n"
            "for AL1[*] <-> entry.resource.ofType(AllergyIntolerance) as allergy {\n"
            "resource AllergyIntolerance as allergy id from PID-3, AL1-3 each\n"
            "-> patient : Reference(patient)\n-> asserter : Reference(who)\n"
            "resource Practitioner as who id from AL1-5 when AL1-5.exists()\nAL1-5 -> name[0].text\n"
            "resource AllergyIntolerance as allergy\n"
            "segment AL1\nAL1-1 <- %set\nAL1-3 <-> code : CWE\nAL1-5 <- asserter.resolve().name.text\n}\n",
        "MSH|^~\\&|A|B|C|D|20261121||ADT^A28|1|P|2.4\rPID|||3^^^X\rAL1|1||Z1^Nuts^L||WREN\rAL1|2||Z2^Eggs^L\r", middle);
    CHECK(middle.find("asserter") == middle.rfind("asserter"));
    CHECK(back.find("AL1|1||Z1^Nuts^L||WREN\rAL1|2||Z2^Eggs^L\r") != std::string::npos);
}

TEST_CASE("a block that starts at the document does not need the resource of the line before") {
    std::string middle;
    const auto back =
        there_and_back("map t v2 2.4 ADT^A28 <-> Bundle.collection version 1\n" + kHead +
                           "resource Encounter as stay id from PV1-19 when PV1-19.exists()\nsegment PV1\nPV1-19 <-> "
                           "identifier[0] : CX\n"
                           "for AL1[*] <-> entry.resource.ofType(AllergyIntolerance) as allergy {\n"
                           "resource AllergyIntolerance as allergy id from AL1-3 each\n"
                           "segment AL1\nAL1-1 <- %set\nAL1-3 <-> code : CWE\n}\n",
                       "MSH|^~\\&|A|B|C|D|20261121||ADT^A28|1|P|2.4\rPID|||3^^^X\rAL1|1||Z1^Nuts^L\r", middle);
    CHECK(back.find("AL1|1||Z1^Nuts^L\r") != std::string::npos);
}

TEST_CASE("a map of one way passes over found, so that it can share rows with a map both ways") {
    const std::string rows =
        "resource Patient as patient id from PID-3 found %patients.first()\nPID-3[*] -> identifier[*] : CX\n";
    const test::MapFile one_way("map t v2 2.4 ADT^A28 -> Bundle.collection version 1\n" + rows);
    one_way.load();
    CHECK(one_way.mistakes().empty());
    const test::MapFile both("map t v2 2.4 ADT^A28 <-> Bundle.collection version 1\n" + kHead + rows);
    both.load();
    REQUIRE(both.mistakes().size() == 1);
    CHECK(both.mistakes()[0].find("%patients") != std::string::npos);
}

TEST_CASE("of several resources of a type, found says which one a segment is made of") {
    std::string middle;
    const auto back = there_and_back(
        "map t v2 2.4 ADT^A28 <-> Bundle.collection version 1\n" + kHead +
            "resource Patient as patient id from PID-3\nsegment PID\nPID-3[*] <-> identifier[*] : CX\n"
            "-> managingOrganization : Reference(hospital)\n"
            "resource Organization as other id from PV1-3\nPV1-3.1 -> name\n"
            "resource Organization as hospital id from PV1-39 "
            "found entry.resource.ofType(Patient).managingOrganization.resolve()\n"
            "segment PV1\nPV1-39 <-> name\n",
        "MSH|^~\\&|A|B|C|D|20261121||ADT^A28|1|P|2.4\rPID|||3^^^X\rPV1|||WARD|" + std::string(35, '|') + "HOSPITAL\r",
        middle);
    CHECK(middle.find("WARD") != std::string::npos);
    CHECK(back.find("|HOSPITAL") != std::string::npos);
}

TEST_CASE("in a map of one way, a block both ways runs that way") {
    const test::MapFile file(
        "map t v2 2.4 ADT^A28 -> Patient version 1\nfor NK1[*] <-> contact[*] {\nsegment NK1\nNK1-2 <-> name : "
        "XPN\n}\n");
    const auto loaded = file.load();
    REQUIRE(file.mistakes() == std::vector<std::string>());
    const auto input = test::v2("MSH|^~\\&|A|B|C|D|20261121||ADT^A28|1|P|2.4\rNK1|1|BEE^ANN\r");
    const auto there = loaded.run(Direction::forward, input->root(), {});
    REQUIRE(there.has_value());
    CHECK(there->payload.reveal().find("\"contact\":[{\"name\":{\"family\":\"BEE\"") != std::string_view::npos);
}

TEST_CASE("what a block both ways writes names whether it is one item or all") {
    const test::MapFile file(
        "map t v2 2.4 ADT^A28 <-> Patient version 1\nfor NK1[*] <-> contact {\nsegment NK1\nNK1-2 <-> name : XPN\n}\n");
    CHECK(file.load().empty());
    CHECK(file.mistakes()[0] == "2:23: Write [0] or [*] here: Patient.contact can hold several values.");
}

TEST_CASE("inside a block, a resource from outside goes on; a block of the way back only has its own expression") {
    std::string middle;
    const auto back =
        there_and_back("map t v2 2.4 ADT^A28 <-> Bundle.collection version 1\n" + kHead +
                           "resource Encounter as stay id from PV1-19\n-> status = \"unknown\"\nPV1-2 -> class.code\n"
                           "for DG1[*] as diagnoses {\n"
                           "resource Condition as condition id from DG1-3 each\nDG1-3 -> code : CWE\n"
                           "resource Encounter as stay\nin diagnosis[*] {\nDG1-15 -> rank : NM.integer else drop\n"
                           "-> condition : Reference(condition)\n}\n"
                           "resource Condition as condition\nDG1-4 -> code.text\n}\n"
                           "for entry.resource.ofType(Encounter) as stays {\nfor diagnosis as diagnoses {\n"
                           "segment DG1\nDG1-1 <- %set\nDG1-15 <- rank\nDG1-4 <- condition.resolve().code.text\n}\n}\n",
                       "MSH|^~\\&|A|B|C|D|20261121||ADT^A28|1|P|2.4\rPV1||I|||||||||||||||||V1\r"
                       "DG1|1||Z1^Cough^L|cough|||||||||||1\rDG1|2||Z2^Fever^L|fever|||||||||||2\r",
                       middle);
    CHECK(middle.find("\"diagnosis\":[{\"rank\":1,") != std::string::npos);
    CHECK(back.find("DG1|1|||cough|||||||||||1\rDG1|2|||fever|||||||||||2\r") != std::string::npos);
}

TEST_CASE("what the version that is written knows no parts of takes the code alone") {
    const auto written = [](const std::string& version, const std::string& concept_json) {
        const test::MapFile file(
            "map t v2 2.3..2.8 ADT^A28 <- Encounter version 1\nsegment MSH required\n"
            "MSH-9.1 <- = \"ADT\"\nMSH-9.2 <- = \"A28\"\nMSH-10 <- = \"1\"\nMSH-12 <- = \"" +
            version + "\"\nsegment PV1\nPV1-14 <- hospitalization.admitSource : CWE\n");
        const auto map = file.load();
        REQUIRE(file.mistakes() == std::vector<std::string>());
        const auto input =
            test::fhir_json(R"({"resourceType":"Encounter","hospitalization":{"admitSource":)" + concept_json + "}}");
        const auto text = std::string(map.run(Direction::reverse, input->root(), {}).value().payload.reveal());
        return text.substr(text.find("PV1"));
    };
    const std::string coded = R"({"coding":[{"system":"http://x.org","code":"7","display":"Emergency room"}]})";
    CHECK(written("2.5.1", coded) == "PV1||||||||||||||7\r");
    CHECK(written("2.8", coded) == "PV1||||||||||||||7^Emergency room^http://x.org\r");
    CHECK(written("2.5.1", R"({"text":"From home"})") == "PV1||||||||||||||From home\r");
}

TEST_CASE("a code without a system is local, but of HL7's own table where the field has one") {
    std::string middle;
    const auto back =
        there_and_back("map t v2 2.4 ADT^A28 <-> Patient version 1\n" + kHead +
                           "resource Patient id from PID-3\nsegment PID\nPID-3[*] <-> identifier[*] : CX\n"
                           "PID-16 <-> maritalStatus : CWE\n",
                       "MSH|^~\\&|A|B|C|D|20261121||ADT^A28|1|P|2.4\rPID|||3^^^X|||||||||||||M^Married\r", middle);
    CHECK(back.find("|M^Married\r") != std::string::npos);
}

TEST_CASE("a component with parts takes those of the type") {
    std::string middle;
    const auto back = there_and_back(
        "map t v2 2.5.1 OUL^R22 <-> Specimen version 1\nsegment MSH required\nMSH-9.1 <- = \"OUL\"\n"
        "MSH-9.2 <- = \"R22\"\nMSH-10 <- = \"1\"\nMSH-12 <- = \"2.5.1\"\n"
        "segment SPM\nSPM-2.1 <-> identifier[0] : EI\nSPM-2.2 <-> identifier[1] : EI\n",
        "MSH|^~\\&|A|B|C|D|20261121||OUL^R22|1|P|2.5.1\rSPM||P1&GP^F1&LAB\r", middle);
    CHECK(middle.find(R"([{"system":"urn:id:GP","value":"P1"},{"system":"urn:id:LAB","value":"F1"}])") !=
          std::string::npos);
    CHECK(back.find("SPM||P1&GP^F1&LAB\r") != std::string::npos);
}

TEST_CASE("lines are a file of plain text, and lines again") {
    std::string middle;
    const auto back = there_and_back(
        "map t v2 2.5.1 MDM^T02 <-> DocumentReference version 1\nsegment MSH required\nMSH-9.1 <- = \"MDM\"\n"
        "MSH-9.2 <- = \"T02\"\nMSH-10 <- = \"1\"\nMSH-12 <- = \"2.5.1\"\nsegment OBX\nOBX-2 <- = \"TX\"\n"
        "OBX-5[*] -> content[0].attachment : TX.Attachment else reject 102\n"
        "OBX-5[*] <- content.first().attachment : TX.Attachment else reject 102\n",
        "MSH|^~\\&|A|B|C|D|20261121||MDM^T02|1|P|2.5.1\rOBX|1|TX|D^Diagnosis||Pain R&D~~more\rOBX|2|TX|P^Plan||Rest\r",
        middle);
    CHECK(middle.find(R"("contentType":"text/plain;charset=utf-8","data":)") != std::string::npos);
    CHECK(back.find("OBX||TX|||Diagnosis~Pain R\\T\\D~~more~~Plan~Rest\r") != std::string::npos);
}
