#include "core/file.hpp"

#include <doctest/doctest.h>

#include "support/temp_dir.hpp"

using namespace causeway;

TEST_CASE("read_file: gives every byte, of an empty file too") {
    const test::TempDir dir;
    const std::string bytes("a\r\n\0b", 5);
    CHECK(read_file(dir.write("file", bytes)).value() == bytes);
    CHECK(read_file(dir.write("empty", "")).value().empty());
}

TEST_CASE("read_file: names what is no file that can be read") {
    const test::TempDir dir;
    const auto missing = read_file(dir / "missing");
    REQUIRE(missing.has_error());
    CHECK(missing.error().issue == Issue::not_found);
    CHECK(missing.error().where == (dir / "missing").string());
    REQUIRE(read_file(dir.path()).has_error());
    CHECK(read_file(dir.path()).error().what == "Name a file; this is a folder.");
}
