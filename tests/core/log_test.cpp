#include "core/log.hpp"

#include <doctest/doctest.h>

using namespace causeway;

TEST_CASE("a log line is one JSON object with what it was given") {
    std::string lines;
    log::set_sink([&](std::string_view line) { lines += line; });
    log::warning("listener.closed", {{"channel", "a\"b"}, {"bytes", 12}, {"clean", true}});
    log::info("not.written");
    log::set_sink({});
    CHECK(lines.find("\"event\":\"listener.closed\",\"channel\":\"a\\\"b\",\"bytes\":12,\"clean\":true}\n") !=
          std::string::npos);
    CHECK(lines.find("not.written") == std::string::npos);
}
