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
    const test::MapFile file(kHead + "PID-7 -> birthDate : DTM.date\nPID-5 -> name[*] : XPM\n");
    CHECK(file.load().empty());
    CHECK(file.mistakes().size() == 2);
}

TEST_CASE("an unknown element has the nearest right name") {
    CHECK(mistake_in("  PID-7 -> brithDate : DTM.date else drop") ==
          "2:12: Correct \"brithDate\": Patient has no such element. Did you mean \"birthDate\"?");
    CHECK(mistake_in("  PID-5.1 -> contact[0].name.famly") ==
          "2:30: Correct \"famly\": HumanName has no such element. Did you mean \"family\"?");
    CHECK(mistake_in("in contact[*] {\nPID-5 -> nam : XPN\n}") ==
          "3:10: Correct \"nam\": Patient.contact has no such element. Did you mean \"name\"?");
}

TEST_CASE("what can hold several values needs an index, and what holds one takes none") {
    CHECK(mistake_in("  PID-3 -> identifier : CX") ==
          "2:22: Write [0] or [*] here: Patient.identifier can hold several values.");
    CHECK(mistake_in("  PID-5.1 -> name.family") ==
          "2:19: Write [0] or [*] before this: Patient.name can hold several values.");
    CHECK(mistake_in("  PID-8 -> gender[0]") == "2:18: Take out the brackets: Patient.gender holds one value only.");
}

TEST_CASE("a choice is named with its type") {
    CHECK(mistake_in("  PID-29 -> deceased : DTM.dateTime else drop") ==
          "2:13: Write deceased[x] : TYPE, or its name with a type: deceased is a choice of types.");
    CHECK(mistake_in("  PID-8 -> gender[x] : ST") == "2:18: Take out [x]: gender has one type only.");
    CHECK(mistake_in("  ZPD-2 -> deceased[x] : CX") ==
          "2:26: \"CX\" gives Identifier, which does not fit Patient.deceased: it takes boolean or dateTime. "
          "Write : DTM.dateTime or boolean.");
}

TEST_CASE("a type fits its element") {
    CHECK(
        mistake_in("  PID-3 -> name[*] : CX") ==
        "2:22: \"CX\" gives Identifier, which does not fit Patient.name: it takes HumanName. Write : XPN or XCN.name.");
    CHECK(mistake_in("  PID-5 -> name[*]") ==
          "2:12: A text does not fit Patient.name: it takes HumanName. Write : XPN or XCN.name.");
    CHECK(mistake_in("  PID-7 -> birthDate") ==
          "2:12: A text does not fit Patient.birthDate: it takes date. Write : DTM.date.");
    CHECK(mistake_in("  PID-7 -> birthDate : DTM.dateTime else drop").find("Write : DTM.date.") != std::string::npos);
}

TEST_CASE("a constant and a value of its own are codes of the element") {
    CHECK(mistake_in("  -> gender = \"femal\"") ==
          "2:15: This constant is \"femal\", which Patient.gender does not take. Did you mean \"female\"?");
    CHECK(mistake_in("  -> active = \"true\"") ==
          "2:15: Write = true or = false, without quotes: Patient.active is a boolean.");
    CHECK(mistake_in("  -> gender = 1") == "2:15: Put the constant in double quotes: Patient.gender is a code.");
    CHECK(mistake_in("  -> name[0] = \"x\"") ==
          "2:16: Write the constant to an element of it: Patient.name is a HumanName.");
}

TEST_CASE("a table gives codes of the element") {
    const test::MapFile file(kHead + "table g = \"g.json\"\nPID-8 -> gender via g else warn \"unknwn\"\n");
    file.put("g.json",
             R"({"resourceType":"ConceptMap","group":[{"element":[{"code":"M","target":[{"code":"Male"}]}]}]})");
    CHECK(file.load().empty());
    CHECK(file.mistakes().front() ==
          "3:21: The table gives \"Male\", which Patient.gender does not take. Did you mean \"male\"?");
    CHECK(file.mistakes().back() ==
          "3:28: The row's own value is \"unknwn\", which Patient.gender does not take. Did you mean \"unknown\"?");
}

TEST_CASE("a reference leads to what the element may refer to") {
    CHECK(mistake_in("resource Patient as p id from PID-3\n-> managingOrganization : Reference(p)") ==
          "3:27: Refer to Organization here: Patient.managingOrganization takes no Patient.");
}

TEST_CASE("conditions on HL7 v2 have no elements, and conditions on FHIR have their own") {
    CHECK(mistake_in("  PID-8 -> gender when birthDate.exists()") ==
          "2:24: Correct \"birthDate\": the HL7 v2 message has no elements.");
    const std::string head = "map t v2 2.5.1 ADT^A28 <- Patient version 1\nsegment PID\n";
    CHECK(mistake_in("  PID-8 <- gender when birthdate.exists()", head) ==
          "3:24: Correct \"birthdate\": Patient has no such element. Did you mean \"birthDate\"?");
}

TEST_CASE("what is read from FHIR has a type that can be written") {
    const std::string head = "map t v2 2.5.1 ADT^A28 <- Patient version 1\nsegment PID\n";
    CHECK(mistake_in("  PID-5 <- name", head) == "3:12: Say how to write HumanName. Write : XPN or XCN.name.");
    CHECK(mistake_in("  PID-3[*] <- name : CX", head) ==
          "3:22: \"CX\" cannot read HumanName. Write : XPN or XCN.name.");
    CHECK(mistake_in("  PID-3[*] <- contact.nam : XPN", head) ==
          "3:23: Correct \"nam\": Patient.contact has no such element. Did you mean \"name\"?");
}

TEST_CASE("what a test expects is checked, too") {
    CHECK(mistake_in("test \"x\" {\n  given v2\n    MSH|^~\\&|A|B|C|D|20261121||ADT^A28|1|P|2.4\n    PID|1\n"
                     "  expect gendre = 'male'\n}") ==
          "6:10: Correct \"gendre\": Patient has no such element. Did you mean \"gender\"?");
}

TEST_CASE("several mistakes of one row are all said") {
    const test::MapFile file(kHead + "PID-8 -> gendre via sex when %nobody.exists()\n");
    CHECK(file.load().empty());
    CHECK(file.mistakes().size() == 3);
}

TEST_CASE("paths are of the versions that the map states") {
    CHECK(mistake_in("  PDI-8 -> gender") == "2:3: Correct PDI: HL7 v2.4 has no such segment. Did you mean \"PID\"?");
    CHECK(mistake_in("  PID-99 -> gender") == "2:3: Correct PID-99: HL7 v2.4 has no such field.");
    CHECK(mistake_in("  PID-8.2 -> gender") == "2:3: PID-8 has no components: it is IS.");
    CHECK(mistake_in("  PID-5.19 -> name[0].text") == "2:3: PID-5 has 11 components: it is XPN.");
    CHECK(mistake_in("  -> gender = \"male\" when PDI-8.exists()").starts_with("2:27: Correct PDI"));
    CHECK(mistake_in("for OBR[*] with OBX, NET {\n}").starts_with("2:22: Correct NET"));
    CHECK(mistake_in("  PID-8 -> gender", "map t v2 two ADT^A28 -> Patient version 1\n") ==
          "1:10: Write a version such as 2.5.1, or a range such as 2.3..2.8.");
}

TEST_CASE("a range of versions allows what one of them has, and Z segments are the sender's own") {
    const test::MapFile file(
        "map t v2 2.3..2.8 ADT^A28 -> Patient version 1\nPID-39 -> language\nZPD-77.3 -> gender\n");
    CHECK_FALSE(file.load().empty());
    CHECK(mistake_in("  PID-39 -> language", "map t v2 2.3 ADT^A28 -> Patient version 1\n") ==
          "2:3: Correct PID-39: HL7 v2.3 has no such field.");
}

TEST_CASE("a type fits the field") {
    CHECK(mistake_in("  PID-5 -> identifier[*] : CX") == "2:28: \"CX\" does not fit PID-5, which is XPN.");
    CHECK(mistake_in("  PID-3 -> birthDate : DTM.date else drop") ==
          "2:24: \"DTM.date\" does not fit PID-3, which is CX.");
}

TEST_CASE("groups of a path are those of the map's message types") {
    const std::string head = "map t v2 2.5.1 REF^I12 -> Bundle version 1\nresource Practitioner\n";
    CHECK(mistake_in("  PROVIDER_CONTRACT[2].PRD-2 -> name[*] : XPN", head) ==
          "3:3: Correct PROVIDER_CONTRACT: the message types of the map have no such group. Did you mean "
          "\"PROVIDER_CONTACT\"?");
    CHECK(mistake_in("  PROVIDER_CONTACT.PID-5 -> name[*] : XPN", head) ==
          "3:3: Correct the groups: PROVIDER_CONTACT.PID-5 does not stand so in the message types of the map.");
    CHECK(mistake_in("for PROVIDER_CONTACT[*] with CTD {\n}", head) ==
          "3:30: Leave out with: a group has its own segments.");
    CHECK(mistake_in("segment PRD\n  PROVIDER_CONTACT[2].PRD-2 <- name : XPN",
                     "map t v2 2.5.1 REF^I12 <- Practitioner version 1\n") ==
          "3:3: Leave the group out: a segment is written where its line stands, once in each round of for.");
}

TEST_CASE("HL7 v2 paths count from 1") {
    const std::string sentence = "Count from 1 here: HL7 v2 paths do, only FHIRPath counts from 0.";
    CHECK(mistake_in("  PID-3[0] -> identifier[*] : CX") == "2:9: " + sentence);
    CHECK(mistake_in("  PID-3[1].0 -> gender") == "2:12: " + sentence);
    CHECK(mistake_in("  PID[0]-3 -> gender") == "2:7: " + sentence);
    CHECK(mistake_in("  PID-0 -> gender") == "2:7: " + sentence);
    CHECK(mistake_in("  -> gender = \"male\" when PID-8.exists() and PID-3[0].exists()") == "2:52: " + sentence);
    CHECK(mistake_in("segment PID\n  PID-3[0] <- id", "map t v2 2.4 ADT^A28 <- Patient version 1\n") ==
          "3:9: " + sentence);
    CHECK_FALSE(test::MapFile(kHead + "ZPD-10 -> gender when ZPD-10[4.1=\"0\"].exists() and ZPD-20[10].exists()\n")
                    .load()
                    .empty());
}

TEST_CASE("what begins as an HL7 v2 path and is none is never calculated") {
    for (const auto* path : {"PID-65541", "PID-99999999999999999999", "PID - 5", "PID -5", "PID-5-1", "PID.5"}) {
        CAPTURE(path);
        CHECK(mistake_in(std::string("  ") + path + " -> name[0].text").starts_with("2:3: Write an HL7 path such as "));
    }
    CHECK(mistake_in("  PID-5 -> name[0].text when %index > 1 and PID - 7 = 3").starts_with("2:45: Write an HL7 path"));
}

TEST_CASE("a message has one MSH") {
    CHECK(mistake_in("segment MSH\n  MSH-10 <- %obligation\nsegment PID\nsegment MSH",
                     "map t v2 2.4 ADT^A28 <- Patient version 1\n") ==
          "5:9: A message has one MSH, which test.map:2 writes: put these rows there.");
}

TEST_CASE("keywords are names of elements where a name belongs") {
    const test::MapFile file(
        "map t v2 2.5.1 SIU^S12 <-> Appointment version 1\nresource Appointment\nsegment SCH\n"
        "  SCH-1.1 <- id when participant.where(required = 'required').exists()\n"
        "in participant[*] as required {\n  SCH-6.1 -> required required\n  -> required = "
        "\"required\"\n}\n"
        "for participant as who {\n  segment AIP\n    AIP-4.1 <- required when required = 'required' and required != "
        "'optional' required\n}\n");
    CHECK_FALSE(file.load().empty());
    for (const auto& mistake : file.mistakes()) FAIL_CHECK(mistake);
}

TEST_CASE("extensions of a value stand beside it") {
    CHECK(mistake_in("  PID-7 -> birthDate.extension(\"urn:x\").value[x] : DTM.dateTime else drop") ==
          "2:31: Write _ before the element's name: Patient.birthDate is a value, and JSON keeps its extensions beside "
          "it.");
    CHECK_FALSE(test::MapFile(kHead + "PID-7 -> birthDate : DTM.date else drop\n"
                                      "PID-7 -> _birthDate.extension(\"urn:x\").value[x] : DTM.dateTime else drop\n")
                    .load()
                    .empty());
}

TEST_CASE("what takes codes of one list only keeps no others") {
    const auto with = [](const std::string& policy) {
        const test::MapFile file(kHead + "table g = \"g.json\"\n  PID-8 -> gender : code via g else " + policy + "\n");
        file.put("g.json",
                 R"({"resourceType":"ConceptMap","group":[{"element":[{"code":"M","target":[{"code":"male"}]}]}]})");
        return file.load().empty() ? file.mistakes().front() : std::string("none");
    };
    for (const char* policy : {"keep", "warn keep"})
        CHECK_MESSAGE(with(policy).find("Patient.gender takes codes of one list only") != std::string::npos,
                      with(policy));
    CHECK(with("warn drop") == "none");
    CHECK(with("warn \"unknown\"") == "none");
}
