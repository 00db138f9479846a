/// Lines that ask for FHIR elements, on the way there: what they say is known before any message comes.
#include <doctest/doctest.h>

#include "mapping/support.hpp"

using namespace causeway;
using mapping::Direction;

namespace {

const std::string kMap =
    "map t v2 2.4 ADT^A28 <-> Bundle.collection version 1\n"
    "segment MSH required\nMSH-9.1 <- = \"ADT\"\nMSH-9.2 <- = \"A28\"\nMSH-10 <- = \"1\"\nMSH-12 <- = \"2.4\"\n"
    "let patients = entry.resource.ofType(Patient)\n"
    "require %patients.count() <= 1   else reject 102 \"Send one patient.\"\n";

const std::string kPatient =
    "resource Patient as patient id from PID-3\nsegment PID\nPID-3[*] <-> identifier[*] : CX\n";

Result<mapping::Output> run(const test::MapFile& file, Direction direction, const tree::Node& root) {
    const auto loaded = file.load();
    CHECK(file.mistakes() == std::vector<std::string>());
    return loaded.run(direction, root, {});
}

std::string there(const std::string& map) {
    const test::MapFile file(map);
    const auto input = test::v2("MSH|^~\\&|A|B|C|D|20261121||ADT^A28|1|P|2.4\rPID|||3^^^X|||||F\r");
    const auto made = run(file, Direction::forward, input->root());
    REQUIRE(made.has_value());
    return std::string(made->payload.reveal());
}

}  // namespace

TEST_CASE("a message has no FHIR elements: what is asked of them holds, or not, for each message") {
    CHECK(there(kMap + kPatient + "-> language = \"en\"   when %patients.empty()\n").find("\"language\":\"en\"") !=
          std::string::npos);
    CHECK(there(kMap + kPatient + "-> language = \"en\"   when %patients.exists()\n").find("language") ==
          std::string::npos);
}

TEST_CASE("on the way back the same lines ask the document") {
    const test::MapFile file(kMap + kPatient);
    const auto document = test::fhir_json(
        R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient"}},)"
        R"({"resource":{"resourceType":"Patient"}}]})");
    const auto made = run(file, Direction::reverse, document->root());
    REQUIRE(!made.has_value());
    CHECK(made.error().hl7_code == 102);
}

TEST_CASE("a name that means two things means the one that was said last") {
    const auto map = kMap + "let known = %patients.exists()\n" + kPatient + "let known = PID-8.exists()\n";
    CHECK(there(map + "-> language = \"en\"   when %known\n").find("\"language\":\"en\"") != std::string::npos);
}

TEST_CASE("a line through resources of one type finds those that it asks for, and nothing where there are none") {
    const test::MapFile file(kMap + kPatient +
                             "let notes = entry.resource.ofType(Observation).where(status = 'final').note.text\n"
                             "for %notes as note {\nsegment NTE\nNTE-3 <- %note\n}\n");
    const std::string begin =
        R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient",)"
        R"("identifier":[{"value":"3"}]}})";
    const auto none = test::fhir_json(begin + "]}");
    const auto some = test::fhir_json(begin + R"(,{"resource":{"resourceType":"Observation","status":"final","note":[)"
                                              R"({"text":"one"}]}},{"resource":{"resourceType":"Observation",)"
                                              R"("status":"amended","note":[{"text":"two"}]}}]})");
    const auto without = run(file, Direction::reverse, none->root());
    const auto with = run(file, Direction::reverse, some->root());
    REQUIRE(without.has_value());
    REQUIRE(with.has_value());
    CHECK(without->payload.reveal().find("NTE") == std::string_view::npos);
    CHECK(with->payload.reveal().find("NTE|||one\r") != std::string_view::npos);
    CHECK(with->payload.reveal().find("two") == std::string_view::npos);
}
