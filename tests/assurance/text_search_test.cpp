#include <doctest/doctest.h>

#include "assurance/work.hpp"
#include "core/digest.hpp"

using namespace causeway;
using namespace causeway::assurance;

TEST_CASE("text is found in any case, anywhere in a body") {
    const TextMatcher matcher("Left Knee");
    CHECK(matcher.matches("OBX|1|TX|||pain in the LEFT KNEE since May\r"));
    CHECK(matcher.matches("left knee"));
    CHECK_FALSE(matcher.matches("left  knee"));
    CHECK_FALSE(matcher.matches(""));
}

TEST_CASE("letters beyond ASCII are found in UTF-8 and in ISO 8859-1") {
    const TextMatcher matcher("Siân");
    CHECK(matcher.matches("PID|1||||JONES^Siân"));
    CHECK(matcher.matches("PID|1||||JONES^Si\xE2n"));
    CHECK_FALSE(matcher.matches("PID|1||||JONES^Sian"));
}

TEST_CASE("a letter that stands in a message in base64 is looked into") {
    const auto letter =
        base64_encode("Dear Doctor, we saw her on Tuesday. She has had pain in the left knee since May.");
    const TextMatcher matcher("Left Knee");
    CHECK(matcher.matches("OBX|1|ED|LETTER||^text^plain^Base64^" + letter + "||||||F\r"));
    CHECK(matcher.matches("{\"contentType\":\"text/plain\",\"data\":\"" + letter + "\"}"));
    CHECK_FALSE(TextMatcher("right knee").matches(letter));
    CHECK_FALSE(matcher.matches(std::string(100, 'A') + "=" + std::string(3, '=')));
}

TEST_CASE("what a caller gives is read, or named as wrong") {
    const auto read = [](const std::string& from, const std::string& until) {
        return question_of("knee", "", from, until, Zone::london);
    };
    const auto days = read("2026-07-01", "2026-07-01").value();
    CHECK(to_fhir_instant(days.from) == "2026-06-30T23:00:00.000Z");
    CHECK(to_fhir_instant(days.until) == "2026-07-01T23:00:00.000Z");
    CHECK(to_fhir_instant(read("2026-07-01T12:00:00Z", "")->from) == "2026-07-01T12:00:00.000Z");
    CHECK(read("", "")->until == Instant::max());
    CHECK(read("yester", "").error().where == "from");
    CHECK(read("", "32").error().where == "until");
    CHECK(question_of("kn", "", "", "", Zone::london).error().issue == Issue::required);
}

TEST_CASE("an anchor is a sequence with its hash, or nothing") {
    CHECK_FALSE(anchor_of("", "").value());
    const auto head = anchor_of("42", std::string(64, 'a')).value();
    REQUIRE(head);
    CHECK(head->sequence == 42);
    CHECK(head->hash[31] == 0xAA);
    CHECK_FALSE(anchor_of("42", "abc").has_value());
    CHECK_FALSE(anchor_of("", std::string(64, 'a')).has_value());
    CHECK_FALSE(anchor_of("4x", std::string(64, 'a')).has_value());
}
