/// The one way in which a map is written.
#include "mapping/format.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

using causeway::mapping::format_map;

namespace {

std::string read(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("rows stand in columns, blocks are indented") {
    CHECK(format_map("map  a v2 2.4 ADT^A28 -> Patient version 1\n\n\n"
                     "resource Patient id from PID-3 else PID-2\n"
                     "PID-3[*]->identifier[*]\n"
                     "PID-3[*]  -> identifier[*]:CX : CX\n"
                     "PID-8 -> gender   else warn \"unknown\"   via sex # table 0001\n"
                     "for NK1[*] as kin{\n}\n"
                     "for NK1[*]   as kin {\nin contact[*] {\nNK1-2 -> name : XPN\n}\n}") ==
          "map a   v2 2.4 ADT^A28   ->   Patient   version 1\n\n"
          "resource Patient   id from PID-3 else PID-2\n"
          "PID-3[*]->identifier[*]\n"
          "  PID-3[*]  -> identifier[*]:CX : CX\n"
          "  PID-8     -> gender                 else warn \"unknown\"  via sex   # table 0001\n"
          "for NK1[*] as kin{\n"
          "}\n"
          "for NK1[*] as kin {\n"
          "  in contact[*] {\n"
          "    NK1-2  -> name : XPN\n"
          "  }\n"
          "}\n");
}

TEST_CASE("documents and expressions of tests stay as they are") {
    const std::string test =
        "test \"x\" {\n"
        "    given v2\n"
        "        MSH|^~\\&|A  B|C # D\n"
        "        PID|1\n"
        "    given %now = @2026-01-01\n"
        "    expect name.where(use  =  'a  b').exists()\n"
        "}\n"
        "test \"y\" {\n"
        "    given fhir {\"resourceType\": \"Patient\",\n"
        "          \"id\":   \"# 1\"}\n"
        "    expect PID-3 = '1'\n"
        "}\n";
    CHECK(format_map(test) == test);
    CHECK(format_map("test \"x\" {\n  given   v2\nMSH|^~\\&|\n expect   no warnings\n}\n") ==
          "test \"x\" {\n    given v2\n        MSH|^~\\&|\n    expect no warnings\n}\n");
}

TEST_CASE("comments keep their place, and definitions share their columns") {
    CHECK(format_map("# of all\ntable a=\"x.json\"\ntable long = \"y.json\"\n\nresource Patient\n# of the row\nPID-8 "
                     "-> gender\n") ==
          "# of all\ntable a    = \"x.json\"\ntable long = \"y.json\"\n\nresource Patient\n  # of the row\n  PID-8  -> "
          "gender\n");
}

TEST_CASE("every shipped map is written this way") {
    for (const auto& entry : std::filesystem::directory_iterator(CAUSEWAY_SOURCE_DIR "/mappings")) {
        const auto name = entry.path().extension();
        if (name != ".map" && name != ".rows") continue;
        const auto text = read(entry.path());
        CAPTURE(entry.path().filename().string());
        CHECK(format_map(text) == text);
    }
}

TEST_CASE("formatting twice changes nothing, whatever the text") {
    for (const auto& entry : std::filesystem::directory_iterator(CAUSEWAY_SOURCE_DIR "/tests/fuzz/corpus/map")) {
        const auto once = format_map(read(entry.path()));
        CHECK(format_map(once) == once);
    }
}
