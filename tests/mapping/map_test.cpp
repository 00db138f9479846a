/// Runs of maps through the public interface.
#include "mapping/map.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "core/text.hpp"
#include "mapping/support.hpp"

using namespace causeway;
using mapping::Direction;

namespace {

const std::string kMessage =
    "MSH|^~\\&|PAS|RX999|CAUSEWAY||20261121093000+0000||ADT^A28|1|P|2.4\r"
    "PID|1||9990000018^^^NHS~77^^^RX999^MR||TESTPATIENT^MARIGOLD||19580412|F\r";

const std::string kPatient =
    "map t v2 2.3..2.5.1 ADT^A28 -> Patient version 7\n"
    "resource Patient id from PID-3[1]\n"
    "PID-3[*] -> identifier[*] : CX\n";

std::string run(const std::string& map, const std::string& message) {
    const test::MapFile file(map);
    const auto input = test::v2(message);
    const auto output = file.load().run(Direction::forward, input->root(), {});
    REQUIRE(file.mistakes().empty());
    return output ? std::string(output->payload.reveal()) : "error: " + output.error().where;
}

}  // namespace

TEST_CASE("a map knows its name, its version, its direction and its files") {
    const test::MapFile file(kPatient + "extends \"more.rows\"\n");
    file.put("more.rows", "PID-8 -> gender\n");
    const auto map = file.load();
    CHECK(map.name() == "t");
    CHECK(map.version() == "7");
    CHECK(map.can(Direction::forward));
    CHECK_FALSE(map.can(Direction::reverse));
    CHECK(map.files().size() == 2);
}

TEST_CASE("the wrong direction and the wrong message type are refused") {
    const test::MapFile file(kPatient);
    const auto map = file.load();
    const auto message = test::v2(kMessage);
    CHECK(map.run(Direction::reverse, message->root(), {}).error().issue == Issue::not_supported);
    const auto other = test::v2("MSH|^~\\&|A|B|C|D|20261121||SIU^S12|1|P|2.4\rPID|1\r");
    CHECK(map.run(Direction::forward, other->root(), {}).error().where == "MSH-9");
}

TEST_CASE("the same message gives the same bytes") {
    CHECK(run(kPatient, kMessage) == run(kPatient, kMessage));
    CHECK(run(kPatient, kMessage).find("\"id\":\"") != std::string::npos);
}

TEST_CASE("without [*] on the written side the first value is taken and the rest is lost") {
    const test::MapFile file("map t v2 2.4 ADT^A28 -> Patient version 1\nPID-3 -> identifier[0] : CX\n");
    const auto input = test::v2(kMessage);
    const auto output = file.load().run(Direction::forward, input->root(), {});
    REQUIRE(output.has_value());
    CHECK(output->payload.reveal().find("77") == std::string_view::npos);
    CHECK(std::count(output->lost.begin(), output->lost.end(), "PID-3[2]") == 1);
}

TEST_CASE("explain names the row and the source of each element") {
    const test::MapFile file(kPatient);
    const auto input = test::v2(kMessage);
    const auto output = file.load().run(Direction::forward, input->root(), {}, true);
    REQUIRE(output.has_value());
    std::string all;
    for (const auto& trace : output->traces) all += trace.output + " " + trace.row + " " + trace.source + "\n";
    CHECK(all ==
          "Patient.resourceType test.map:2 constant\n"
          "Patient.id test.map:2 PID-3[1]\n"
          "Patient.identifier[0] test.map:3 PID-3[1]\n"
          "Patient.identifier[1] test.map:3 PID-3[2]\n");
}

TEST_CASE("replace and remove change what is extended") {
    const test::MapFile file(kPatient + "extends \"base.rows\"\nreplace -> gender = \"other\"\nremove language\n");
    file.put("base.rows", "PID-8 -> gender\nPID-15 -> language\n");
    const auto input = test::v2(kMessage);
    const auto output = file.load().run(Direction::forward, input->root(), {});
    REQUIRE(file.mistakes().empty());
    REQUIRE(output.has_value());
    CHECK(output->payload.reveal().find("\"gender\":\"other\"") != std::string_view::npos);
}

TEST_CASE("no error and no finding holds a value of the message") {
    const test::MapFile file(kPatient + "PID-5.1 -> birthDate : DTM.date else reject 102\n");
    const auto input = test::v2(kMessage);
    const auto output = file.load().run(Direction::forward, input->root(), {});
    REQUIRE(output.has_error());
    CHECK(output.error().hl7_code == 102);
    CHECK(to_string(output.error()).find("TESTPATIENT") == std::string::npos);
}

TEST_CASE("one object written by all rows of an in block, and none where only constants would be in it") {
    const std::string map = kPatient + "in contact[*] {\n-> gender = \"other\"\nNK1-2 -> name : XPN\n}\n";
    CHECK(run(map, kMessage).find("contact") == std::string::npos);
    CHECK(run(map, kMessage + "NK1|1|TESTPATIENT^DAISY\r").find("\"contact\":[{\"gender\":\"other\"") !=
          std::string::npos);
}

TEST_CASE("random text from FHIR never adds a segment, a field or a repetition") {
    const test::MapFile file(
        "map t v2 2.5.1 ADT^A28 <- Patient version 1\nsegment MSH required\nMSH-9.1 <- = \"ADT\"\nMSH-9.2 <- = "
        "\"A28\"\n"
        "MSH-10 <- = \"1\"\nMSH-12 <- = \"2.5.1\"\nsegment PID\nPID-5.1 <- name.family\nPID-6 <- = \"end\"\n");
    const auto map = file.load();
    REQUIRE(file.mistakes().empty());
    std::mt19937 random(7);
    const std::string_view alphabet = "ab|^~\\&.\r\n\t PID1-0XFSTRE";
    for (int round = 0; round < 500; ++round) {
        std::string family = "x";
        for (int i = 0; i < 12; ++i) family += alphabet[random() % alphabet.size()];
        const auto input =
            test::fhir_json(R"({"resourceType":"Patient","name":[{"family":")" + json_escape(family) + "\"}]}");
        const auto output = map.run(Direction::reverse, input->root(), {});
        REQUIRE(output.has_value());
        const auto bytes = output->payload.reveal();
        CHECK(std::count(bytes.begin(), bytes.end(), '\r') == 2);
        CHECK(std::count(bytes.begin(), bytes.end(), '\n') == 0);
        const auto back = hl7v2::parse(output->payload).value();
        CHECK(back->get("PID-6") == "end");
        CHECK(back->get("PID-5.2").empty());
    }
}

namespace {

const std::string kReferral =
    "MSH|^~\\&|A|B|C|D|20261121||REF^I12^REF_I12|1|P|2.5.1\rRF1|1\rPRD|RP|BEE^ANN\rCTD||CEE^BOB\rPRD|RT|DEE^CAL\r"
    "ZCT|local\rPID|||9990000018^^^NHS||EFF^EVE\r";
const std::string kReferralMap = "map t v2 2.3..2.8 REF^I12 -> Bundle.collection version 1\n";

}  // namespace

TEST_CASE("a path names the group that its segment stands in") {
    const std::string map =
        kReferralMap +
        "resource Practitioner id from PROVIDER_CONTACT[2].PRD-2\n"
        "PROVIDER_CONTACT[2].PRD-2 -> name[*] : XPN\n"
        "-> active = true when PROVIDER_CONTACT[2].CTD.empty() and PROVIDER_CONTACT[1].CTD.exists()\n";
    const auto made = run(map, kReferral);
    CHECK(made.find("\"family\":\"DEE\"") != std::string::npos);
    CHECK(made.find("BEE") == std::string::npos);
    CHECK(made.find("\"active\":true") != std::string::npos);
}

TEST_CASE("for goes through the occurrences of a group, each with its own segments") {
    const std::string map = kReferralMap +
                            "for PROVIDER_CONTACT[*] as provider {\nresource Practitioner id from PRD-2 each\n"
                            "PRD-2 -> name[*] : XPN\nCTD-2 -> name[*] : XPN\nZCT-1 -> language\nPID-5.1 -> id\n}\n";
    const auto made = run(map, kReferral);
    const auto second = made.find("DEE");
    REQUIRE(second != std::string::npos);
    CHECK(made.find("CEE") < second);
    CHECK(made.find("CEE", second) == std::string::npos);
    CHECK(made.find("\"language\":\"local\"") > made.find("CEE"));
    CHECK(made.find("\"language\"") == made.rfind("\"language\""));
    // What is not of the group is read from the message.
    CHECK(made.find("\"id\":\"EFF\"") != std::string::npos);
}

TEST_CASE("groups within groups stay within them") {
    const std::string map =
        "map t v2 2.5.1 ORU^R01 -> Bundle.collection version 1\n"
        "for PATIENT_RESULT.ORDER_OBSERVATION[*] as order {\nfor OBSERVATION[*] as result {\n"
        "resource Observation id from OBR-4, OBX-3 each\nOBX-3.1 -> code.text\nNTE-3 -> note[0].text\n"
        "OBR-4.1 -> category[0].text\n}\n}\n";
    const auto made = run(map,
                          "MSH|^~\\&|A|B|C|D|20261121||ORU^R01|1|P|2.5.1\rPID|||1\rNTE|||of the patient\r"
                          "OBR|1|||U\rOBX|1|ST|NA||1\rNTE|||of sodium\rOBX|2|ST|K||2\rOBR|2|||F\rOBX|1|ST|HB||3\r");
    CHECK(made.find("of the patient") == std::string::npos);
    const auto potassium = made.find("\"text\":\"K\"");
    const auto haemoglobin = made.find("\"text\":\"HB\"");
    REQUIRE(potassium < haemoglobin);
    CHECK(made.find("of sodium") < potassium);
    CHECK(made.find("\"text\":\"U\"", potassium) < haemoglobin);
    CHECK(made.find("\"text\":\"F\"", haemoglobin) != std::string::npos);
}

TEST_CASE("a code that its table does not map is counted, also where it rejects; free text is not shown") {
    for (const auto* policy : {"warn drop", "reject 103"}) {
        const test::MapFile file(kPatient + "table sex = \"sex.json\"\nPID-8 -> gender via sex else " + policy + "\n");
        file.put("sex.json",
                 R"({"resourceType":"ConceptMap","group":[{"element":[{"code":"M","target":[{"code":"male"}]}]}]})");
        std::vector<mapping::UnmappedCode> unmapped;
        const auto input = test::v2(kMessage);
        (void)file.load().run(Direction::forward, input->root(), {}, false, &unmapped);
        REQUIRE(unmapped.size() == 1);
        CHECK(unmapped.front().table == "sex");
        CHECK(unmapped.front().code == "F");
    }
    CHECK(mapping::shown_code("394649004") == "394649004");
    CHECK(mapping::shown_code("Mrs Daisy Testpatient") == "(text)");
    CHECK(mapping::shown_code(std::string(33, 'x')) == "(text)");
}

TEST_CASE("an element may be called like an option") {
    const test::MapFile file(
        "map t v2 2.4 SIU^S12 -> Appointment version 1\nin participant[*] {\nAIP-3 -> actor.display\n"
        "-> required = \"required\"\n}\n");
    const auto input = test::v2("MSH|^~\\&|A|B|C|D|20261121||SIU^S12|1|P|2.4\rAIP|1||Quill\r");
    const auto output = file.load().run(Direction::forward, input->root(), {});
    CHECK(file.mistakes() == std::vector<std::string>());
    CHECK(output.value().payload.reveal().find(R"("required":"required")") != std::string_view::npos);
}

TEST_CASE("the corpus of ITK ADT becomes patients") {
    const auto* folder = std::getenv("CAUSEWAY_CORPUS");
    const std::filesystem::path corpus =
        folder != nullptr ? folder : std::string(CAUSEWAY_SOURCE_DIR) + "/../shared/corpus";
    const auto examples = corpus / "hl7v2/itk-uk/src/main/resources/HL7v2";
    if (!std::filesystem::exists(examples)) {
        MESSAGE("The corpus is not here: set CAUSEWAY_CORPUS to run this test.");
        return;
    }
    std::vector<config::Mistake> mistakes;
    const auto map =
        mapping::Map::load(std::filesystem::path(CAUSEWAY_SOURCE_DIR) / "mappings/patient.adt.map", mistakes);
    for (const auto& entry : std::filesystem::directory_iterator(examples)) {
        std::ifstream in(entry.path(), std::ios::binary);
        const auto input = test::v2({std::istreambuf_iterator<char>(in), {}});
        const auto output = map.run(Direction::forward, input->root(), {});
        CAPTURE(entry.path().filename().string());
        REQUIRE(output.has_value());
        const auto patient = test::fhir_json(std::string(output->payload.reveal()));
        CHECK(patient->root().child("identifier").child("system").text() == "https://fhir.nhs.uk/Id/nhs-number");
        // One of them was born in a month 13: then a warning says so.
        const auto& issues = output->outcome.issues;
        const bool warned = std::any_of(issues.begin(), issues.end(),
                                        [](const Finding& finding) { return finding.expression.starts_with("PID-7"); });
        CHECK(patient->root().child("birthDate").text().empty() == warned);
    }
}

TEST_CASE("a required segment has its facts, and misses what it requires, where its resource is not there") {
    const std::string head =
        "map t v2 2.5.1 ADT^A28 <- Bundle version 1\nlet event = "
        "entry.resource.ofType(MessageHeader).event.ofType(Coding)"
        ".code\nresource MessageHeader as header\nsegment MSH required\n  MSH-9.1 <- = \"ADT\"\n"
        "  MSH-10 <- %obligation required\n";
    mapping::Facts facts;
    facts.variables["obligation"] = {std::string("0TEST00000001")};
    const auto input = test::fhir_json(R"({"resourceType":"Bundle","type":"collection"})");
    const test::MapFile plain(head);
    const auto made = plain.load().run(Direction::reverse, input->root(), facts);
    CHECK(plain.mistakes() == std::vector<std::string>());
    REQUIRE(made.has_value());
    CHECK(made->payload.reveal() == "MSH|^~\\&|||||||ADT|0TEST00000001\r");
    const test::MapFile strict(head + "  MSH-9.2 <- %event required\n");
    const auto refused = strict.load().run(Direction::reverse, input->root(), facts);
    REQUIRE(refused.has_error());
    CHECK(refused.error().hl7_code == 101);
    CHECK(refused.error().where == "MSH-9.2");
}

TEST_CASE("every group keeps its own Z segments and every OBX its own notes, however many there are") {
    std::string message = "MSH|^~\\&|A|B|C|D|20261121093000||ORU^R01|1|P|2.5.1\rPID|1||7\r";
    for (int i = 1; i <= 300; ++i) {
        const auto number = std::to_string(i);
        message += "OBR|" + number + "||" + number + "|G^" + number + "\rOBX|1|ST|K||" + number + "\rNTE|1||" + number +
                   "\rZ" + std::to_string(10 + i % 90) + "|z" + number + "\r";
    }
    const auto made =
        run("map t v2 2.5.1 ORU^R01 -> Bundle version 1\n"
            "for PATIENT_RESULT.ORDER_OBSERVATION[*] {\n"
            "  resource Observation as o id from OBR-3 each\n"
            "  -> status = \"final\"\n"
            "  OBR-4.2 -> code.text\n"
            "  Z11-1 -> valueString\n"
            "  for OBX with NTE {\n"
            "    NTE-3 -> note[*].text\n"
            "  }\n"
            "}\n",
            message);
    for (const char* number : {"1", "91", "181", "271"})
        CHECK(made.find("\"z" + std::string(number) + "\"") != std::string::npos);
    CHECK(made.find("\"z2\"") == std::string::npos);
    CHECK(made.find("\"note\":[{\"text\":\"300\"}]") != std::string::npos);
}

TEST_CASE("a document for a map that takes messages is told so") {
    const test::MapFile file(
        "map t v2 2.4 ADT^A28 -> Patient version 1\nresource Patient id from PID-3\nPID-3[*] -> identifier[*] : CX\n");
    const auto output =
        file.load().run(mapping::Direction::forward, test::fhir_json(R"({"resourceType":"Patient"})")->root(), {});
    REQUIRE_FALSE(output.has_value());
    CHECK(output.error().what.starts_with("The map t takes HL7 v2 messages, and this is none"));
}
