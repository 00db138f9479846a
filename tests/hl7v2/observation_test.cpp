#include "hl7v2/observation.hpp"

#include "core/digest.hpp"
#include "hl7v2/support.hpp"

using namespace causeway;
using namespace causeway::hl7v2;
using namespace causeway::hl7v2::testing;

namespace {

std::string joined(std::string_view segments, std::size_t segment = 1) {
    return joined_text(*parsed(with(segments)), segment);
}

std::string decoded(std::string_view data) {
    std::string out;
    const auto done = decode_base64(data, [&](std::string_view bytes) { out += bytes; });
    return done ? out : "wrong";
}

}  // namespace

TEST_CASE("lines of a text are joined: repetitions, and segments that go on") {
    CHECK(joined("OBX|1|TX|a||one~two\\T\\~\r") == "one\ntwo&\n");
    CHECK(joined("OBX|1|TX|a||one\rOBX|2|TX|a||two\rOBX|3|TX|b||three\r") == "one\ntwo");
    CHECK(joined("OBX|1|FT|a|1|one\rOBX|2|FT|a|2|two\r") == "one");
    CHECK(joined("OBX|1|TX|a||one\rNTE|1\rOBX|2|TX|a||two\r") == "one");
    CHECK(joined("OBX|1|NM|a||1~2\r").empty());
    CHECK(joined("PID|1\r").empty());
    std::size_t last = 0;
    joined_text(*parsed(with("OBX|1|TX|a||one\rOBX|2|TX|a||two\r")), 1, &last);
    CHECK(last == 2);
}

TEST_CASE("a document is where it stands in the message") {
    const auto message = parsed(with("OBX|1|ED|x||^application^pdf^Base64^QUJD\rOBX|2|TX|x||a\rOBX|3|ED|x||^a\r"));
    const auto found = encapsulated_data(*message, 1);
    REQUIRE(found.has_value());
    CHECK(found->type == "application");
    CHECK(found->subtype == "pdf");
    CHECK(found->encoding == "Base64");
    CHECK(found->data == "QUJD");
    CHECK(message->utf8().data() <= found->data.data());
    CHECK(found->data.data() < message->utf8().data() + message->utf8().size());
    CHECK_FALSE(encapsulated_data(*message, 2).has_value());
    CHECK_FALSE(encapsulated_data(*message, 3).has_value());
    CHECK_FALSE(encapsulated_data(*message, 99).has_value());
}

TEST_CASE("base64 is decoded piece by piece, lines and all") {
    CHECK(decoded("QUJDRA==") == "ABCD");
    CHECK(decoded("QUJD\r\nRA\n==") == "ABCD");
    CHECK(decoded("QUJD\\.br\\RA==") == "ABCD");
    CHECK(decoded("QUJDRA") == "ABCD");
    CHECK(decoded("").empty());
    for (const auto* wrong : {"QUJDR", "QUJDRA=", "QQ==QQ==", "QU*D", "====", "QUJD\\T\\"})
        CHECK(decoded(wrong) == "wrong");
    std::string bytes;
    for (int i = 0; i < 300'000; ++i) bytes += static_cast<char>(i * 7);
    CHECK(decoded(base64_encode(bytes)) == bytes);
}
