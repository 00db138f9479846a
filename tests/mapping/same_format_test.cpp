/// HL7 v2 into HL7 v2, FHIR into FHIR.
#include <doctest/doctest.h>

#include "mapping/support.hpp"

using namespace causeway;
using mapping::Direction;

namespace {

const std::string kMessage =
    "MSH|^~\\&|PAS|RX999|HUB||20261121093000+0000||ADT^A28|1|P|2.4\r"
    "PID|1||9990000018^^^NHS~77^^^RX999^MR||TEST\\T\\PATIENT^MARIGOLD||19580412|1\r"
    "ZPD|secret\r"
    "NK1|1|BEE^ANN\rNTE|1||of ann\rNK1|2|BEE^BOB\r";

struct Ran {
    Ran(const std::string& lines, const tree::DocumentPtr& input, const std::string& head) : file(head + lines) {
        file.put("sex.json", R"({"resourceType":"ConceptMap","group":[{"source":"s","target":"t","element":[
                                {"code":"1","target":[{"code":"M","display":"Male"}]},
                                {"code":"old","target":[{"code":"new","display":"New"}]}]}]})");
        const auto map = file.load();
        CHECK(file.mistakes() == std::vector<std::string>());
        const auto output = map.run(Direction::forward, input->root(), {}, false, &unmapped);
        if (output) text = output->payload.reveal();
        if (output) lost = output->lost;
        if (output) findings = output->outcome.issues.size();
        if (!output) text = "error " + output.error().where;
    }
    bool has(const std::string& part) const { return text.find(part) != std::string::npos; }

    test::MapFile file;
    std::vector<mapping::UnmappedCode> unmapped;
    std::string text;
    std::vector<std::string> lost;
    std::size_t findings = 0;
};

Ran v2_v2(const std::string& lines, const std::string& message = kMessage) {
    return {lines, test::v2(message), "map t v2 2.4 ADT^A28 -> v2 2.5.1 ADT^A28 version 1\n"};
}

const std::string kDocument =
    R"({"resourceType":"Bundle","type":"document","identifier":{"value":"1"},"entry":[)"
    R"({"fullUrl":"urn:uuid:a","resource":{"resourceType":"Composition","status":"final","class":{"text":"Letter"},)"
    R"("title":"Old","section":[{"title":"One","code":{"coding":[{"system":"s","code":"old"}]}},{"title":"Two"}]}},)"
    R"({"fullUrl":"urn:uuid:b","resource":{"resourceType":"Observation","valueQuantity":{"value":1.50}}}]})";

Ran fhir_fhir(const std::string& lines) {
    return {lines, test::fhir_json(kDocument),
            "map t fhir 3.0.2 Bundle.document -> fhir 4.0.1 Bundle.document version 1\n"};
}

}  // namespace

TEST_CASE("what is copied stays byte for byte") {
    CHECK(v2_v2("copy all\n").text == kMessage);
    const auto some = v2_v2("copy MSH, PID\n");
    CHECK(some.text == kMessage.substr(0, kMessage.find("ZPD")));
    CHECK(some.lost == std::vector<std::string>{"ZPD", "NK1", "NTE", "NK1"});
}

TEST_CASE("text with delimiters that nobody escaped is copied as it stands, and read whole") {
    const auto ran = v2_v2("copy all\nsegment PID\nNTE-3 -> PID-23\n",
                           "MSH|^~\\&|PAS|RX999|HUB||2026||ADT^A28|1|P|2.4\rPID|1||7^^^A&B^\rNTE|1||R&D^M&~x^^\r");
    CHECK(ran.has("NTE|1||R&D^M&~x^^\r"));
    CHECK(ran.has("PID|1||7^^^A&B||||||||||||||||||||R\\T\\D\\S\\M\\T\\\r"));
}

TEST_CASE("rows change fields, components and repetitions of what is copied") {
    const auto ran = v2_v2(
        "copy all\nomit ZPD, PID-3[2]\ntable sex = \"sex.json\"\n"
        "segment MSH\n-> MSH-12 = \"2.5.1\"\nMSH-3 -> MSH-4.2\n"
        "segment PID\nPID-8 -> PID-8 via sex else warn keep\nPID-7 -> PID-7 : DTM.date else reject 102\n"
        "PID-5[*] -> PID-9[*]\n");
    CHECK(ran.has("MSH|^~\\&|PAS|RX999^PAS|HUB||20261121093000+0000||ADT^A28|1|P|2.5.1\r"));
    CHECK(ran.has("PID|1||9990000018^^^NHS||TEST\\T\\PATIENT^MARIGOLD||19580412|M|TEST\\T\\PATIENT^MARIGOLD\r"));
    CHECK_FALSE(ran.has("ZPD"));
}

TEST_CASE("a round writes the segments of its own") {
    const auto ran =
        v2_v2("copy all\nfor NK1[*] with NTE as kin {\nsegment NK1\n-> NK1-3 = \"X\" when NTE-3.exists()\n}\n");
    CHECK(ran.has("NK1|1|BEE^ANN|X\rNTE|1||of ann\rNK1|2|BEE^BOB\r"));
}

TEST_CASE("a new segment stands behind the round's last one, and only where something is in it") {
    const auto ran = v2_v2("copy all\nfor NK1[*] with NTE as kin {\nsegment ZNK\nNK1-2.1 -> ZNK-1\n}\n");
    CHECK(ran.text.find("ZNK|BEE\r") != std::string::npos);
    CHECK(v2_v2("copy all\nsegment ZZZ\nPID-30 -> ZZZ-1\n").text == kMessage);
}

TEST_CASE("a code without a row in its table follows the policy and is counted") {
    const std::string lines = "copy all\ntable sex = \"sex.json\"\nsegment PID\nPID-8 -> PID-8 via sex else ";
    const auto message = std::string(kMessage).replace(kMessage.find("|1\rZPD"), 2, "|9");
    const auto kept = v2_v2(lines + "warn keep\n", message);
    CHECK(kept.has("19580412|9\r"));
    CHECK(kept.findings == 1);
    REQUIRE(kept.unmapped.size() == 1);
    CHECK(kept.unmapped.front().table == "sex");
    CHECK(kept.unmapped.front().code == "9");
    CHECK(v2_v2(lines + "reject 103\n", message).text.starts_with("error PID-8"));
}

TEST_CASE("no value can add a segment or a delimiter") {
    const auto ran = v2_v2("copy MSH\nsegment ZZZ\nPID-5.1 & '|^~' -> ZZZ-1\n");
    CHECK(ran.has("ZZZ|TEST\\T\\PATIENT\\F\\\\S\\\\R\\\r"));
}

TEST_CASE("a FHIR document is copied with its numbers, and changed element by element") {
    const auto ran = fhir_fhir(
        "copy all\ntable codes = \"sex.json\"\n"
        "for entry.resource.ofType(Composition) as letter {\n"
        "omit class\n"
        "class -> category[0]\n"
        "-> title = \"New\"\n"
        "for section as part {\ncode -> code via codes else keep\n}\n}\n");
    CHECK(ran.has(R"("category":[{"text":"Letter"}])"));
    CHECK_FALSE(ran.has("\"class\""));
    CHECK(ran.has(R"("title":"New")"));
    CHECK(ran.has(R"("coding":[{"system":"t","code":"new","display":"New"}])"));
    CHECK(ran.has(R"("value":1.50)"));
    CHECK(ran.has(R"("title":"Two")"));
    CHECK(ran.lost.empty());
}

TEST_CASE("new resources are entries, and rows refer to them") {
    const auto ran = fhir_fhir(
        "copy all\n"
        "resource Organization as sender id from identifier.value\n"
        "-> name = \"Hospital\"\n"
        "for entry.resource.ofType(Composition) as letter {\n"
        "-> custodian : Reference(sender)\n}\n");
    CHECK(ran.has(R"("resourceType":"Organization","id":")"));
    const auto at = ran.text.find("\"custodian\":{\"reference\":\"urn:uuid:");
    REQUIRE(at != std::string::npos);
    const auto id = ran.text.substr(at + 35, 36);
    CHECK(ran.has("\"fullUrl\":\"urn:uuid:" + id));
}

TEST_CASE("what does not fit a map of one format is said") {
    const auto wrong = [](const std::string& text) {
        const test::MapFile file(text);
        CHECK(file.load().empty());
        return file.mistakes().empty() ? "none" : file.mistakes().front();
    };
    CHECK(wrong("map t v2 2.4 ADT^A28 <-> v2 2.5.1 ADT^A28 version 1\n").find("the arrow is ->") != std::string::npos);
    CHECK(wrong("map t Patient -> v2 2.4 ADT^A28 version 1\n").find("Write HL7 v2 to the left") != std::string::npos);
    CHECK(wrong("map t v2 2.4 ADT^A28 -> v2 2.5.1 ADT^A28 version 1\nsegment PID\nPID-3 -> PID-3 : CX\n")
              .find("copied whole") != std::string::npos);
    CHECK(wrong("map t v2 2.4 ADT^A28 -> v2 2.5.1 ADT^A28 version 1\nsegment PID\nPID-3 -> PV1-3\n") ==
          "3:10: Write a line \"segment PV1\" before this row.");
    CHECK(wrong("map t v2 2.4 ADT^A28 -> Patient version 1\ncopy all\n").find("Only a map between two") !=
          std::string::npos);
}

TEST_CASE("omit takes away the segments that its path means, and no others") {
    CHECK(v2_v2("copy all\nomit NK1[2]\n").text == kMessage.substr(0, kMessage.find("NK1|2")));
    const auto ann = v2_v2("copy all\nomit NK1[1=\"1\"]-2.2\n");
    CHECK(ann.has("NK1|1|BEE\r"));
    CHECK(ann.has("NK1|2|BEE^BOB\r"));
}

TEST_CASE("between two messages for goes through groups, too") {
    const std::string referral =
        "MSH|^~\\&|A|B|C|D|20261121||REF^I12|1|P|2.5.1\rRF1|1\rPRD|RP|BEE^ANN\rCTD||CEE^BOB\rPRD|RT|DEE^CAL\r";
    const Ran ran(
        "copy all\nomit PROVIDER_CONTACT[1].CTD-2.2\nfor PROVIDER_CONTACT[*] {\nsegment PRD\n"
        "-> PRD-7 = \"with\" when CTD.exists()\n}\n",
        test::v2(referral), "map t v2 2.5.1 REF^I12 -> v2 2.5.1 REF^I12 version 1\n");
    CHECK(ran.has("PRD|RP|BEE^ANN|||||with\rCTD||CEE\rPRD|RT|DEE^CAL\r"));
}
