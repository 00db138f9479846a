#include "fhir/definitions/archive.hpp"

#include <doctest/doctest.h>

#include <map>

#include "support/tar.hpp"

using namespace causeway;
using namespace causeway::fhir;
using test::Tar;

namespace {

using Files = std::map<std::string, std::string>;

Result<Files> read(std::string_view archive, const ArchiveLimits& limits = {}) {
    Files files;
    const auto done = read_archive(
        archive,
        [&](std::string_view path, std::string_view bytes) -> Result<void> {
            files[std::string(path)] = bytes;
            return {};
        },
        limits);
    if (!done) return done.error();
    return files;
}

std::string where(std::string_view archive, const ArchiveLimits& limits = {}) {
    const auto files = read(archive, limits);
    REQUIRE(files.has_error());
    CHECK_FALSE(files.error().what.empty());
    return files.error().where;
}

}  // namespace

TEST_CASE("archive: files are read, packed or not") {
    const auto tar =
        Tar().entry("package", "", '5').file("package/a.json", "{}").file("package/b.json", std::string(5000, 'b'));
    const Files expected = {{"package/a.json", "{}"}, {"package/b.json", std::string(5000, 'b')}};
    CHECK(read(tar.bytes()).value() == expected);
    CHECK(read(tar.packed()).value() == expected);
}

TEST_CASE("archive: long names of pax and GNU archives count") {
    const std::string name = "package/" + std::string(150, 'x') + ".json";
    CHECK(read(Tar().entry("pax", "170 path=" + name + "\n", 'x').file("short", "1").bytes()).has_error() == false);
    CHECK(read(Tar().entry("././@LongLink", name + '\0', 'L').file("short", "1").bytes()).value() ==
          Files{{name, "1"}});
}

TEST_CASE("archive: paths that lead outside are refused") {
    CHECK(where(Tar().file("../evil.json", "{}").bytes()) == "../evil.json");
    CHECK(where(Tar().file("package/../../evil.json", "{}").bytes()) == "package/../../evil.json");
    CHECK(where(Tar().file("/etc/evil.json", "{}").bytes()) == "/etc/evil.json");
    CHECK(where(Tar().file("C:\\evil.json", "{}").bytes()) == "C:\\evil.json");
    CHECK(where(Tar().entry("././@LongLink", "../evil", 'L').file("short", "1").bytes()) == "../evil");
}

TEST_CASE("archive: links and devices are refused") {
    for (const char kind : {'1', '2', '3', '4', '6'})
        CHECK(where(Tar().entry("package/link", "", kind).bytes()) == "package/link");
}

TEST_CASE("archive: what exceeds the limits is refused") {
    ArchiveLimits limits;
    limits.max_files = 1;
    CHECK(where(Tar().file("a", "1").file("b", "2").bytes(), limits) == "b");
    limits = {};
    limits.max_file = 3;
    CHECK(where(Tar().file("a", "1234").bytes(), limits) == "a");
    limits = {};
    limits.max_total = 1000;
    CHECK(read(Tar().file("a", "1234").packed(), limits).has_error());
}

TEST_CASE("archive: a bomb is refused before it is unpacked") {
    Tar tar;
    const std::string zeros(32 << 20, '\0');
    for (int i = 0; i < 4; ++i) tar.file("zeros" + std::to_string(i), zeros);
    const auto files = read(tar.packed());
    REQUIRE(files.has_error());
    CHECK(files.error().issue == Issue::too_costly);
}

TEST_CASE("archive: what is cut or no archive is refused") {
    const auto whole = Tar().file("package/a.json", std::string(5000, 'a')).packed();
    CHECK(read(whole.substr(0, whole.size() / 2)).has_error());
    const auto plain = Tar().file("package/a.json", std::string(5000, 'a')).bytes();
    CHECK(read(plain.substr(0, 3000)).has_error());
    CHECK(read(std::string(2000, 'x')).has_error());
    CHECK(read("PK\x03\x04").has_error());
    CHECK(read(Tar().bytes()).value().empty());
}
