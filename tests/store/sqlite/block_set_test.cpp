#include "store/sqlite/block_set.hpp"

#include <doctest/doctest.h>

using namespace causeway::sqlite;

namespace {

BlockSet set_of(std::string_view text) {
    return BlockSet::parse(text).value();
}

std::string left(std::string_view one, std::string_view other) {
    BlockSet all;
    for (const auto& range : set_of(one).without(set_of(other))) all.add(range);
    return all.text();
}

}  // namespace

TEST_CASE("block set: numbers that follow each other are one range, in whatever order they come") {
    BlockSet set;
    CHECK(set.empty());
    for (const std::int64_t number : {5, 3, 9, 4, 4, 1}) set.add(number);
    CHECK(set.text() == "1,3-5,9");
    set.add(set_of("2-7,20-30"));
    CHECK(set.text() == "1-7,9,20-30");
    set.add(BlockSet::Range{6, 25});
    CHECK(set.text() == "1-30");
}

TEST_CASE("block set: it knows what it has, and what another one lacks") {
    const auto set = set_of("1-3,7,10-12");
    for (const std::int64_t in : {1, 3, 7, 10, 12}) CHECK(set.contains(in));
    for (const std::int64_t out : {0, 4, 6, 8, 9, 13}) CHECK_FALSE(set.contains(out));
    CHECK(left("1-10", "3-4,8") == "1-2,5-7,9-10");
    CHECK(left("3-4", "1-10").empty());
    CHECK(left("1-10", "") == "1-10");
    CHECK(left("5-6,9", "1-5,9-20") == "6");
}

TEST_CASE("block set: text that is none is told") {
    for (const auto* const text : {"a", "1-", "-1", "0", "3-2", "1,,2", "1 2", "99999999999999999999"})
        CHECK_FALSE(BlockSet::parse(text));
    CHECK(RemovedBlocks::parse("no JSON").empty());
    RemovedBlocks removed{set_of("1-5"), set_of("2-9")};
    CHECK(RemovedBlocks::parse(removed.detail()).bodies.text() == "2-9");
    CHECK(RemovedBlocks::parse(removed.detail()).events.text() == "1-5");
}
