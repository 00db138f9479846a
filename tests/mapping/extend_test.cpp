/// Small differences of one sender: extends, replace, remove, and blocks that go on.
#include <doctest/doctest.h>

#include "mapping/support.hpp"

using namespace causeway;
using mapping::Direction;

namespace {

const std::string kBase =
    "map base v2 2.4 ADT^A28 <-> Patient version 1\n"
    "segment MSH required\n"
    "MSH-9.1 <- = \"ADT\"\nMSH-9.2 <- = \"A28\"\nMSH-10 <- = \"1\"\nMSH-12 <- = \"2.4\"\n"
    "segment PID\n"
    "PID-3[*] <-> identifier[*] : CX\n"
    "PID-2 -> identifier[*] : CX\n"
    "PID-8 <-> gender : code else drop\n"
    "for NK1[*] as kin {\n"
    "in contact[*] as person {\n"
    "NK1-2 -> name : XPN\n"
    "NK1-5 -> telecom[*] : XTN(home)\n"
    "}\n}\n"
    "test \"of the base\" {\ngiven v2\nMSH|^~\\&|A|B|C|D|2026||ADT^A28|1|P|2.4\nPID|||1\nexpect gender = 'never'\n}\n";

const std::string kMessage =
    "MSH|^~\\&|A|B|C|D|20261121||ADT^A28|1|P|2.4\rPID||2^^^X|3^^^X|||||female\rNK1||BEE^ANN|||1234\rZPD|1234\r";

/// base.map changed by these lines; empty where it does not compile.
struct Changed {
    explicit Changed(const std::string& before, const std::string& after = "")
        : file("map t v2 2.4 ADT^A28 <-> Patient version 1\n" + before + "extends \"base.map\"\n" + after) {
        file.put("base.map", kBase);
        map = file.load();
    }
    std::string there() const {
        REQUIRE(file.mistakes() == std::vector<std::string>());
        const auto input = test::v2(kMessage);
        return std::string(map.run(Direction::forward, input->root(), {}).value().payload.reveal());
    }
    std::string back(const std::string& json) const {
        REQUIRE(file.mistakes() == std::vector<std::string>());
        const auto input = test::fhir_json(json);
        return std::string(map.run(Direction::reverse, input->root(), {}).value().payload.reveal());
    }
    bool has(const std::string& text) const { return there().find(text) != std::string::npos; }

    test::MapFile file;
    mapping::Map map;
};

}  // namespace

TEST_CASE("a map extends another map: its rows, not its name and tests") {
    const Changed changed("");
    CHECK(changed.map.name() == "t");
    CHECK(changed.map.test().empty());
    CHECK(changed.has("\"gender\":\"female\""));
}

TEST_CASE("replace with the same source changes that row alone") {
    const Changed changed("", "replace PID-2 -> identifier[*] : EI\n");
    CHECK(changed.has("\"value\":\"3\""));
    CHECK(changed.has("\"value\":\"2\""));
}

TEST_CASE("replace with another source takes the place of all rows that write the same") {
    const Changed changed("", "replace PID-4 -> identifier[*] : CX\n");
    CHECK_FALSE(changed.has("\"value\":\"3\""));
    CHECK_FALSE(changed.has("\"value\":\"2\""));
}

TEST_CASE("one way of a row both ways is replaced, the other stays") {
    const Changed changed("", "replace -> gender = \"other\"\n");
    CHECK(changed.has("\"gender\":\"other\""));
    CHECK(changed.back(R"({"resourceType":"Patient","gender":"male"})").find("|male") != std::string::npos);
}

TEST_CASE("a row in a block is replaced and removed where it stands") {
    CHECK(Changed("", "for NK1[*] as kin {\nin contact[*] as person {\nreplace ZPD-1 -> name : XPN\n}\n}\n")
              .has("\"name\":{\"family\":\"1234\"}"));
    CHECK_FALSE(Changed("", "for NK1[*] {\nin contact[*] as person {\nremove telecom[*]\n}\n}\n").has("1234"));
}

TEST_CASE("a block of the same name goes on, so that its rows write the same element") {
    const Changed changed("", "for NK1[*] as kin {\nin contact[*] as person {\nNK1-2.2 -> name.text\n}\n}\n");
    CHECK(changed.has(R"("contact":[{"name":{"text":"ANN","family":"BEE","given":["ANN"]})"));
}

TEST_CASE("blocks, lines and rows by source and target are removed") {
    CHECK_FALSE(Changed("", "remove for kin\n").has("contact"));
    CHECK_FALSE(Changed("", "remove PID-2 -> identifier[*]\n").has("\"value\":\"2\""));
    CHECK(Changed("", "remove segment PID\n").file.mistakes().empty());
}

TEST_CASE("what is not there to be changed is said, with the nearest right name") {
    const auto wrong = [](const std::string& line) { return Changed("", line).file.mistakes().front(); };
    CHECK(wrong("replace -> gendar = \"x\"\n").starts_with("3:"));
    CHECK(wrong("remove gender2\n") ==
          "3:8: No row writes \"gender2\" in what the map extends. Did you mean \"gender\"?");
    CHECK(wrong("remove for kim\n") == "3:8: There is no for \"kim\" in what the map extends. Did you mean \"kin\"?");
}

TEST_CASE("a definition before extends counts, one behind it is a mistake") {
    const std::string json =
        R"({"resourceType":"ConceptMap","group":[{"element":[{"code":"female","target":[{"code":"CODE"}]}]}]})";
    test::MapFile file("map t v2 2.4 ADT^A28 -> Patient version 1\ntable g = \"own.json\"\nextends \"base.rows\"\n");
    file.put("base.rows", "table g = \"base.json\"\nPID-8 -> gender via g else warn drop\n");
    file.put("own.json", std::string(json).replace(json.find("CODE"), 4, "other"));
    file.put("base.json", std::string(json).replace(json.find("CODE"), 4, "female"));
    const auto input = test::v2(kMessage);
    const auto output = file.load().run(Direction::forward, input->root(), {});
    CHECK(file.mistakes().empty());
    CHECK(output.value().payload.reveal().find("other") != std::string_view::npos);

    file.put("test.map", "map t v2 2.4 ADT^A28 -> Patient version 1\nextends \"base.rows\"\ntable g = \"own.json\"\n");
    CHECK(file.load().empty());
    CHECK(file.mistakes().front() == "3:7: Put this line before extends: the first definition of table g counts.");
}

TEST_CASE("rows under a segment line go on with the segment that is extended") {
    const std::string patient = R"({"resourceType":"Patient","gender":"male","identifier":[{"value":"7"}]})";
    const auto more = Changed("", "segment PID\nPID-10 <- = \"A\"\n").back(patient);
    CHECK(more.find("\rPID|||7|||||male||A\r") != std::string::npos);
    CHECK(more.find("PID") == more.rfind("PID"));
    const auto header = Changed("", "segment MSH\nMSH-3 <- = \"PAS\"\n").back(patient);
    CHECK(header.starts_with("MSH|^~\\&|PAS|"));
    CHECK(header.find("MSH") == header.rfind("MSH"));
}

TEST_CASE("a segment that was taken away is begun anew") {
    const auto made = Changed("", "remove segment PID\nsegment PID\nPID-8 <- gender\n")
                          .back(R"({"resourceType":"Patient","gender":"male","identifier":[{"value":"7"}]})");
    CHECK(made.find("\rPID||||||||male\r") != std::string::npos);
}

TEST_CASE("shared rows leave a field and names open, and each extends says what stands there") {
    test::MapFile file(
        "map t v2 2.4 ADT^A28 -> Patient version 1\n"
        "extends \"name.rows\" with FIELD = PID-5, USE = official\n"
        "extends \"name.rows\" with FIELD = PID-9, USE = old\n");
    file.put("name.rows", "in name[*] {\n{FIELD}.1 -> family\n-> use = \"{USE}\"\n}\n");
    const auto map = file.load();
    REQUIRE(file.mistakes() == std::vector<std::string>());
    const auto input = test::v2("MSH|^~\\&|A|B|C|D|20261121||ADT^A28|1|P|2.4\rPID|||3||BEE^ANN||||FLY^ANN\r");
    const auto made = std::string(map.run(Direction::forward, input->root(), {}).value().payload.reveal());
    CHECK(made.find(R"({"family":"BEE","use":"official"},{"family":"FLY","use":"old"})") != std::string::npos);
}

TEST_CASE("what is left open and not said, said and not left open, or too long, is told") {
    const auto wrong = [](const std::string& with, const std::string& rows) {
        test::MapFile file("map t v2 2.4 ADT^A28 -> Patient version 1\nextends \"a.rows\"" + with + "\n");
        file.put("a.rows", rows);
        file.load();
        REQUIRE_FALSE(file.mistakes().empty());
        return file.mistakes().front();
    };
    CHECK(wrong("", "{FIELD} -> gender\n") ==
          "1:1: Say what {FIELD} stands for, as in extends \"a.rows\" with FIELD = PV1-6.");
    CHECK(wrong(" with FIELD = PID-8", "PID-8 -> gender : code else drop\n") ==
          "2:9: \"a.rows\" leaves no {FIELD} open: take it out.");
    CHECK(wrong(" with FIELD", "{FIELD} -> gender\n") ==
          "2:23: Write what the file leaves open, as in with FIELD = PV1-6, NAME = prior.");
    CHECK(wrong(" with FIELD = " + std::string(121, 'X'), "{FIELD} -> gender\n") ==
          "2:23: Write at most 120 characters for {FIELD}.");
}

TEST_CASE("what is left open is handed on to the rows of a row file") {
    test::MapFile file("map t v2 2.4 ADT^A28 -> Patient version 1\nextends \"outer.rows\" with FIELD = PID-8\n");
    file.put("outer.rows", "extends \"inner.rows\" with PART = {FIELD}.1\n");
    file.put("inner.rows", "{PART} -> gender : code else drop\n");
    const auto map = file.load();
    REQUIRE(file.mistakes() == std::vector<std::string>());
    const auto input = test::v2("MSH|^~\\&|A|B|C|D|20261121||ADT^A28|1|P|2.4\rPID||||||||female\r");
    CHECK(std::string(map.run(Direction::forward, input->root(), {}).value().payload.reveal()) ==
          R"({"resourceType":"Patient","gender":"female"})");
}

TEST_CASE("two repeats side by side may each have a resource of one name, one block may not") {
    const auto twice = [](const std::string& between) {
        return "map t v2 2.5.1 ORU^R01 -> Bundle.collection version 1\n"
               "for OBR[*] with OBX as ordered {\nfor OBX[*] as result {\n"
               "resource Observation as seen id from OBX-3 each\nOBX-3 -> code : CWE\n}\n" +
               between +
               "for OBX[*] as alone when OBR.empty() {\n"
               "resource Observation as seen id from OBX-4 each\nOBX-3 -> code.text\n}\n";
    };
    test::MapFile right(twice("}\n"));
    const auto map = right.load();
    CHECK(right.mistakes() == std::vector<std::string>());
    const auto with = test::v2("MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.5.1\rOBR|1\rOBX|1||A^B\r");
    CHECK(map.run(Direction::forward, with->root(), {}).value().payload.reveal().find("coding") != std::string::npos);
    const auto without = test::v2("MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.5.1\rOBX|1||A^B\r");
    CHECK(map.run(Direction::forward, without->root(), {}).value().payload.reveal().find("coding") ==
          std::string::npos);

    test::MapFile nested(
        "map t v2 2.5.1 ORU^R01 -> Bundle.collection version 1\n"
        "for OBR[*] with OBX as ordered {\nresource Observation as seen id from OBR-3\n"
        "for OBX[*] as result {\nresource Observation as seen id from OBX-3\n}\n}\n");
    nested.load();
    CHECK(nested.mistakes().size() == 1);
}

TEST_CASE("a note is in a repeat where it stands behind one of its segments") {
    test::MapFile file(
        "map t v2 2.5.1 ORU^R01 -> Bundle.collection version 1\n"
        "for OBR[*] with NTE as order {\n"
        "resource DiagnosticReport id from OBR-2\nNTE-3[*] -> conclusion : TX.lines\n}\n");
    const auto map = file.load();
    CHECK(file.mistakes() == std::vector<std::string>());
    const auto message = test::v2(
        "MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.5.1\rOBR|1|7\rZDS|1\rNTE|1||order\r"
        "OBX|1||A^B\rNTE|1||result\r");
    const auto made = map.run(Direction::forward, message->root(), {}).value();
    CHECK(made.payload.reveal().find("\"conclusion\":\"order\"") != std::string::npos);
    CHECK(made.payload.reveal().find("result") == std::string::npos);
}
