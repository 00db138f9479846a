#include "validation/primitives.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

using namespace causeway::validation;

namespace {

void expect(std::string_view type, std::initializer_list<std::string_view> right,
            std::initializer_list<std::string_view> wrong) {
    const auto primitive = primitive_of(type);
    REQUIRE(primitive != Primitive::none);
    CAPTURE(type);
    for (const auto text : right) {
        CAPTURE(text);
        CHECK_FALSE(check_primitive(primitive, text));
    }
    for (const auto text : wrong) {
        CAPTURE(text);
        CHECK(check_primitive(primitive, text));
    }
}

}  // namespace

TEST_CASE("primitives: numbers have their range and form") {
    expect("integer", {"0", "-1", "2147483647", "-2147483648", "+5"},
           {"", "01", "1.0", "1e3", "2147483648", "-2147483649", "--1", "one", "99999999999999999999"});
    expect("unsignedInt", {"0", "2147483647"}, {"-1", "-0", "2147483648", "1.5"});
    expect("positiveInt", {"1", "2147483647"}, {"0", "-1", "00"});
    expect("decimal", {"0", "-0.0", "3.20", "1e-9", "1.00E+10", "123456789012345678901234567890.1"},
           {"", "+1", ".5", "5.", "01", "1e", "1,5", "NaN", "0x1", "1 "});
    expect("boolean", {"true", "false"}, {"True", "1", ""});
}

TEST_CASE("primitives: dates and times are of the calendar and the clock") {
    expect("date", {"2024-02-29", "2024-02", "2024"}, {"2023-02-29", "0000", "2024-13", "2024-1-1", "20240101"});
    expect("dateTime", {"2024", "2024-02-29T23:59:60Z", "2024-01-01T00:00:00.1234567+14:00"},
           {"2024-01-01T00:00Z", "2024-01-01T00:00:00", "2024-01-01T24:00:00Z", "2024-01-01T00:00:00+14:01"});
    expect("instant", {"2024-01-01T00:00:00.000Z"}, {"2024", "2024-01-01"});
    expect("time", {"00:00:00", "23:59:60.5"}, {"24:00:00", "12:00", "12:00:00Z", "12:00:00."});
}

TEST_CASE("primitives: identifiers and addresses") {
    expect("id", {"a", "A-1.b"}, {"", "a_b", "a b"});
    expect("oid", {"urn:oid:1.2.36.0"}, {"1.2.36", "urn:oid:3.1", "urn:oid:1", "urn:oid:1.02", "urn:oid:1..2"});
    expect("uuid", {"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"},
           {"c757873d-ec9a-4326-a141-556f43239520", "urn:uuid:c757873dec9a4326a141556f43239520"});
    expect("uri", {"http://a.example/b", "urn:oid:1.2.3", "a/b", "#c"},
           {"", "http://a b", "urn:oid:1.x", "urn:uuid:1", "oid:1.2.3", "uuid:1"});
    expect("canonical", {"http://a.example|1"}, {"http://a.example |1"});
}

TEST_CASE("primitives: texts") {
    expect("code", {"a", "a b"}, {"", " a", "a ", "a  b", "\t"});
    expect("string", {"a\tb\r\nc", "\xC3\xA9t\xC3\xA9 and more than eight bytes", "a"},
           {"", "a\x01", std::string_view("12345678\x1f", 9), std::string_view("a\0b", 3)});
    expect("base64Binary", {"QUJD", "QUI=", " QU\nJD "}, {"", "...", "QUJ", "====", "Q=JD", "QUJD-"});
    CHECK(check_primitive(Primitive::string, std::string(1024 * 1024 + 1, 'a')));
}

TEST_CASE("primitives: what is most likely a slip is a remark") {
    CHECK(remark_primitive(Primitive::string, " a"));
    CHECK(remark_primitive(Primitive::string, "a\n"));
    CHECK_FALSE(remark_primitive(Primitive::string, "a b"));
    CHECK(remark_primitive(Primitive::date, "0219-01-01"));
    CHECK_FALSE(remark_primitive(Primitive::date, "1921-01-01"));
}
