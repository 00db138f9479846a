#include "hl7v2/spans.hpp"

#include <doctest/doctest.h>

#include "hl7v2/document.hpp"
#include "hl7v2/message.hpp"

using namespace causeway;
using namespace causeway::hl7v2;

namespace {

std::shared_ptr<const Message> message_with(const std::string& value, const std::string& line_end = "\r") {
    return parse(Payload("MSH|^~\\&|A|B|C|D|20261121||ORU^R01|1|P|2.5.1\rOBX|1|ED|F||" + value + "|u" + line_end))
        .value();
}

const Spans& spans_of(const Message& message) {
    return dynamic_cast<const IndexedMessage&>(message).spans();
}

}  // namespace

TEST_CASE("values too long for one look end where they end, and have the parts that they have") {
    const std::string a(300, 'a'), b(500, 'b'), c(200, 'c');
    const auto message = message_with(a + "^" + b + "&" + c + "^z~" + c + "~~" + b + "\\T\\" + a);
    CHECK(message->get("OBX-5[1].1") == a);
    CHECK(message->get("OBX-5[1].2") == b + "&" + c);
    CHECK(message->get("OBX-5[1].2.1") == b);
    CHECK(message->get("OBX-5[1].2.2") == c);
    CHECK(message->get("OBX-5[1].3") == "z");
    CHECK(message->get("OBX-5[2]") == c);
    CHECK(message->get("OBX-5[4]") == b + "&" + a);
    CHECK(message->get("OBX-6") == "u");
}

TEST_CASE("the tree of a long field is that of a short one") {
    const std::string a(300, 'a');
    const auto message = message_with(a + "^^\\F\\" + a + "&x~~" + a);
    std::vector<tree::Node> fields, parts;
    message->root().child("OBX").children("5", fields);
    REQUIRE(fields.size() == 2);
    CHECK(fields[1].text() == a);
    CHECK(fields[1].kind() == tree::Kind::text);
    fields[0].children(parts);
    REQUIRE(parts.size() == 2);
    CHECK(parts[0].text() == a);
    CHECK(parts[1].name() == "3");
    CHECK(parts[1].child("1").text() == "|" + a);
    CHECK(parts[1].child("2").text() == "x");
    CHECK(parts[1].child("1").path() == "OBX-5[1].3.1");
}

TEST_CASE("values over several lines are found too") {
    const std::string a(70, 'a');
    const auto message = message_with("~" + a + "\r" + a + "^" + a + "~\r" + a);
    std::vector<tree::Node> fields;
    message->root().child("OBX").children("5", fields);
    REQUIRE(fields.size() == 2);
    CHECK(fields[0].child("1").text() == a + a);  // Base64, broken over lines.
    CHECK(fields[0].child("2").text() == a);
}

TEST_CASE("repetitions and parts are visited until the visitor has enough; empty ones are not there") {
    const auto message = message_with("~x^^y&&z~~q");
    const auto& spans = spans_of(*message);
    std::vector<std::string> seen;
    spans.repetitions(1, 5, [&](const Span& field) {
        seen.emplace_back(spans.value(field));
        spans.parts(field, [&](const Span& part) {
            seen.push_back(std::to_string(part.number) + ":" + std::string(spans.value(part)));
            return true;
        });
        return true;
    });
    CHECK(seen == std::vector<std::string>{"x^^y&&z", "1:x", "3:y&&z", "q"});
    int visited = 0;
    spans.repetitions(1, 5, [&](const Span&) { return ++visited < 1; });
    CHECK(visited == 1);
    spans.repetitions(1, 99, [&](const Span&) { return ++visited < 99; });
    CHECK(visited == 1);
}
