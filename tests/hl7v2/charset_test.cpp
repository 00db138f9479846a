#include "hl7v2/charset.hpp"

#include "hl7v2/support.hpp"

using namespace causeway;
using namespace causeway::hl7v2;
using namespace causeway::hl7v2::testing;

namespace {

std::string declaring(std::string_view charset, std::string_view name) {
    return "MSH|^~\\&|GP||||||ADT^A28|M1|P|2.5||||||" + std::string(charset) + "\rPID|||||" + std::string(name) + "\r";
}

std::string name_in(std::string_view charset, std::string_view name) {
    return std::string(parsed(declaring(charset, name))->get("PID-5"));
}

constexpr std::string_view kZoe = "Zo\xC3\xAB";

}  // namespace

TEST_CASE("every spelling of a character set is understood") {
    for (const auto* alias : {"UNICODE UTF-8", "UTF-8", "UTF8", "utf-8", "UNICODE", "UNICODE_UTF-8", "UTF-8~UNICODE"})
        CHECK(name_in(alias, kZoe) == kZoe);
    for (const auto* alias :
         {"8859/1", "ISO-8859-1", "8859-1", "ISO8859/1", "iso_8859_1", "LATIN1", "ISO IR100", "8859"})
        CHECK(name_in(alias, "Zo\xEB") == kZoe);
    for (const auto* alias : {"WINDOWS-1252", "CP1252", "windows 1252"})
        CHECK(name_in(alias, "\x80") == "\xE2\x82\xAC");
    CHECK(name_in("8859/2", "\xB1") == "\xC4\x85");
    CHECK(name_in("8859/5", "\xB0") == "\xD0\x90");
    CHECK(name_in("8859/7", "\xE1") == "\xCE\xB1");
    CHECK(name_in("8859/9", "\xFD") == "\xC4\xB1");
    CHECK(name_in("8859/15", "\xA4") == "\xE2\x82\xAC");
    CHECK(name_in("ISO IR13", "\xB1") == "\xEF\xBD\xB1");
    for (int part = 1; part <= 15; ++part)
        CHECK(find_charset("8859/" + std::to_string(part)).has_value() == (part != 12));
    for (const auto* alias : {"ASCII", "US-ASCII", "ISO IR6"}) CHECK(name_in(alias, "Zoe") == "Zoe");
    CHECK_FALSE(find_charset("PRELIM"));
    CHECK_FALSE(find_charset(""));
}

TEST_CASE("bytes that are not in the declared set are refused, never replaced") {
    CHECK(refusal(declaring("UNICODE UTF-8", "Zo\xEB")) == 102);
    CHECK(refusal(declaring("ASCII", kZoe)) == 102);
    CHECK(refusal(declaring("8859/1", "it\x92s")) == 102);
    CHECK(refusal(declaring("8859/7", "\xFF")) == 102);
    CHECK(refusal(declaring("WINDOWS-1252", "\x81")) == 102);
    CHECK(refusal(declaring("ISO IR87", kZoe)) == 102);
    CHECK(refusal(declaring("NONSENSE", "Zo\xEB")) == 102);
    CHECK(refusal(declaring("", "\x81")) == 102);
}

TEST_CASE(
    "without a declaration it is UTF-8 where valid, else ISO-8859-1, or Windows-1252 where only that has the bytes") {
    CHECK(name_in("", kZoe) == kZoe);
    CHECK(name_in("\"\"", kZoe) == kZoe);
    CHECK(name_in("", "Zo\xEB") == kZoe);
    const auto message = parsed(declaring("", "it\x92s"));
    CHECK(message->get("PID-5") == "it\xE2\x80\x99s");
    CHECK(codes(*message) == "windows-1252");
}

TEST_CASE("an unknown set is accepted with a warning where nothing depends on it") {
    CHECK(codes(*parsed(declaring("NONSENSE", "Zoe"))) == "unknown-charset");
    CHECK(codes(*parsed(declaring("UNICODE UTF-16", kZoe))) == "utf16-declared");
}

TEST_CASE("the listener's setting is stronger than MSH-18") {
    const ParseOptions options{.charset = "windows-1252"};
    CHECK(parsed(declaring("ASCII", "\x80"), options)->get("PID-5") == "\xE2\x82\xAC");
    CHECK(refusal(declaring("8859/1", "\xFF"), {.charset = "UTF-8"}) == 102);
}

TEST_CASE("delimiters inside multi-byte characters are none") {
    // JIS X 0208 in ISO 2022: the bytes of the two characters hold '|' and '^'.
    const auto message = parsed(declaring("~ISO IR87", "A\x1b$B\x38\x7c\x3b\x5e\x1b(B^B"));
    CHECK(message->get("PID-5.1") == "A\xE5\x8E\x9A\xE6\x9E\x9D");
    CHECK(message->get("PID-5.2") == "B");
}

TEST_CASE("hexadecimal escapes are bytes of the message's set") {
    CHECK(name_in("8859/1", "Zo\\XEB\\") == kZoe);
    CHECK(name_in("UNICODE UTF-8", "Zo\\XC3\\\\XAB\\") == kZoe);
    CHECK(name_in("UNICODE UTF-8", "Zo\\XEB\\") == "Zo\\XEB\\");
}
