#include <doctest/doctest.h>

#include <cstring>

#include "fhir/definitions/compile.hpp"
#include "support/definitions.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using namespace causeway::fhir;

namespace {

const std::string& core_bytes() {
    static const std::string bytes = pack_bytes(*test::r4());
    return bytes;
}

bool opens(const test::TempDir& folder, std::string_view bytes) {
    return Definitions::open(folder.write("changed.pack", bytes)).has_value();
}

}  // namespace

TEST_CASE("pack: what is written is read again, the same byte for byte") {
    const test::TempDir folder;
    const auto path = folder / "r4.pack";
    REQUIRE(write_pack(*test::r4(), path).has_value());
    CHECK(folder.names() == std::set<std::string>{"r4.pack"});
    const auto again = Definitions::open(path);
    REQUIRE(again.has_value());
    CHECK((*again)->type("Patient") == test::r4()->type("Patient"));
    CHECK(pack_bytes(**again) == core_bytes());
}

TEST_CASE("pack: a file that is cut, changed or of another version is refused") {
    const test::TempDir folder;
    const auto& whole = core_bytes();
    CHECK(opens(folder, whole));
    CHECK_FALSE(opens(folder, ""));
    CHECK_FALSE(opens(folder, whole.substr(0, 100)));
    CHECK_FALSE(opens(folder, whole.substr(0, whole.size() - 8)));
    CHECK_FALSE(opens(folder, whole + "12345678"));
    for (const auto at : {0UL, 8UL, 30UL, 200UL, whole.size() / 2, whole.size() - 1}) {
        auto changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        CHECK_FALSE(opens(folder, changed));
    }
}

TEST_CASE("pack: a missing file is told with its path") {
    const auto none = Definitions::open("/nowhere/r4.pack");
    REQUIRE(none.has_error());
    CHECK(none.error().issue == Issue::not_found);
    CHECK(none.error().where == "/nowhere/r4.pack");
}
