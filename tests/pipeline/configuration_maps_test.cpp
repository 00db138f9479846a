#include <doctest/doctest.h>

#include <algorithm>

#include "pipeline/configuration_support.hpp"

using namespace causeway;
using namespace causeway::pipeline;
using test::ConfFolder;

namespace {

constexpr std::string_view kSex = R"({"resourceType":"ConceptMap","group":[{"element":[
    {"code":"1","target":[{"code":"male","equivalence":"equivalent"}]}]}]})";

/// A map with a table and a test whose input is a file beside it.
constexpr std::string_view kMap =
    "map tiny   v2 2.5.1 ADT^A31   ->  Patient   version 1\n"
    "table sex = \"conceptmaps/sex.json\"\n"
    "PID-8  ->  gender  via sex  else warn drop\n"
    "test \"sex\" {\n  given v2 \"tests/a31.hl7\"\n  expect gender = 'male'\n}\n";

void add_map(ConfFolder& folder) {
    folder.write("mappings/tiny.map", kMap);
    folder.write("mappings/conceptmaps/sex.json", kSex);
    folder.write("mappings/tests/a31.hl7", "MSH|^~\\&|A|B|C|D|20260101||ADT^A31|1|P|2.5.1\rPID|1|||||||1\r");
    folder.write("conf/routes/copy.yaml",
                 "route: copy\nfrom: [in]\nlearn: tiny\nto:\n  - destination: out\n    map: tiny\n");
}

}  // namespace

TEST_CASE("maps of the folder are compiled, and routes find them by name") {
    ConfFolder folder;
    add_map(folder);
    CHECK(folder.said() == "");
    const auto made = folder.load();
    REQUIRE(made != nullptr);
    CHECK(made->maps.at("tiny").can(mapping::Direction::forward));
}

TEST_CASE("the hash covers maps and their tables, and not the inputs of their tests") {
    ConfFolder folder;
    add_map(folder);
    const auto first = folder.load();
    REQUIRE(first != nullptr);
    CHECK(first->files.find("\"mappings/conceptmaps/sex.json\"") != std::string::npos);

    folder.write("mappings/tests/a31.hl7", "MSH|^~\\&|A|B|C|D|20260101||ADT^A31|2|P|2.5.1\rPID|1|||||||1\r");
    CHECK(folder.load()->hash == first->hash);
    folder.write("mappings/conceptmaps/sex.json", std::string(kSex) + "\n");
    CHECK(folder.load()->hash != first->hash);
}

TEST_CASE("a map that a route names and that is not there suggests the nearest") {
    ConfFolder folder;
    add_map(folder);
    folder.write("conf/routes/copy.yaml", "route: copy\nfrom: [in]\nto:\n  - destination: out\n    map: tinny\n");
    CHECK(folder.said() == "conf/routes/copy.yaml:5:10: error: There is no map \"tinny\". Did you mean \"tiny\"?\n");
}

TEST_CASE("a map with a mistake is reported once, and not called missing too") {
    ConfFolder folder;
    add_map(folder);
    folder.write("mappings/tiny.map", "map tiny   v2 2.5.1 ADT^A31   ->  Patient   version 1\nPID-8 gender\n");
    const auto said = folder.said();
    CHECK(said.starts_with("mappings/tiny.map:2:"));
    CHECK(std::count(said.begin(), said.end(), '\n') == 1);
}

TEST_CASE("two maps of one name are a mistake") {
    ConfFolder folder;
    add_map(folder);
    folder.write("mappings/two.map", kMap);
    CHECK(folder.said().starts_with("mappings/two.map:1:1: error: The map \"tiny\" is also in mappings/tiny.map."));
}

TEST_CASE("maps are restored with their tables, without the inputs of their tests") {
    ConfFolder folder;
    add_map(folder);
    const auto record = folder.load()->record(Instant{});
    folder.remove("mappings");

    const auto restored = restore_configuration(record, folder.path("conf"), folder.path("scratch"), test::kAdapters);

    REQUIRE_MESSAGE(restored.has_value(), (restored.has_error() ? to_string(restored.error()) : std::string()));
    CHECK((*restored)->maps.contains("tiny"));
}
