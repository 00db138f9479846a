/// Files that are no maps, or wish to break the compiler: each is told at its line and column, none crashes or hangs.
#include <doctest/doctest.h>

#include "mapping/format.hpp"
#include "mapping/support.hpp"

using namespace causeway;

namespace {

const std::string kHead = "map t v2 2.4 ADT^A28 -> Patient version 1\n";

std::string repeated(const std::string& text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

/// It does not compile, and each mistake has a line and a column. The first one's sentence.
std::string refused(const test::MapFile& file) {
    CHECK(file.load().empty());
    const auto mistakes = file.mistakes();
    REQUIRE_FALSE(mistakes.empty());
    for (const auto& mistake : mistakes) {
        CHECK_FALSE(mistake.starts_with("0:"));
        CHECK(mistake.find(":0: ") == std::string::npos);
    }
    return mistakes.front();
}

std::string refused(const std::string& text) {
    (void)mapping::format_map(text);
    return refused(test::MapFile(text));
}

bool compiles(const std::string& text) {
    const test::MapFile file(text);
    const bool whole = !file.load().empty();
    for (const auto& mistake : file.mistakes()) FAIL_CHECK(mistake);
    return whole;
}

}  // namespace

TEST_CASE("an empty file, and one of blanks and comments, has no map line") {
    for (const auto* text : {"", "\n\n\n", "# only a comment", "\t \r\n", "\xEF\xBB\xBF"})
        CHECK(refused(text).starts_with("1:1: Begin with a line such as: map "));
}

TEST_CASE("a byte-order mark, CRLF, tabs and a missing last line end are read") {
    CHECK(
        compiles("\xEF\xBB\xBFmap\tt v2 2.4 ADT^A28 -> Patient version 1\r\n\tresource Patient id from PID-3\r\n"
                 "\t\tPID-8\t->\tgender\r\ntest \"x\" {\r\n\tgiven\tv2\r\n"
                 "\t\tMSH|^~\\&|A|B|C|D|2026||ADT^A28|1|P|2.4\r\n\t\tPID|||1\r\n\texpect\tid.exists()\r\n}"));
}

TEST_CASE("what is no UTF-8 is told, also in a comment, because texts of a map become texts of messages") {
    CHECK(refused(kHead + "-> name[0].family = \"Andr\xE9\"\n") ==
          "2:26: Save this file as UTF-8: what stands here is none.");
    CHECK(refused(kHead + "# \xC3\xA9 \xFF\n").starts_with("2:6: Save this file as UTF-8"));
    CHECK(refused(std::string("\xFF\xFEm\0a\0p\0", 8)).starts_with("1:1: Save this file as UTF-8"));
}

TEST_CASE("texts, brackets and blocks that are never closed are told where they begin") {
    CHECK(refused(kHead + "-> gender = \"male\n").starts_with("2:13: "));
    CHECK(refused(kHead + "PID-3[ -> identifier[*] : CX\n").starts_with("2:"));
    CHECK(refused(kHead + "PID-3[4.1=\"NHS -> identifier[*] : CX\n").starts_with("2:"));
    CHECK(refused(kHead + "PID-8 -> extension(\"urn:x.valueString\n").starts_with("2:"));
    CHECK(refused(kHead + "let a = (((PID-3\n").starts_with("2:"));
    CHECK(refused(kHead + "in contact[*] {\n  NK1-2 -> name : XPN\n").starts_with("2:1: This block is never closed"));
    CHECK(refused(kHead + "test \"x\" {\n  given v2\n    MSH|\n").starts_with("2:"));
    CHECK(refused(kHead + "test \"x\" {\n  given fhir {\"a\": [{\n}\n").starts_with("2:"));
    CHECK(refused(kHead + "}\n}\n") == "2:1: This } closes nothing.");
}

TEST_CASE("control bytes and a line of a megabyte are told like anything else") {
    CHECK(refused(kHead + std::string("PID-8 -> gen\0der\n", 17)).starts_with("2:"));
    CHECK(refused(kHead + "\x01\x02\x7f\n").starts_with("2:1: This is neither a statement nor a row"));
    CHECK(refused(kHead + "PID-8 -> " + std::string(1'000'000, 'x') + "\n").starts_with("2:10: "));
    CHECK(refused(kHead + "let a = " + repeated("(", 100'000) + "\n").starts_with("2:"));
    CHECK(refused(kHead + "let a = " + repeated("PID-3.exists() and ", 20'000) + "\n").starts_with("2:"));
    CHECK(refused(kHead + "PID-8 -> " + repeated("a.", 100'000) + "b\n").starts_with("2:"));
}

TEST_CASE("blocks nest so deep and no deeper") {
    const auto nested = [](std::size_t depth) {
        return "map t v2 2.4 ADT^A28 -> Bundle.collection version 1\n" + repeated("for PID-3[*] {\n", depth) +
               repeated("}\n", depth);
    };
    CHECK(compiles(nested(32)));
    CHECK(refused(nested(33)) == "34:5: Blocks stand in each other too deeply: 32 are allowed.");
    CHECK(refused(nested(100'000)).starts_with("34:5: "));
}

TEST_CASE("a huge map compiles, and a huge heap of mistakes is told") {
    CHECK(compiles(kHead + repeated("PID-8 -> gender\n", 20'000)));
    const test::MapFile file(kHead + repeated("PID-8 -> gendre\n", 5'000));
    (void)refused(file);
    CHECK(file.mistakes().size() == 5'000);
}

TEST_CASE("maps that extend each other in circles, in depth and in masses end") {
    const test::MapFile circle(kHead + "extends \"a.rows\"\n");
    circle.put("a.rows", "extends \"b.rows\"\n");
    circle.put("b.rows", "extends \"./a.rows\"\n");
    CHECK(refused(circle) == "1:9: Maps extend each other too deeply or in a circle.");
    const test::MapFile deep(kHead + "extends \"0.rows\"\n");
    for (int i = 0; i < 20; ++i)
        deep.put(std::to_string(i) + ".rows", "extends \"" + std::to_string(i + 1) + ".rows\"\n");
    CHECK(refused(deep).find("too deeply") != std::string::npos);
    const test::MapFile masses(kHead + repeated("extends \"0.rows\"\n", 10));
    for (int i = 0; i < 6; ++i)
        masses.put(std::to_string(i) + ".rows", repeated("extends \"" + std::to_string(i + 1) + ".rows\"\n", 10));
    masses.put("6.rows", "");
    CHECK(refused(masses).find("too many files") != std::string::npos);
}

TEST_CASE("files that are not there, or are something else, are told where they are named") {
    CHECK(refused(kHead + "  extends \"nowhere.rows\"\n") == "2:11: \"nowhere.rows\" cannot be read: check its path.");
    CHECK(refused(kHead + "extends \".\"\n").starts_with("2:9: "));
    CHECK(refused(kHead + "extends nowhere\n").starts_with("2:9: Write extends \"FILE\"."));
    CHECK(refused(kHead + "table a = \"nowhere.json\"\n").starts_with("2:"));
    CHECK(refused(kHead + "test \"x\" {\n  given v2 \"nowhere.hl7\"\n}\n")
              .starts_with("3:12: \"nowhere.hl7\" cannot be read"));
    for (const auto* text : {"", "{", "[]", "no JSON", R"({"resourceType":"Patient"})", "\xFF\xFE"}) {
        const test::MapFile file(kHead + "table a = \"a.json\"\n");
        file.put("a.json", text);
        CHECK(refused(file).starts_with("2:"));
    }
    const test::MapFile file(kHead + "table a = \"a.json\"\n");
    file.put("a.json", repeated("[", 200'000));
    CHECK(refused(file).starts_with("2:"));
}
