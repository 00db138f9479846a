#include "net/used_tokens.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "support/result.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using namespace std::chrono_literals;
using net::UsedTokens;

namespace {

constexpr Instant kNow{std::chrono::seconds(1'800'000'000)};
constexpr std::size_t kMany = 100'000;

bool opens(UsedTokens& tokens) {
    return tokens.open(kNow).has_value();
}

Issue issue_of(const Result<void>& used) {
    REQUIRE_FALSE(used);
    return used.error().issue;
}

}  // namespace

TEST_CASE("used tokens: a token that was used stays used after a restart") {
    const test::TempDir dir;
    {
        UsedTokens before(dir / "tokens/list", kMany);
        REQUIRE(opens(before));
        CHECK(before.use("a", kNow + 5min, kNow));
    }
    UsedTokens after(dir / "tokens/list", kMany);
    REQUIRE(opens(after));
    CHECK(issue_of(after.use("a", kNow + 5min, kNow + 1s)) == Issue::login);
    CHECK(after.use("b", kNow + 5min, kNow + 1s));
    CHECK(after.use("a", kNow + 20min, kNow + 6min));
}

TEST_CASE("used tokens: an id that was used again after its end stays used until the later one") {
    const test::TempDir dir;
    {
        UsedTokens before(dir / "list", kMany);
        REQUIRE(opens(before));
        CHECK(before.use("a", kNow + 1min, kNow));
        CHECK(before.use("a", kNow + 20min, kNow + 2min));
    }
    UsedTokens after(dir / "list", kMany);
    REQUIRE(opens(after));
    CHECK(issue_of(after.use("a", kNow + 20min, kNow + 3min)) == Issue::login);
}

TEST_CASE("used tokens: two that share a file know of each other at once") {
    const test::TempDir dir;
    UsedTokens one(dir / "list", kMany), other(dir / "list", kMany);
    REQUIRE(opens(one));
    REQUIRE(opens(other));
    CHECK(one.use("a", kNow + 5min, kNow));
    CHECK(issue_of(other.use("a", kNow + 5min, kNow)) == Issue::login);
    CHECK(other.use("b", kNow + 5min, kNow));
    CHECK(issue_of(one.use("b", kNow + 5min, kNow)) == Issue::login);
}

TEST_CASE("used tokens: a line that a crash cut off does not spoil the next") {
    const test::TempDir dir;
    {
        UsedTokens before(dir / "list", kMany);
        REQUIRE(opens(before));
        CHECK(before.use("a", kNow + 5min, kNow));
        CHECK(before.use("b", kNow + 5min, kNow));
    }
    std::filesystem::resize_file(dir / "list", std::filesystem::file_size(dir / "list") - 10);
    {
        UsedTokens after(dir / "list", kMany);
        REQUIRE(opens(after));
        CHECK(after.use("c", kNow + 5min, kNow));
    }
    UsedTokens again(dir / "list", kMany);
    REQUIRE(opens(again));
    CHECK(issue_of(again.use("a", kNow + 5min, kNow)) == Issue::login);
    CHECK(issue_of(again.use("c", kNow + 5min, kNow)) == Issue::login);
}

TEST_CASE("used tokens: the file holds no id, only the user may read it, and expired ones leave it") {
    const test::TempDir dir;
    UsedTokens one(dir / "list", kMany), other(dir / "list", kMany);
    REQUIRE(opens(one));
    REQUIRE(opens(other));
    for (int i = 0; i < 10'100; ++i)
        REQUIRE(one.use("token" + std::to_string(i), kNow + std::chrono::seconds(i), kNow + std::chrono::seconds(i)));
    CHECK(dir.read("list").find("token") == std::string::npos);
    CHECK(std::filesystem::status(dir / "list").permissions() ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    CHECK(std::filesystem::file_size(dir / "list") < 200 * 82);
    CHECK(issue_of(other.use("token10099", kNow + 10'099s, kNow + 10'099s)) == Issue::login);
}

TEST_CASE("used tokens: where it cannot be written down a token does not count") {
    const test::TempDir dir;
    std::filesystem::create_directories(dir / "list");
    UsedTokens tokens(dir / "list", kMany);
    CHECK(issue_of(tokens.open(kNow)) == Issue::no_store);
    CHECK(issue_of(tokens.use("a", kNow + 5min, kNow)) == Issue::no_store);
}

TEST_CASE("used tokens: too many that live are turned away") {
    UsedTokens tokens({}, 1);
    REQUIRE(opens(tokens));
    CHECK(tokens.use("a", kNow + 5min, kNow));
    CHECK(issue_of(tokens.use("b", kNow + 5min, kNow)) == Issue::throttled);
    CHECK(tokens.use("b", kNow + 10min, kNow + 6min));
}
