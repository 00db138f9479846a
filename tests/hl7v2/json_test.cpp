#include "hl7v2/json.hpp"

#include <sstream>

#include "hl7v2/support.hpp"

using namespace causeway;
using namespace causeway::hl7v2;
using namespace causeway::hl7v2::testing;

namespace {

std::string json(const Message& message, const JsonPlace& place = {}) {
    std::ostringstream out;
    write_json(message, place, out);
    return out.str();
}

std::string segments(std::string_view written) {
    const auto text = json(*parsed(with(written)));
    const auto begin = text.find("},{\"segment\"");
    return begin == std::string::npos ? "" : text.substr(begin + 2, text.size() - begin - 4);
}

Refusal refused(const std::string& bytes, std::uint32_t line = 1, std::size_t offset = 0) {
    return locate(parse(Payload(bytes)).error(), bytes, line, offset);
}

}  // namespace

TEST_CASE("a message as JSON: segments, fields, repetitions and parts by number") {
    CHECK(segments("PID|1||A^^^B&C~D\r") ==
          R"({"segment":"PID","line":2,"fields":{"1":["1"],"3":[{"1":"A","4":{"1":"B","2":"C"}},"D"]}})");
    CHECK(segments("PID|||~A|\"\"\r") == R"({"segment":"PID","line":2,"fields":{"3":["","A"],"4":["\"\""]}})");
    CHECK(segments("ZNT\r") == R"({"segment":"ZNT","line":2,"fields":{}})");
    CHECK(segments("ZNT|1||a\\T\\b\\.br\\\"c\"\t\r") ==
          R"({"segment":"ZNT","line":2,"fields":{"1":["1"],"3":["a&b\n\"c\"\t"]}})");
    CHECK(segments("PID|&B\r") == R"({"segment":"PID","line":2,"fields":{"1":[{"1":{"2":"B"}}]}})");
}

TEST_CASE("the head says what the message is and where it stood") {
    const auto text = json(*parsed(with("")), {2, 7, 1});
    CHECK(text.starts_with(R"({"parsed":true,"number":2,"line":7,"batch":1,"type":"ADT^A28^ADT_A05","controlId":"M1",)"
                           R"("version":"2.5.1","charset":"UTF-8","delimiters":"|^~\\&","warnings":[],)"
                           R"("segments":[{"segment":"MSH","line":7,"fields":{"1":["|"],"2":["^~\\&"],)"));
    CHECK(json(*parsed(with("PID|1\n")))
              .find(R"("warnings":[{"code":"mixed-segment-ends","where":"segment 1","count":1,)") != std::string::npos);
}

TEST_CASE("the type reads alike whatever the delimiters") {
    const auto text = json(*parsed("MSH#*~\\&#GP####2026##ADT*A28*ADT_A05#M1#P#2.5\r"));
    CHECK(text.find(R"("type":"ADT^A28^ADT_A05")") != std::string::npos);
    CHECK(text.find(R"("9":[{"1":"ADT","2":"A28","3":"ADT_A05"}])") != std::string::npos);
}

TEST_CASE("a long value comes through whole") {
    std::string value;
    for (int i = 0; i < 100'000; ++i) value += "\xC3\xA9x";
    CHECK(json(*parsed(with("NTE|1||" + value + "\r"))).find("\"3\":[\"" + value + "\"]") != std::string::npos);
}

TEST_CASE("a refusal says where: the field, and its line, column and byte in the file") {
    const auto no_id = refused("MSH|^~\\&|GP|A|P|R|2026||ADT^A28||P|2.4\r", 5, 100);
    CHECK(no_id.error.hl7_code == 101);
    CHECK(no_id.line == 5);
    CHECK(no_id.column == 33);
    CHECK(no_id.offset == 132);
    const auto second = refused(with("PID|1\r\n\r\n") + "MSH|^~\\&|");
    CHECK(second.error.hl7_code == 100);
    CHECK(second.line == 4);
    CHECK(second.column == 1);
    std::ostringstream out;
    write_json(second, {1, 1, 0}, out);
    CHECK(out.str().starts_with(
        R"({"parsed":false,"number":1,"line":1,"code":100,"position":{"path":"segment 3","line":4,)"
        R"("column":1,"offset":)"));
}

TEST_CASE("a refusal of anything at all has a place in it") {
    for (const std::string bytes : {"", "MSH", "MSH|", "\r\n\r\n", "PID|1", "MSH|||||||||", "xxMSH|^~\\&|\r"}) {
        const auto refusal = refused(bytes);
        CHECK(refusal.offset <= bytes.size());
        CHECK(refusal.line >= 1);
    }
}

TEST_CASE("a segment says which group it is in, or that it is unexpected") {
    const auto text = json(*parsed("MSH|^~\\&|A|B|C|D|2026||ORU^R01|M1|P|2.5\rPID|1\rIN1|1\rOBR|1\r"));
    CHECK(text.find(R"({"segment":"PID","line":2,"group":"PATIENT_RESULT[1].PATIENT[1]","fields")") !=
          std::string::npos);
    CHECK(text.find(R"({"segment":"IN1","line":3,"unexpected":true,"fields")") != std::string::npos);
    CHECK(text.find(R"("group":"PATIENT_RESULT[1].ORDER_OBSERVATION[1]","fields")") != std::string::npos);
}
