/// Every map in mappings/ compiles and passes the tests that stand in it.
#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <vector>

#include "mapping/map.hpp"
#include "support/definitions.hpp"

using namespace causeway;

namespace {

const std::filesystem::path kMappings = std::filesystem::path(CAUSEWAY_SOURCE_DIR) / "mappings";

std::vector<std::filesystem::path> map_files() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(kMappings))
        if (entry.path().extension() == ".map") files.push_back(entry.path());
    return files;
}

}  // namespace

TEST_CASE("every shipped map compiles without a mistake") {
    for (const auto& file : map_files()) {
        std::vector<config::Mistake> mistakes;
        const auto map = mapping::Map::load(file, mistakes, {test::r4()});
        for (const auto& mistake : mistakes) FAIL_CHECK(config::to_string(mistake));
        CHECK_FALSE(map.empty());
    }
}

TEST_CASE("every shipped map has tests, and they pass") {
    for (const auto& file : map_files()) {
        std::vector<config::Mistake> mistakes;
        const auto results = mapping::Map::load(file, mistakes).test();
        CAPTURE(file.filename().string());
        CHECK_FALSE(results.empty());
        for (const auto& result : results) {
            INFO(result.place, " ", result.name, "\n", result.difference);
            CHECK(result.passed);
        }
    }
}

TEST_CASE("every row of the shipped maps is reached by a test of one of them") {
    std::map<std::string, std::pair<std::string, bool>> rows;  // By place, because maps share files.
    for (const auto& file : map_files()) {
        std::vector<config::Mistake> mistakes;
        std::vector<mapping::RowUse> used;
        (void)mapping::Map::load(file, mistakes).test(used);
        for (const auto& row : used) {
            auto& [text, is_reached] = rows[row.file + ":" + std::to_string(row.line)];
            text = row.row;
            is_reached = is_reached || row.is_reached;
        }
    }
    CHECK_FALSE(rows.empty());
    for (const auto& [place, row] : rows) CHECK_MESSAGE(row.second, place, " ", row.first);
}
