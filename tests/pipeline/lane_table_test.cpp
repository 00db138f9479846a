#include "pipeline/lane_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace causeway::pipeline {
namespace {

using Hashes = std::vector<std::uint64_t>;

LaneTable::Index insert(LaneTable& table, std::int64_t id, const Hashes& lanes) {
    LaneTable::Item item;
    item.id = id;
    return table.insert(item, lanes);
}

bool is_head(const LaneTable& table, std::int64_t id) {
    return table.is_head(table.find(id));
}

std::vector<std::int64_t> erase(LaneTable& table, std::int64_t id) {
    std::vector<LaneTable::Index> heads;
    table.erase(table.find(id), heads);
    std::vector<std::int64_t> ids;
    for (const auto head : heads) ids.push_back(table.item(head).id);
    return ids;
}

}  // namespace

TEST_CASE("lane table: the lowest id is the head, in whatever order they come") {
    LaneTable table;
    for (const auto id : {20, 10, 30, 15, 5}) insert(table, id, {7});
    CHECK(is_head(table, 5));
    CHECK(erase(table, 5) == std::vector<std::int64_t>{10});
    CHECK(erase(table, 15).empty());
    CHECK(erase(table, 10) == std::vector<std::int64_t>{20});
    CHECK(erase(table, 30).empty());
    CHECK(is_head(table, 20));
    CHECK(erase(table, 20).empty());
    CHECK(table.size() == 0);
}

TEST_CASE("lane table: what stands in two lanes is a head only when it is first in both") {
    LaneTable table;
    insert(table, 1, {7});
    insert(table, 2, {7, 8});
    insert(table, 3, {8});
    CHECK_FALSE(is_head(table, 2));
    CHECK_FALSE(is_head(table, 3));
    CHECK(erase(table, 1) == std::vector<std::int64_t>{2});
    CHECK(is_head(table, 2));
    CHECK(erase(table, 2) == std::vector<std::int64_t>{3});
}

TEST_CASE("lane table: who stands before and behind") {
    LaneTable table;
    for (const auto id : {1, 2, 3, 4}) insert(table, id, {7});
    std::vector<std::int64_t> before;
    table.before(table.find(4), [&](LaneTable::Index index) {
        before.push_back(table.item(index).id);
        return table.item(index).id != 2;
    });
    CHECK(before == std::vector<std::int64_t>{3, 2});
    std::vector<LaneTable::Index> behind;
    table.behind(table.find(2), behind);
    REQUIRE(behind.size() == 1);
    CHECK(table.item(behind.front()).id == 3);
}

TEST_CASE("lane table: a hundred thousand changes at random agree with a simple table") {
    LaneTable table;
    std::map<std::int64_t, Hashes> known;
    std::map<std::uint64_t, std::set<std::int64_t>> lanes;
    std::mt19937_64 random(7);
    for (int i = 0; i < 100'000; ++i) {
        const auto id = static_cast<std::int64_t>(random() % 3'000);
        if (!known.contains(id)) {
            Hashes hashes{random() % 500};
            if (random() % 10 == 0) hashes.push_back(500 + random() % 500);
            insert(table, id, hashes);
            for (const auto lane : hashes) lanes[lane].insert(id);
            known.emplace(id, std::move(hashes));
        } else {
            erase(table, id);
            for (const auto lane : known.at(id)) lanes[lane].erase(id);
            known.erase(id);
        }
        const auto probe = static_cast<std::int64_t>(random() % 3'000);
        const auto expected = known.find(probe);
        REQUIRE((table.find(probe) != LaneTable::kNone) == (expected != known.end()));
        if (expected == known.end()) continue;
        const bool first = std::all_of(expected->second.begin(), expected->second.end(),
                                       [&](std::uint64_t lane) { return *lanes[lane].begin() == probe; });
        REQUIRE(is_head(table, probe) == first);
    }
    CHECK(table.size() == known.size());
}

}  // namespace causeway::pipeline
