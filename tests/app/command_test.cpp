#include "app/command.hpp"

#include <doctest/doctest.h>

#include "support/command_line.hpp"

namespace causeway::app {
namespace {

using test::call;

TEST_CASE("command line: a count that is no number is a wrong call, and never means everything") {
    for (const auto* count : {"all", "", "-3", "10k", "1.5", "99999999999999999999"}) {
        CAPTURE(count);
        const auto called =
            call({"exceptions", "fix", "3f2a9c1d", "release", "--yes", "--reason", "x", "--count", count});
        CHECK(called.status == kUsage);
        CHECK(called.err.find("--count needs a whole number") != std::string::npos);
    }
    CHECK(call({"tap", "--count=abc"}).status == kUsage);
    CHECK(call({"exceptions", "fix", "3f2a9c1d", "release", "--wait", "soon"}).status == kUsage);
}

TEST_CASE("command line: in the help every summary stands in its column") {
    const auto help = call({"--help"});
    CHECK(help.status == kDone);
    for (const auto* command : all_commands()) {
        CAPTURE(command->name);
        const auto at = help.out.find(command->summary);
        REQUIRE(at != std::string::npos);
        CHECK(at - (help.out.rfind('\n', at) + 1) == 26);
    }
}

TEST_CASE("command line: what is misspelt is named, with the nearest right word") {
    const auto called = call({"exeptions"});
    CHECK(called.status == kUsage);
    CHECK(called.err.find("\"exceptions\"") != std::string::npos);
}

}  // namespace
}  // namespace causeway::app
