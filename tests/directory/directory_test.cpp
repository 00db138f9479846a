#include "directory/directory.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "support/settings.hpp"

using namespace causeway;
using directory::Directory;
using directory::Lookup;

namespace {

std::vector<config::Mistake> add(Directory& directory, std::string_view yaml) {
    std::vector<config::Mistake> mistakes;
    const auto file = test::settings(yaml, Directory::specs(), mistakes);
    if (mistakes.empty()) directory.add(file, mistakes);
    return mistakes;
}

constexpr std::string_view kSample = R"(organisations:
  - {ods_code: y90001, name: Northgate, type: gp-practice, endpoint: "http://127.0.0.1:9080/fhir/"}
  - {ods_code: Y90003, name: Station Road, type: gp-practice, status: closed, successor: Y90001, closed_on: "2026-03-31"}
  - {ods_code: Y90004, name: The Green, type: gp-practice}
)";

}  // namespace

TEST_CASE("directory: tells whether a document can be sent to an organisation") {
    Directory directory;
    REQUIRE(add(directory, kSample).empty());

    CHECK(directory.size() == 3);
    CHECK(directory.look_up("Y90001") == Lookup::found);
    CHECK(directory.look_up("Y90003") == Lookup::closed);
    CHECK(directory.look_up("Y90004") == Lookup::no_endpoint);
    CHECK(directory.look_up("Y99999") == Lookup::unknown);
    CHECK(directory.look_up("") == Lookup::unknown);
}

TEST_CASE("directory: finds a code whatever its case and spaces") {
    Directory directory;
    REQUIRE(add(directory, kSample).empty());

    const auto* practice = directory.find(" y90001 ");
    REQUIRE(practice != nullptr);
    CHECK(practice->ods_code == "Y90001");
    CHECK(practice->endpoint == "http://127.0.0.1:9080/fhir");
    CHECK(directory.find("Y9000") == nullptr);
}

TEST_CASE("directory: a closed organisation names its successor and is not replaced by it") {
    Directory directory;
    REQUIRE(add(directory, kSample).empty());

    const auto* closed = directory.find("Y90003");
    REQUIRE(closed != nullptr);
    CHECK_FALSE(closed->active);
    CHECK(closed->successor == "Y90001");
    CHECK(closed->closed_on == "2026-03-31");
    CHECK(closed->endpoint.empty());
}

TEST_CASE("directory: a code that stands twice is a mistake that names the other place") {
    Directory directory;
    const auto mistakes = add(directory, R"(organisations:
  - {ods_code: Y90001, name: A, type: gp-practice}
  - {ods_code: y90001, name: B, type: gp-practice}
)");
    CHECK(test::only_mistake(mistakes, 3, "test.yaml:2:"));
}

TEST_CASE("directory: malformed entries are mistakes at their place") {
    const auto mistakes_of = [](std::string_view yaml) {
        Directory directory;
        return add(directory, yaml);
    };
    CHECK(test::only_mistake(mistakes_of("organisations:\n  - {ods_code: Y9-1, name: A, type: gp-practice}\n"), 2,
                             "ODS code"));
    CHECK(test::only_mistake(
        mistakes_of("organisations:\n  - {ods_code: Y90001, name: A, type: gp-practice, endpoint: ftp://x}\n"), 2,
        "http"));
    CHECK(test::only_mistake(
        mistakes_of("organisations:\n  - {ods_code: Y90001, name: A, type: gp-practice, successor: Y90002}\n"), 2,
        "closed"));
    CHECK(test::only_mistake(mistakes_of("organisations:\n  - {ods_code: Y90001, name: A, type: shop}\n"), 2,
                             "gp-practice"));
    CHECK(test::only_mistake(
        mistakes_of("organisations:\n  - {ods_code: Y90001, name: A, type: service, endpont: x}\n"), 2, "endpoint"));
}

TEST_CASE("directory: a successor that nobody has is a mistake with the nearest code") {
    Directory directory;
    REQUIRE(add(directory, R"(organisations:
  - {ods_code: Y90001, name: A, type: gp-practice}
  - {ods_code: Y90003, name: B, type: gp-practice, status: closed, successor: Y90011}
  - {ods_code: Y90005, name: C, type: gp-practice, status: closed, successor: Y90005}
)")
                .empty());

    std::vector<config::Mistake> mistakes;
    directory.check(mistakes);

    REQUIRE(mistakes.size() == 2);
    CHECK(mistakes[0].file == "test.yaml");
    CHECK(mistakes[0].line == 3);
    CHECK(mistakes[0].what.find("Y90011") != std::string::npos);
    CHECK(mistakes[0].what.find("Y90001") != std::string::npos);
    CHECK(mistakes[1].line == 4);
}

TEST_CASE("directory: the directory that comes with the engine is whole") {
    Directory directory;
    std::vector<config::Mistake> mistakes;
    const std::filesystem::path folder = std::filesystem::path(CAUSEWAY_SOURCE_DIR) / "conf" / "directory";
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        if (entry.path().string().ends_with(".tests.yaml")) continue;
        std::ifstream in(entry.path());
        std::stringstream text;
        text << in.rdbuf();
        const auto yaml = config::parse_yaml(text.str(), entry.path().filename(), folder, mistakes);
        directory.add(config::lint(yaml, Directory::specs(), mistakes), mistakes);
    }
    directory.check(mistakes);

    CHECK(test::texts(mistakes).empty());
    CHECK(directory.size() >= 8);
}
