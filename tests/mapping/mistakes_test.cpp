/// What is wrong in a map is said at its line and column, with the nearest right name.
#include <doctest/doctest.h>

#include "mapping/support.hpp"

using namespace causeway;

namespace {

const std::string kHead = "map t v2 2.4 ADT^A28 -> Patient version 1\n";

/// The first mistake of a map whose second line is `line`.
std::string mistake_in(const std::string& line, const std::string& head = kHead) {
    const test::MapFile file(head + line + "\n");
    CHECK(file.load().empty());
    return file.mistakes().empty() ? "none" : file.mistakes().front();
}

}  // namespace

TEST_CASE("a map begins with its map line") {
    CHECK(mistake_in("PID-8 -> gender", "") ==
          "1:1: Begin with a line such as: map NAME v2 2.5.1 REF^I12 <- Bundle version 1");
}

TEST_CASE("an unknown type has a nearest right name") {
    CHECK(mistake_in("  PID-5 -> name[*] : XPM") == "2:22: \"XPM\" is no type. Did you mean \"XPN\"?");
}

TEST_CASE("an unknown table has a nearest right name") {
    const test::MapFile file(kHead + "table gender = \"g.json\"\nPID-8 -> gender via gendre else drop\n");
    file.put("g.json",
             R"({"resourceType":"ConceptMap","group":[{"element":[{"code":"M","target":[{"code":"male"}]}]}]})");
    CHECK(file.load().empty());
    CHECK(file.mistakes().front() == "3:21: There is no table \"gendre\". Did you mean \"gender\"?");
}

TEST_CASE("an unknown fact has a nearest right name") {
    CHECK(mistake_in("  %organization -> managingOrganization.display") ==
          "2:3: Nothing is called %organization here. Did you mean \"organisation\"?");
}

TEST_CASE("an unknown resource in a reference has a nearest right name") {
    CHECK(mistake_in("resource Organization as practice id from PD1-3\n-> partOf : Reference(practise)") ==
          "3:13: There is no resource \"practise\". Did you mean \"practice\"?");
}

TEST_CASE("a row that can fail needs else") {
    CHECK(mistake_in("  PID-7 -> birthDate : DTM.date") ==
          "2:3: This row can fail: say what happens then with else reject, warn, drop or keep.");
}

TEST_CASE("a wrong policy has a nearest right name") {
    CHECK(mistake_in("  PID-7 -> birthDate : DTM.date else warm").find("Did you mean \"warn\"?") != std::string::npos);
}

TEST_CASE("both ways need a way back") {
    const std::string head = "map t v2 2.4 ADT^A28 <-> Patient version 1\nsegment PID\n";
    CHECK(mistake_in("  PID-5 <-> name[*] : XCN.name", head) ==
          "3:3: This type has no way back: write -> instead of <->.");
    CHECK(mistake_in("  PID-8 <-> gender when PID-8.exists()", head).find("takes no when") != std::string::npos);
}

TEST_CASE("both ways need a table with one way back") {
    const test::MapFile file(
        "map t v2 2.4 ADT^A28 <-> Patient version 1\nsegment PID\ntable g = \"g.json\"\nPID-8 <-> gender via g else "
        "drop\n");
    file.put("g.json", R"({"resourceType":"ConceptMap","group":[{"element":[{"code":"U","target":[{"code":"unknown"}]},
                          {"code":"9","target":[{"code":"unknown"}]}]}]})");
    CHECK(file.load().empty());
    CHECK(file.mistakes().front().find("no single way back for \"unknown\"") != std::string::npos);
}

TEST_CASE("a row stands under the segment that it writes") {
    CHECK(mistake_in("segment PID\n  PV1-2 <- = \"O\"", "map t v2 2.4 ADT^A28 <- Patient version 1\n") ==
          "3:3: This row writes PV1 but stands under segment PID.");
}

TEST_CASE("an expression's mistake has its column in the file") {
    CHECK(mistake_in("let name = entry.whre(true)").starts_with("2:"));
    CHECK(mistake_in("let name = entry.whre(true)").find("where") != std::string::npos);
}

TEST_CASE("blocks are closed, statements are known, resources are of FHIR") {
    CHECK(mistake_in("for PID-3[*] {").find("2:1: This block is never closed") != std::string::npos);
    CHECK(mistake_in("segmnt PID") ==
          "2:1: This is neither a statement nor a row: a row has an arrow, as in PID-8 -> gender. Did you mean "
          "\"segment\"?");
    CHECK(mistake_in("resource Patent id from PID-3") ==
          "2:10: \"Patent\" is no FHIR R4 resource. Did you mean \"Patient\"?");
}

TEST_CASE("extending oneself is no endless loop") {
    CHECK(mistake_in("extends \"test.map\"") == "2:9: Maps extend each other too deeply or in a circle.");
}

TEST_CASE("a file that is not there is a mistake, not a crash") {
    std::vector<config::Mistake> mistakes;
    CHECK(mapping::Map::load("/nowhere/x.map", mistakes).empty());
    REQUIRE(mistakes.size() == 1);
    CHECK(mistakes.front().what == "This map cannot be read: check its path.");
}

TEST_CASE("every mistake is reported, not only the first") {
    const test::MapFile file(kHead + "PID-7 -> birthDate : DTM.date\nPID-5 -> name : XPM\n");
    CHECK(file.load().empty());
    CHECK(file.mistakes().size() == 2);
}
