#include "hl7v2/writer.hpp"

#include <random>
#include <stdexcept>

#include "hl7v2/support.hpp"

using namespace causeway::hl7v2;
using namespace causeway::hl7v2::testing;

namespace {

Writer with_header() {
    Writer writer;
    writer.segment("MSH");
    writer.set(9, 1, 1, 1, "REF");
    writer.set(9, 1, 2, 1, "I12");
    writer.set(10, "M1");
    writer.set(11, "P");
    writer.set(12, "2.5.1");
    return writer;
}

}  // namespace

TEST_CASE("values stand at their places whatever the order they are set in") {
    auto writer = with_header();
    writer.segment("PID");
    writer.set(5, 1, 2, 1, "ANN");
    writer.set(3, 2, 5, 0, "MR");
    writer.set(3, 1, 4, 2, "2.16");
    writer.set(3, 1, 1, 1, "999");
    writer.set(3, 2, 1, 1, "A1");
    writer.set(5, 1, 1, 1, "SMITH");
    CHECK(writer.text() == "MSH|^~\\&|||||||REF^I12|M1|P|2.5.1\rPID|||999^^^&2.16~A1^^^^MR||SMITH^ANN\r");
}

TEST_CASE("empty values leave no trailing delimiters, and the last value at a place counts") {
    auto writer = with_header();
    writer.segment("PV1");
    writer.set(2, "I");
    writer.set(2, "O");
    writer.set(3, 1, 4, 1, "");
    writer.set(9, "");
    CHECK(writer.text().ends_with("\rPV1||O\r"));
    writer.set(2, "");
    CHECK(writer.text().ends_with("\rPV1\r"));
}

TEST_CASE("MSH-1 and MSH-2 cannot be set") {
    auto writer = with_header();
    writer.set(1, "#");
    writer.set(2, "abcd");
    CHECK(writer.text().starts_with("MSH|^~\\&|"));
}

TEST_CASE("the character set is declared where it is needed") {
    auto writer = with_header();
    writer.segment("NTE");
    writer.set(3, "Zo\xC3\xAB");
    CHECK(parsed(writer.text())->get("MSH-18") == "UNICODE UTF-8");
    CHECK(parsed(with_header().text())->get("MSH-18") == "");
}

TEST_CASE("misuse throws") {
    Writer writer;
    CHECK_THROWS(writer.set(1, "x"));
    CHECK_THROWS(writer.segment("PI"));
    CHECK_THROWS(writer.segment("PID|"));
    CHECK_THROWS(writer.segment("pid"));
    writer.segment("PID");
    CHECK_THROWS(writer.set(0, "x"));
    CHECK_THROWS(writer.set(3, 0, 1, 1, "x"));
    CHECK(Writer().text().empty());
}

TEST_CASE("no text in a value adds a segment, field or delimiter, and all come back") {
    std::mt19937 random(11);
    const std::vector<std::string> alphabet{"|",
                                            "^",
                                            "~",
                                            "\\",
                                            "&",
                                            "\r",
                                            "\n",
                                            "PID|",
                                            "x",
                                            "\\F\\",
                                            "\xC3\xAB",
                                            " ",
                                            "\"",
                                            "\x1c\r",
                                            "\v",
                                            "MSH|^~\\&|",
                                            std::string(1, '\0')};
    const auto text = [&] {
        std::string out = "t";
        for (auto length = random() % 10; length > 0; --length) out += alphabet[random() % alphabet.size()];
        return out;
    };
    for (int round = 0; round < 300; ++round) {
        auto writer = with_header();
        writer.segment("OBX");
        const auto a = text(), b = text(), c = text(), d = text();
        writer.set(5, 2, 3, 2, d);
        writer.set(5, 1, 2, 1, b);
        writer.set(5, 1, 1, 1, a);
        writer.set(5, 2, 3, 1, c);
        const auto message = parsed(writer.text());
        CHECK(all(*message, "OBX").size() == 1);
        CHECK(all(*message, "OBX-5").size() == 2);
        CHECK(message->get("OBX-5[1].1") == a);
        CHECK(message->get("OBX-5[1].2") == b);
        CHECK(message->get("OBX-5[2].3.1") == c);
        CHECK(message->get("OBX-5[2].3.2") == d);
        CHECK(message->warnings().empty());
    }
}
