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

TEST_CASE("bytes that are not in the set are kept as escapes, where that is asked for") {
    const auto keep = [](std::string_view bytes, std::string_view charset) {
        std::uint32_t kept = 0;
        auto out = to_utf8_keeping(bytes, *find_charset(charset), "\\", kept);
        return out + "/" + std::to_string(kept);
    };
    CHECK(keep("a\xE9z\xC3\xA9", "UTF-8") == "a\\XE9\\z\xC3\xA9/1");
    CHECK(keep("\xC3", "UTF-8") == "\\XC3\\/1");
    CHECK(keep("a\xE9", "ASCII") == "a\\XE9\\/1");
    CHECK(keep("\xE9\x80z", "8859/1") == "\xC3\xA9\\X80\\z/1");
    CHECK(keep("\xA5z", "8859/3") == "\\XA5\\z/1");
    CHECK(keep("\xB1\xE0", "ISO IR14") == "\xEF\xBD\xB1\\XE0\\/1");
    CHECK(keep("plain", "8859/5") == "plain/0");
}

TEST_CASE("UTF-16 and UTF-32 are told by their bytes") {
    using namespace std::string_literals;
    CHECK(wide_to_utf8("\xFF\xFEM\0S\0\xE9\0"s) == "MS\xC3\xA9");
    CHECK(wide_to_utf8("\xFE\xFF\0M\0S\0\xE9"s) == "MS\xC3\xA9");
    CHECK(wide_to_utf8("M\0S\0H\0|\0"s) == "MSH|");
    CHECK(wide_to_utf8("\0M\0S\0H\0|"s) == "MSH|");
    CHECK(wide_to_utf8("\xFF\xFE\0\0M\0\0\0"s) == "M");
    CHECK(wide_to_utf8("\0\0\0M\0\0\0S"s) == "MS");
    CHECK_FALSE(wide_to_utf8("MSH|^~\\&|"s).has_value());
    CHECK_FALSE(wide_to_utf8("M\0S\0H\0|\0^"s).has_value());
}

TEST_CASE("UTF-8 goes back into a set, or not at all") {
    CHECK(from_utf8("\xC3\xA9", *find_charset("8859/1")) == "\xE9");
    CHECK_FALSE(from_utf8("\xE2\x82\xAC", *find_charset("8859/1")).has_value());
    CHECK_FALSE(from_utf8("\xC3\xA9", *find_charset("ASCII")).has_value());
    CHECK(from_utf8("\xC3\xA9", *find_charset("UTF-8")) == "\xC3\xA9");
}
