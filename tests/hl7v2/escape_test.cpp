#include "hl7v2/escape.hpp"

#include <random>

#include "hl7v2/support.hpp"

using namespace causeway::hl7v2;

namespace {

std::string plain(std::string_view value) {
    return unescape(value, Delimiters{}, {"UTF-8"});
}

}  // namespace

TEST_CASE("each escape sequence becomes its character") {
    CHECK(plain("\\F\\\\S\\\\T\\\\R\\\\E\\") == "|^&~\\");
    CHECK(plain("\\X4869\\!") == "Hi!");
    CHECK(plain("a\\X0D0A\\b") == "a\r\nb");
    CHECK(plain("a\\.br\\b") == "a\nb");
    CHECK(plain("a\\.sp2\\b\\.sp\\c\\.ce\\d") == "a\n\nb\nc\nd");
    CHECK(plain("a\\.sk3\\b") == "a   b");
    CHECK(plain("\\.in+4\\a\\.fi\\b\\.nf\\c\\.ti-2\\") == "abc\\.ti-2\\");
    CHECK(plain("\\H\\urgent\\N\\ now") == "urgent now");
    CHECK(plain("\\P\\") == "#");
}

TEST_CASE("what is unknown stays byte for byte") {
    for (const auto* text : {"\\Zlocal\\", "\\M824041\\", "\\C2842\\", "\\X4\\", "\\XG0\\", "\\X\\", "\\.sp1000\\",
                             "\\.xx\\", "\\", "a\\b", "C:\\temp\\file.txt", "50\\day", "\\\\", "\\f\\", "\\ F\\"})
        CHECK(plain(text) == text);
}

TEST_CASE("a lone backslash does not spoil the sequence after it") {
    CHECK(plain("5 mg\\day \\T\\ more") == "5 mg\\day & more");
    CHECK(plain("C:\\temp\\F\\") == "C:\\temp|");
}

TEST_CASE("the escapes follow the message's delimiters") {
    Delimiters other{.field = '#', .component = '@', .repetition = '%', .escape = '*', .subcomponent = '!'};
    CHECK(unescape("*F**S**R**T**E*\\F\\", other, {"UTF-8"}) == "#@%!*\\F\\");
    CHECK(escape("#@%!*|", other) == "*F**S**R**T**E*|");
    other.escape = '\0';
    CHECK(unescape("*F*", other, {"UTF-8"}) == "*F*");
    CHECK(escape("a#b\rc", other) == "a b c");
}

TEST_CASE("delimiters, control characters and bytes that are not UTF-8 are escaped") {
    CHECK(escape("a|b^c~d\\e&f") == "a\\F\\b\\S\\c\\R\\d\\E\\e\\T\\f");
    CHECK(escape("a\rb\nc\td") == "a\\X0D\\b\\.br\\c\\X09\\d");
    CHECK(escape("Zo\xC3\xAB") == "Zo\xC3\xAB");
    CHECK(escape("Zo\xEB") == "Zo\\XEB\\");
    CHECK(escape("") == "");
}

TEST_CASE("any UTF-8 text comes back from its escaped form, which has no delimiter") {
    std::mt19937 random(7);
    const std::vector<std::string> alphabet{"|",
                                            "^",
                                            "~",
                                            "\\",
                                            "&",
                                            "\r",
                                            "\n",
                                            "a",
                                            "F",
                                            "X",
                                            "0",
                                            ".br",
                                            "\xC3\xAB",
                                            "\xE2\x82\xAC",
                                            " ",
                                            "\"",
                                            std::string(1, '\0'),
                                            "\x1c",
                                            "\v",
                                            "#"};
    for (int round = 0; round < 2000; ++round) {
        std::string text;
        for (auto length = random() % 12; length > 0; --length) text += alphabet[random() % alphabet.size()];
        const auto escaped = escape(text);
        CHECK(escaped.find_first_of("|^~&\r\n\v\x1c") == std::string::npos);
        CHECK(plain(escaped) == text);
    }
}
