/// `causeway map` and `causeway fmt`: what they print, and how they end.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>

#include "app/commands.hpp"
#include "support/temp_dir.hpp"

namespace causeway::app {
namespace {

constexpr auto kMap =
    "map small   v2 2.4 ADT^A28   ->   Patient   version 1\n\n"
    "resource Patient   id from PID-3\n"
    "  PID-3[*]  -> identifier[*] : CX\n"
    "  PID-7     -> birthDate : DTM.date  else warn drop\n";
constexpr auto kMessage =
    "MSH|^~\\&|A|B|C|D|20261121||ADT^A28|1|P|2.4\rPID|1||9990000018^^^NHS||TESTPATIENT||19581312\r";

struct Called {
    int status = 0;
    std::string out, err;
};

/// A folder with a map and a message.
class Place {
public:
    Place() {
        ::setenv("CAUSEWAY_DEFINITIONS", CAUSEWAY_BINARY_DIR "/definitions/r4.pack", 1);
        dir_.write("small.map", kMap);
        dir_.write("a28.hl7", kMessage);
    }
    std::string path(const std::string& name) const { return (dir_ / name).string(); }
    void write(const std::string& name, const std::string& text) const { dir_.write(name, text); }
    std::string read(const std::string& name) const {
        std::ifstream in(path(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

private:
    test::TempDir dir_;
};

Called call(const std::vector<std::string>& words) {
    std::vector<const char*> pointers;
    for (const auto& word : words) pointers.push_back(word.c_str());
    std::ostringstream out, err;
    auto* const was_out = std::cout.rdbuf(out.rdbuf());
    auto* const was_err = std::cerr.rdbuf(err.rdbuf());
    Called called;
    called.status = run_command_line(pointers);
    std::cout.rdbuf(was_out);
    std::cerr.rdbuf(was_err);
    called.out = out.str();
    called.err = err.str();
    return called;
}

TEST_CASE("map: prints what the map makes, its warnings and what no row read") {
    const Place place;
    const auto called = call({"map", place.path("small.map"), place.path("a28.hl7")});
    CHECK(called.status == kDone);
    CHECK(called.out.find("\"resourceType\": \"Patient\"") != std::string::npos);
    CHECK(called.err.find("M301 PID-7") != std::string::npos);
    CHECK(called.err.find("is no date: month 13") != std::string::npos);
    CHECK(called.err.find("not read by any row:") != std::string::npos);
    CHECK(called.err.find("PID-5") != std::string::npos);
    CHECK(call({"map", place.path("small.map"), place.path("a28.hl7"), "--to", "xml"}).out.find("<Patient xmlns") !=
          std::string::npos);
}

TEST_CASE("map: --explain names each element's rule, source and value") {
    const Place place;
    const auto called = call({"map", place.path("small.map"), place.path("a28.hl7"), "--explain"});
    CHECK(called.out.find("small.map:4") != std::string::npos);
    CHECK(called.out.find("PID-3") != std::string::npos);
    CHECK(called.out.find("(2:8)") != std::string::npos);
    CHECK(called.out.find("9990000018") != std::string::npos);
}

TEST_CASE("map: a map with mistakes, a message that it does not take and a name that is none are told") {
    const Place place;
    place.write("bad.map", std::string(kMap) + "  PID-8  -> gendre\n");
    const auto bad = call({"map", place.path("bad.map"), place.path("a28.hl7")});
    CHECK(bad.status == kProblems);
    CHECK(bad.err.find("bad.map:6:13: error: Correct \"gendre\"") != std::string::npos);
    place.write("siu.hl7", "MSH|^~\\&|A|B|C|D|20261121||SIU^S12|1|P|2.4\rPID|1\r");
    CHECK(call({"map", place.path("small.map"), place.path("siu.hl7")}).status == kProblems);
    CHECK(call({"map", "nowhere", place.path("a28.hl7"), "--config", place.path("conf")}).status == kUsage);
}

TEST_CASE("fmt: writes maps in their one layout, and --check changes nothing") {
    const Place place;
    place.write("loose.map", "map small v2 2.4 ADT^A28 -> Patient version 1\nresource Patient\nPID-8   ->   gender\n");
    const auto checked = call({"fmt", "--check", place.path("loose.map"), place.path("small.map")});
    CHECK(checked.status == kProblems);
    CHECK(checked.out == place.path("loose.map") + "\n");
    CHECK(place.read("loose.map").find("PID-8   ->") != std::string::npos);
    CHECK(call({"fmt", place.path("loose.map")}).status == kDone);
    CHECK(place.read("loose.map").find("  PID-8  -> gender\n") != std::string::npos);
    CHECK(call({"fmt", "--check", place.path("loose.map")}).status == kDone);
    CHECK(call({"fmt", place.path("absent.map")}).status == kUsage);
}

}  // namespace
}  // namespace causeway::app
