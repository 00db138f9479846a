#include "pipeline/configuration_files.hpp"

#include <doctest/doctest.h>

#include "support/temp_dir.hpp"

using namespace causeway::pipeline;
using causeway::test::TempDir;

TEST_CASE("files are listed below a folder, sorted, without hidden ones and data tests") {
    const TempDir folder;
    for (const auto* name : {"b.yaml", "a/c.yaml", "a.tests.yaml", ".hidden.yaml", ".git/d.yaml", "e.json"})
        folder.write(name, "x");
    CHECK(list_files(folder.path(), ".yaml") == std::vector<std::string>{"a/c.yaml", "b.yaml"});
    CHECK(list_files(folder / "absent", ".yaml").empty());
}

TEST_CASE("the hash tells names and contents apart wherever one ends and the other begins") {
    const auto hash = hash_of({{"a", "bc"}});
    CHECK(hash == hash_of({{"a", "bc"}}));
    CHECK(hash != hash_of({{"ab", "c"}}));
    CHECK(hash_of({{"a", ""}, {"b", ""}}) != hash_of({{"a", "b"}}));
}

TEST_CASE("files come back from JSON as they were") {
    const Files files{{"conf/a.yaml", "doc: \"é\"\r\n\ttab\\\n"}, {"mappings/b.map", ""}};
    CHECK(files_from_json(to_json(files)).value() == files);
    CHECK(files_from_json(to_json({})).value().empty());
}

TEST_CASE("anything but an object of texts is refused") {
    for (const auto* json : {"", "[]", "{\"a\":1}", "{\"a\":\"b\"", "null"})
        CHECK_MESSAGE(files_from_json(json).has_error(), std::string(json));
}

TEST_CASE("files are laid out in an emptied folder") {
    const TempDir folder;
    folder.write("out/left-over.yaml", "x");
    REQUIRE(lay_out({{"conf/routes/a.yaml", "a"}}, folder / "out").has_value());
    CHECK(folder.read("out/conf/routes/a.yaml") == "a");
    CHECK_FALSE(std::filesystem::exists(folder / "out/left-over.yaml"));
}

TEST_CASE("a file name that leads out of the folder is refused") {
    const TempDir folder;
    for (const auto* name : {"../a.yaml", "conf/../../a.yaml", "/a.yaml", ""})
        CHECK_MESSAGE(lay_out({{name, "x"}}, folder / "out").has_error(), std::string(name));
    CHECK_FALSE(std::filesystem::exists(folder / "a.yaml"));
}

TEST_CASE("inputs of tests inside maps are laid out without their content, and only inside the folder") {
    const TempDir folder;
    const Files files{{"mappings/uk/pid.map",
                       "map a\ntest \"x\" {\n  given v2 \"../tests/a31.hl7\"\n  given fhir \"../../../../b.json\"\n"
                       "  given %now = \"2026\"\n  expect \"c.hl7\"\n}\n"}};
    REQUIRE(lay_out(files, folder / "out").has_value());
    CHECK(std::filesystem::exists(folder / "out/mappings/tests/a31.hl7"));
    CHECK_FALSE(std::filesystem::exists(folder / "b.json"));
    CHECK_FALSE(std::filesystem::exists(folder / "out/mappings/uk/c.hl7"));
    CHECK_FALSE(std::filesystem::exists(folder / "out/mappings/uk/2026"));
}
