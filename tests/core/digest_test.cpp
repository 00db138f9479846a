#include "core/digest.hpp"

#include <doctest/doctest.h>

using namespace causeway;

TEST_CASE("SHA-256 and SHA-1 agree with their published vectors") {
    CHECK(to_hex(as_view(sha256("abc"))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const auto digest = sha1("abc");
    CHECK(to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()}) ==
          "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST_CASE("base64 agrees with the vectors of RFC 4648") {
    const std::pair<const char*, const char*> vectors[] = {
        {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}, {"fooba", "Zm9vYmE="}};
    for (const auto& [plain, coded] : vectors) {
        CHECK(base64_encode(plain) == coded);
        CHECK(base64_decode(coded) == plain);
    }
}

TEST_CASE("base64 may hold line ends, but no foreign character and no wrong padding") {
    CHECK(base64_decode("Zm9v\r\nYmFy") == "foobar");
    for (const auto* text : {"Zg", "Zg=", "Z===", "Zm9v!", "Zh==", "Zg==Zg=="})
        CHECK_MESSAGE(!base64_decode(text), text);
}

TEST_CASE("base64url is read without padding") {
    CHECK(base64_decode("-_-_", true) == std::string("\xfb\xff\xbf"));
    CHECK(base64_decode("Zg", true) == "f");
    CHECK(!base64_decode("Zg==", true));
}

TEST_CASE("a name gives the same UUID everywhere") {
    CHECK(uuid_from("a") == uuid_from("a"));
    CHECK(uuid_from("a") != uuid_from("b"));
    CHECK(uuid_from("a").size() == 36);
    CHECK(uuid_from("a")[14] == '8');
}
