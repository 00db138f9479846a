#include "app/command.hpp"

#include <doctest/doctest.h>

#include <iostream>
#include <sstream>

namespace causeway::app {
namespace {

/// What a call prints, and its exit status.
struct Called {
    int status = 0;
    std::string out, err;
};

Called call(std::initializer_list<const char*> words) {
    std::ostringstream out, err;
    auto* const was_out = std::cout.rdbuf(out.rdbuf());
    auto* const was_err = std::cerr.rdbuf(err.rdbuf());
    Called called;
    called.status = run_command_line({words.begin(), words.size()});
    std::cout.rdbuf(was_out);
    std::cerr.rdbuf(was_err);
    called.out = out.str();
    called.err = err.str();
    return called;
}

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
