#include "hl7v2/values.hpp"

#include <random>

#include "hl7v2/support.hpp"

using namespace causeway;
using namespace causeway::hl7v2;
using namespace causeway::hl7v2::testing;

namespace {

Writer header(Writer writer = {}) {
    writer.segment("MSH");
    writer.set(9, 1, 1, 1, "ADT");
    writer.set(9, 1, 2, 1, "A28");
    writer.set(10, "M1");
    writer.set(12, "2.5.1");
    writer.segment("ZZZ");
    return writer;
}

/// The field as it is written.
template <class T>
std::string written(const T& value) {
    auto writer = header();
    const auto put_in = put(writer, 1, value);
    if (!put_in) return "refused at " + put_in.error().where;
    const auto text = writer.text();
    const auto at = text.find("\rZZZ") + 4;
    return text.substr(at, text.size() - at - 1);
}

Moment date(int year, int month, int day) {
    Moment made{.as = Moment::As::date};
    made.year = year;
    made.month = month;
    made.day = day;
    return made;
}

}  // namespace

TEST_CASE("moments are written as precisely as they are known") {
    CHECK(written(date(1966, 9, 9)) == "|19660909");
    Moment moment;
    moment.year = 2026;
    CHECK(written(moment) == "|2026");
    moment.month = 3;
    moment.day = 29;
    moment.hour = 1;
    moment.minute = 5;
    CHECK(written(moment) == "|202603290105");
    moment.second = 7;
    moment.fraction = "25";
    moment.offset_minutes = 60;
    CHECK(written(moment) == "|20260329010507.25+0100");
    moment.offset_minutes = -210;
    CHECK(written(moment) == "|20260329010507.25-0330");
    Moment time{.as = Moment::As::time};
    time.hour = 0;
    time.minute = 0;
    CHECK(written(time) == "|0000");
}

TEST_CASE("moments that are none are refused") {
    CHECK(written(date(2026, 2, 29)) == "refused at 1");
    CHECK(written(date(2026, 13, 1)) == "refused at 1");
    CHECK(written(Moment{}) == "refused at 1");
    auto with_time = date(2026, 1, 1);
    with_time.hour = 1;
    CHECK(written(with_time) == "refused at 1");
    Moment gap;
    gap.year = 2026;
    gap.day = 1;
    CHECK(written(gap) == "refused at 1");
    Moment offset;
    offset.year = 2026;
    offset.offset_minutes = 0;
    CHECK(written(offset) == "refused at 1");
    Moment late{.as = Moment::As::time};
    late.hour = 24;
    CHECK(written(late) == "refused at 1");
}

TEST_CASE("numbers are written as they stand, and nothing else is") {
    CHECK(written(Number(-12)) == "|-12");
    CHECK(written(Number("7.50")) == "|7.50");
    CHECK(written(Number("+0.5")) == "|+0.5");
    for (const auto* wrong : {"", "1e5", "7.", ".5", "1,5", "nan", "- 1"})
        CHECK(written(Number(wrong)) == "refused at 1");
}

TEST_CASE("codes, names and identifiers stand in their components, without empty ones behind") {
    CHECK(written(Coded{.code = "38341003", .text = "A & B", .system = "SCT"}) == "|38341003^A \\T\\ B^SCT");
    CHECK(written(Coded{.code = "1", .system = "X", .original_text = "one"}) == "|1^^X^^^^^^one");
    CHECK(written(Coded{.as = Coded::As::ce, .code = "1", .alternate_code = "2"}) == "|1^^^2");
    CHECK(written(Coded{.as = Coded::As::ce, .code = "1", .original_text = "one"}) == "refused at 1.7");
    CHECK(written(Coded{.system = "X"}) == "refused at 1.1");
    CHECK(written(PersonName{.family = "O^Neill", .given = "Edith", .prefix = "Dr", .type = "L"}) ==
          "|O\\S\\Neill^Edith^^^Dr^^L");
    CHECK(written(PersonName{.prefix = "Dr"}) == "refused at 1.1");
    CHECK(written(Identifier{.id = "9990000018", .authority = {.namespace_id = "NHS"}, .type = "NH"}) ==
          "|9990000018^^^NHS^NH");
    CHECK(written(Identifier{.id = "1", .authority = {.universal_id = "2.16.840", .universal_id_type = "ISO"}}) ==
          "|1^^^&2.16.840&ISO");
    CHECK(written(Identifier{.id = "1", .authority = {.universal_id = "2.16.840"}}) == "refused at 1.4");
    CHECK(written(Identifier{}) == "refused at 1.1");
    CHECK(written(Authority{.namespace_id = "RX9"}) == "|RX9");
}

TEST_CASE("a document is written as base64, and read back byte for byte") {
    for (const std::string& bytes :
         {std::string("%PDF-1.7|^~\\&\r"), std::string("ab"), std::string("a"), std::string("\0\xFF\x0b", 3)}) {
        const Document document{.type = "AP", .subtype = "PDF", .bytes = bytes};
        const auto text = written(document);
        CHECK(text.starts_with("|^AP^PDF^Base64^"));
        CHECK(text.find_first_of("\\\r\n&~") == std::string::npos);
    }
    CHECK(written(Document{.type = "AP", .bytes = "hello"}).ends_with("^aGVsbG8="));
    CHECK(written(Document{.type = "AP", .bytes = ""}) == "refused at 1.5");
}

TEST_CASE("two quotes are deletion, and never come from a text") {
    CHECK(written(Deletion{}) == "|\"\"");
    CHECK(written(Text{"\"\""}) == "refused at 1.1");
    CHECK(written(PersonName{.family = "\"\""}) == "refused at 1.1");
    CHECK(written(Text{"\"\"\""}) == "|\"\"\"");
    CHECK(written(Text{""}) == "");
}

TEST_CASE("a writer takes a peer's delimiters, unless something could not be escaped with them") {
    Delimiters theirs{'#', '*', '!', '%', '@'};
    auto writer = Writer::with(theirs);
    REQUIRE(writer.has_value());
    auto in_theirs = header(*writer);
    REQUIRE(put(in_theirs, 1, Identifier{.id = "a#b*c|d^", .authority = {.namespace_id = "x@y"}}).has_value());
    CHECK(in_theirs.text().starts_with("MSH#*!%@#"));
    CHECK(in_theirs.text().ends_with("ZZZ#a%F%b%S%c|d^***x%T%y\r"));
    for (const auto& missing : {Delimiters{'|', '^', '~', '\0', '&'}, Delimiters{'|', '^', '~', '\\', '\0'},
                                Delimiters{'|', '^', '^', '\\', '&'}})
        CHECK_FALSE(Writer::with(missing).has_value());
}

TEST_CASE("whatever text goes into typed values comes back, and adds no segment, field or part") {
    std::mt19937 random(5);
    const std::vector<std::string> alphabet{"|",
                                            "^",
                                            "~",
                                            "\\",
                                            "&",
                                            "#",
                                            "*",
                                            "!",
                                            "%",
                                            "@",
                                            "\r",
                                            "\n",
                                            "PID|",
                                            "\\F\\",
                                            "%F%",
                                            "\xC3\xAB",
                                            " ",
                                            "\"",
                                            "\"\"",
                                            "\x1c\r",
                                            "\v",
                                            "\rMSH#*!%@#",
                                            std::string(1, '\0'),
                                            "\\X0D\\",
                                            "\\.br\\",
                                            "x"};
    const auto text = [&] {
        std::string out;
        for (auto length = 1 + random() % 8; length > 0; --length) out += alphabet[random() % alphabet.size()];
        return out == "\"\"" ? "x" : out;
    };
    for (int round = 0; round < 400; ++round) {
        const bool own = round % 2 == 1;
        auto writer = header(own ? *Writer::with({'#', '*', '!', '%', '@'}) : Writer());
        const PersonName name{.family = text(), .given = text(), .further = text(), .suffix = text()};
        const Identifier identifier{.id = text(), .authority = {.namespace_id = text()}, .type = text()};
        const Coded coded{.code = text(), .text = text(), .original_text = text()};
        REQUIRE(put(writer, 1, name).has_value());
        REQUIRE(put(writer, 2, 2, identifier).has_value());
        REQUIRE(put(writer, 3, coded).has_value());
        const auto message = parsed(writer.text());
        CHECK(message->index().segments().size() == 2);
        CHECK(all(*message, "ZZZ-1").size() == 1);
        CHECK(message->get("ZZZ-1.1") == name.family);
        CHECK(message->get("ZZZ-1.2") == name.given);
        CHECK(message->get("ZZZ-1.3") == name.further);
        CHECK(message->get("ZZZ-1.4") == name.suffix);
        CHECK(message->get("ZZZ-2[2].1") == identifier.id);
        CHECK(message->get("ZZZ-2[2].4") == identifier.authority.namespace_id);
        CHECK(message->get("ZZZ-2[2].5") == identifier.type);
        CHECK(message->get("ZZZ-3.9") == coded.original_text);
    }
}
