#include "core/text.hpp"

#include <doctest/doctest.h>

using namespace causeway;

TEST_CASE("the nearest name is suggested, a far one is not") {
    const std::vector<std::string> names = {"mllp_listener", "mllp_sender", "fhir_listener"};
    CHECK(nearest("mlp_listner", names) == "mllp_listener");
    CHECK(did_you_mean("fhir_listner", names) == " Did you mean \"fhir_listener\"?");
    CHECK(did_you_mean("xyz", names).empty());
    CHECK(nearest("prot", {"host", "port", "path"}) == "port");
}

TEST_CASE("UTF-8 is told from what only looks like it") {
    for (const auto* text : {"", "plain", "Zo\xc3\xab", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) CHECK(is_valid_utf8(text));
    for (const auto* text : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x28\xa1", "Zo\xeb"})
        CHECK(!is_valid_utf8(text));
}

TEST_CASE("text is trimmed, split and compared") {
    CHECK(trim(" \t a b \r\n") == "a b");
    CHECK(split("a||b", '|') == std::vector<std::string_view>{"a", "", "b"});
    CHECK(equals_ignoring_case("Content-Type", "content-TYPE"));
    CHECK(!equals_ignoring_case("a", "ab"));
}

TEST_CASE("text inside a JSON string is escaped") {
    CHECK(json_escape("a\"\\\n\x01") == "a\\\"\\\\\\n\\u0001");
}
