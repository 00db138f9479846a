/// The examples of mappings/README.md are maps whose tests pass.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "mapping/support.hpp"

using namespace causeway;

namespace {

std::vector<std::string> examples() {
    std::ifstream in(std::string(CAUSEWAY_SOURCE_DIR) + "/mappings/README.md");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const std::string open = "```map\n";
    std::vector<std::string> found;
    for (auto at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
        at += open.size();
        found.push_back(text.substr(at, text.find("```", at) - at));
    }
    return found;
}

}  // namespace

TEST_CASE("every example of the documentation compiles and passes its tests") {
    const auto maps = examples();
    REQUIRE(maps.size() >= 4);
    for (const auto& text : maps) {
        const test::MapFile file(text);
        file.copy(CAUSEWAY_SOURCE_DIR "/mappings");
        const auto map = file.load();
        for (const auto& mistake : file.mistakes()) FAIL_CHECK(mistake);
        const auto results = map.test();
        CHECK_FALSE(results.empty());
        for (const auto& result : results) {
            INFO(text.substr(0, 40), "\n", result.place, " ", result.name, "\n", result.difference);
            CHECK(result.passed);
        }
    }
}
