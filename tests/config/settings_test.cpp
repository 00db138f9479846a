#include <doctest/doctest.h>

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "config/support.hpp"

using namespace causeway;
using namespace causeway::config;
using test::settings;

namespace {

constexpr FieldSpec kTarget[] = {
    {"destination", FieldType::text, "Where it goes."},
    {"within", FieldType::duration, "How long it may take.", "1h"},
};

constexpr FieldSpec kSpecs[] = {
    {.name = "name", .doc = "What it is called.", .fallback = "nameless"},
    {.name = "port", .type = FieldType::integer, .doc = "TCP port.", .fallback = "2575"},
    {.name = "limit", .type = FieldType::size, .doc = "Largest message.", .fallback = "64MB"},
    {.name = "timeout", .type = FieldType::duration, .doc = "How long to wait.", .fallback = "30s"},
    {.name = "keep", .type = FieldType::boolean, .doc = "Keep it?", .fallback = "true"},
    {.name = "token", .type = FieldType::secret, .doc = "The token.", .fallback = ""},
    {.name = "folder", .type = FieldType::path, .doc = "Folder.", .fallback = "../var"},
    {.name = "nowhere", .type = FieldType::path, .doc = "Folder.", .fallback = ""},
    {.name = "when", .type = FieldType::expression, .doc = "Condition.", .fallback = ""},
    {.name = "accepts", .type = FieldType::list, .doc = "Types.", .fallback = "P, D"},
    {.name = "files", .type = FieldType::list, .doc = "Files.", .fallback = "", .item = FieldType::path},
    {.name = "to",
     .type = FieldType::list,
     .doc = "Targets.",
     .fallback = "",
     .fields = kTarget,
     .item = FieldType::object},
    {.name = "first", .type = FieldType::object, .doc = "Target.", .fallback = "", .fields = kTarget},
    {.name = "keys", .type = FieldType::table, .doc = "Keys.", .fallback = "", .item = FieldType::expression},
    {.name = "by_name",
     .type = FieldType::table,
     .doc = "Targets.",
     .fallback = "",
     .fields = kTarget,
     .item = FieldType::object},
};

}  // namespace

TEST_CASE("what is written is read by its type") {
    const auto s = settings(
        "name: no\nport: -7\nlimit: 2KB\ntimeout: 250ms\nkeep: false\nfolder: in\n"
        "accepts: [ADT^A01, 'T']\nfiles: [a.pem, /b.pem]\n",
        kSpecs);
    CHECK(s.text("name") == "no");
    CHECK(s.integer("port") == -7);
    CHECK(s.size("limit") == 2048);
    CHECK(s.duration("timeout") == std::chrono::milliseconds(250));
    CHECK_FALSE(s.boolean("keep"));
    CHECK(s.path("folder") == "/conf/in");
    CHECK(s.texts("accepts") == std::vector<std::string>{"ADT^A01", "T"});
    CHECK(s.texts("files") == std::vector<std::string>{"/conf/a.pem", "/b.pem"});
}

TEST_CASE("what is absent is read as its fallback") {
    const auto s = settings("", kSpecs);
    CHECK(s.text("name") == "nameless");
    CHECK(s.integer("port") == 2575);
    CHECK(s.size("limit") == 64u << 20);
    CHECK(s.duration("timeout") == std::chrono::seconds(30));
    CHECK(s.boolean("keep"));
    CHECK(s.path("folder") == "/var");
    CHECK(s.path("nowhere").empty());
    CHECK(s.texts("accepts") == std::vector<std::string>{"P", "D"});
    CHECK(s.objects("to").empty());
    CHECK(s.entries("keys").empty());
    CHECK(s.object("first").duration("within") == std::chrono::hours(1));
    CHECK_FALSE(s.has("port"));
}

TEST_CASE("lists and tables of objects keep the order of the file") {
    const auto s = settings(
        "to:\n  - {destination: b, within: 5s}\n  - {destination: a}\n"
        "by_name: {z: {destination: y}, a: {destination: b}}\nkeys: {z: 1+1, a: PID-3}\n",
        kSpecs);
    const auto to = s.objects("to");
    REQUIRE(to.size() == 2);
    CHECK(to[0].text("destination") == "b");
    CHECK(to[0].has("within"));
    CHECK(to[1].duration("within") == std::chrono::hours(1));
    const auto named = s.object_entries("by_name");
    REQUIRE(named.size() == 2);
    CHECK(named[0].first == "z");
    CHECK(named[0].second.text("destination") == "y");
    CHECK(s.entries("keys") == std::vector<std::pair<std::string, std::string>>{{"z", "1+1"}, {"a", "PID-3"}});
}

TEST_CASE("a field that no spec declares is a programming mistake") {
    const auto s = settings("", kSpecs);
    CHECK_THROWS_AS(s.text("typo"), std::logic_error);
    CHECK_THROWS_AS(s.integer("name"), std::logic_error);
    CHECK_THROWS_AS(s.text("accepts"), std::logic_error);
    CHECK_THROWS_AS(Settings().text("name"), std::logic_error);
}

TEST_CASE("specs may be joined in an array that does not outlive the call") {
    auto joined = std::make_unique<std::vector<FieldSpec>>(std::begin(kSpecs), std::end(kSpecs));
    const auto s = settings("port: 1", *joined);
    joined.reset();
    CHECK(s.integer("port") == 1);
}

TEST_CASE("a secret is read from the environment when it is asked for") {
    const auto s = settings("token: env:CAUSEWAY_TEST_TOKEN\n", kSpecs);
    ::unsetenv("CAUSEWAY_TEST_TOKEN");
    const auto missing = s.secret("token");
    REQUIRE(missing.has_error());
    CHECK(missing.error().where == "a.yaml:1:8");
    CHECK(missing.error().what == "Set the environment variable CAUSEWAY_TEST_TOKEN.");

    ::setenv("CAUSEWAY_TEST_TOKEN", "s3cret", 1);
    CHECK(s.secret("token").value() == "s3cret");
    CHECK(s.text("token") == "env:CAUSEWAY_TEST_TOKEN");
}

TEST_CASE("a secret is read from a file without its last line end") {
    const auto file = std::filesystem::temp_directory_path() / ("causeway-secret-" + std::to_string(::getpid()));
    std::ofstream(file) << "line one\nline two\r\n";
    const auto s = settings("token: file:" + file.string() + "\n", kSpecs);
    CHECK(s.secret("token").value() == "line one\nline two");
    std::filesystem::remove(file);
    CHECK(s.secret("token").error().issue == Issue::not_found);
}

TEST_CASE("an optional secret that is absent is empty") {
    CHECK(settings("", kSpecs).secret("token").value() == "");
}

TEST_CASE("place names the value, else the object") {
    const auto s = settings("name: x\nto:\n  - destination: a\n", kSpecs);
    CHECK(s.place("name") == "a.yaml:1:7");
    CHECK(s.place() == "a.yaml:1:1");
    CHECK(s.place("port") == "a.yaml:1:1");
    CHECK(s.objects("to")[0].place("destination") == "a.yaml:3:18");
    CHECK(s.objects("to")[0].place("within") == "a.yaml:3:5");
    CHECK(s.object("first").place("within") == "a.yaml:1:1");
}

TEST_CASE("a mistake of the caller's stands at the field, the entry or the object") {
    const auto s = settings("accepts:\n  - a\n  - b\nkeys: {k: v}\n", kSpecs);
    CHECK(to_string(s.mistake("accepts", 1, "No.")) == "a.yaml:3:5: error: No.");
    CHECK(to_string(s.mistake("accepts", 7, "No.")) == "a.yaml:2:3: error: No.");
    CHECK(to_string(s.mistake("keys", "k", "No.")) == "a.yaml:4:11: error: No.");
    CHECK(to_string(s.mistake("port", "No.")) == "a.yaml:1:1: error: No.");
    CHECK(to_string(Mistake{"f", 1, 2, true, "Hm."}) == "f:1:2: warning: Hm.");
}

TEST_CASE("a mistake inside an expression stands at its character") {
    const auto at = [](const std::string& text, std::size_t column) {
        return to_string(settings(text, kSpecs).mistake_inside("when", column, "No."));
    };
    CHECK(at("when: a + b\n", 5) == "a.yaml:1:11: error: No.");
    CHECK(at("when: 'a + b'\n", 5) == "a.yaml:1:12: error: No.");
    CHECK(at("when: \"a + b\"\n", 5) == "a.yaml:1:12: error: No.");
    CHECK(at("when: 'x = ''é'' + b'\n", 11) == "a.yaml:1:20: error: No.");
    CHECK(at("when: |\n  one\n  two + b\n", 11) == "a.yaml:3:9: error: No.");
    CHECK(at("when: |-\n    a + b\n", 5) == "a.yaml:2:9: error: No.");
    CHECK(at("when: >\n  a\n  b\n", 3) == "a.yaml:1:7: error: No.");
    CHECK(at("when: \"a\\tb + c\"\n", 5) == "a.yaml:1:7: error: No.");
    CHECK(at("when: a + b\n", 99) == "a.yaml:1:12: error: No.");
}

TEST_CASE("a mistake inside an entry of a list or table stands at its character") {
    const auto s = settings("accepts: [x, a + b]\nkeys:\n  k: 'a + b'\n", kSpecs);
    CHECK(to_string(s.mistake_inside("accepts", 1, 3, "No.")) == "a.yaml:1:16: error: No.");
    CHECK(to_string(s.mistake_inside("keys", "k", 3, "No.")) == "a.yaml:3:9: error: No.");
}
