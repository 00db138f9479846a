#include "hl7v2/acknowledgement.hpp"

#include "hl7v2/support.hpp"

using namespace causeway;
using namespace causeway::hl7v2;
using namespace causeway::hl7v2::testing;

namespace {

const Instant kAt = std::chrono::sys_days(std::chrono::year{2026} / 1 / 2) + std::chrono::hours(3);

Header header_of(std::string_view version, std::string_view rest = "") {
    return *read_header("MSH|^~\\&|GP|A81001|PAS|RX1|20260101||ADT^A28^ADT_A05|M\\T\\1|T|" + std::string(version) +
                        std::string(rest) + "\r");
}

Finding finding(std::string expression, std::string text, int code, Severity severity = Severity::error) {
    Finding out;
    out.severity = severity;
    out.text = std::move(text);
    out.expression = std::move(expression);
    out.hl7_code = code;
    return out;
}

std::string answer(const std::optional<Header>& header, std::string code, std::vector<Finding> findings = {}) {
    return write_acknowledgement(header, {std::move(code), "ACK1", kAt, {std::move(findings)}});
}

std::string line(const std::string& message, std::string_view segment) {
    const auto at = message.find("\r" + std::string(segment));
    return at == std::string::npos ? "" : message.substr(at + 1, message.find('\r', at + 1) - at - 1);
}

}  // namespace

TEST_CASE("a positive acknowledgement turns sender and receiver round and repeats the control id byte for byte") {
    CHECK(answer(header_of("2.5.1"), "AA") ==
          "MSH|^~\\&|PAS|RX1|GP|A81001|" + to_hl7_dtm(kAt) + "||ACK^A28^ACK|ACK1|T|2.5.1\rMSA|AA|M\\T\\1\r");
}

TEST_CASE("MSH-9 is of the sender's version") {
    const auto type = [](std::string_view version) {
        return std::string(parsed(answer(header_of(version), "AA"))->get("MSH-9"));
    };
    CHECK(type("2.1") == "ACK");
    CHECK(type("2.2") == "ACK^A28");
    CHECK(type("2.3") == "ACK^A28");
    CHECK(type("2.3.1") == "ACK^A28^ACK");
    CHECK(type("2.8.2") == "ACK^A28^ACK");
}

TEST_CASE("the version is copied where it is one, else 2.5.1") {
    const auto version = [](std::string_view sent) {
        return std::string(parsed(answer(header_of(sent), "AR"))->get("MSH-12"));
    };
    CHECK(version("2.3") == "2.3");
    CHECK(version("2.5^GBR") == "2.5^GBR");
    CHECK(version("") == "2.5.1");
    CHECK(version("FOO") == "2.5.1");
}

TEST_CASE("from 2.5 on each finding is an ERR with location, code, severity and text") {
    const auto text = answer(header_of("2.5"), "AE",
                             {finding("PID-7", "not a date: month 13", 102),
                              finding("OBX[2]-3[1].4.2", "Send a code & a system.", 103, Severity::warning)});
    CHECK(text.find("\rERR||PID^1^7|102^Data type error^HL70357|E|||not a date: month 13|not a date: month 13\r") !=
          std::string::npos);
    CHECK(text.find("\rERR||OBX^2^3^1^4^2|103^Table value not found^HL70357|W|||Send a code \\T\\ a system.|") !=
          std::string::npos);
    CHECK(line(text, "MSA") == "MSA|AE|M\\T\\1");
}

TEST_CASE("before 2.5 errors are repetitions of ERR-1 and the first text is MSA-3") {
    const auto text = answer(header_of("2.4"), "AE",
                             {finding("PID-7", "Send a date.", 102), finding("PV1", "Send PV1.", 100),
                              finding("PID-8", "Unusual.", 103, Severity::warning)});
    CHECK(line(text, "MSA") == "MSA|AE|M\\T\\1|Send a date.");
    CHECK(line(text, "ERR") == "ERR|PID^1^7^102&Data type error&HL70357~PV1^1^^100&Segment sequence error&HL70357");
}

TEST_CASE("a finding without HL7 path or code still says what it can") {
    auto odd = finding("Bundle.entry[0]", "Store is full.", 0);
    odd.issue = Issue::no_store;
    CHECK(line(answer(header_of("2.5"), "AR", {odd}), "ERR") ==
          "ERR|||207^Application internal error^HL70357|E|||Store is full.|Store is full.");
    CHECK(line(answer(header_of("2.3"), "AR", {odd}), "ERR") == "ERR|^^^207&Application internal error&HL70357");
}

TEST_CASE("the sender's delimiters and character set are used") {
    const auto header = read_header("MSH#@%*!#GP@1#A#PAS#B#2026##ADT@A28#M1#P#2.5######8859/1\r");
    const auto text = answer(header, "AE", {finding("PID-7", "a#b", 102)});
    CHECK(text.starts_with("MSH#@%*!#PAS#B#GP@1#A#"));
    CHECK(line(text, "ERR") == "ERR##PID@1@7#102@Data type error@HL70357#E###a*F*b#a*F*b");
    CHECK(parsed(text)->get("MSH-18") == "8859/1");
    CHECK(parsed(text)->get("MSA-2") == "M1");
}

TEST_CASE("without a header the answer has an empty MSA-2") {
    const auto text = answer(std::nullopt, "AE", {finding("MSH", "Begin with MSH.", 100)});
    CHECK(text.starts_with("MSH|^~\\&|||||"));
    CHECK(line(text, "MSA") == "MSA|AE");
    CHECK(parsed(text)->get("MSH-12") == "2.5.1");
    CHECK(parsed(text)->get("ERR-3.1") == "100");
}

TEST_CASE("who wants an acknowledgement gets one") {
    const auto wants = [](std::string_view rest) {
        const auto header = header_of("2.5", rest);
        return std::string(wants_acknowledgement(header, true) ? "s" : "-") +
               (wants_acknowledgement(header, false) ? "f" : "-");
    };
    CHECK(wants("") == "sf");
    CHECK(wants("|||AL|NE") == "sf");
    CHECK(wants("|||NE|AL") == "--");
    CHECK(wants("|||ER") == "-f");
    CHECK(wants("|||SU") == "s-");
    CHECK(wants("||||AL") == "sf");
    CHECK_FALSE(is_enhanced_mode(header_of("2.5")));
    CHECK(is_enhanced_mode(header_of("2.5", "|||AL")));
    CHECK(is_enhanced_mode(header_of("2.5", "||||NE")));
}

TEST_CASE("an acknowledgement is never acknowledged") {
    const auto ack = *read_header("MSH|^~\\&|A|B|C|D|2026||ACK^A28^ACK|1|P|2.5\r");
    CHECK(is_acknowledgement(ack));
    CHECK_FALSE(wants_acknowledgement(ack, true));
    CHECK_FALSE(is_acknowledgement(header_of("2.5")));
}

TEST_CASE("a peer's answer is read") {
    const auto ok = read_answer("MSH|^~\\&|PAS|RX1|GP|A|2026||ACK^A28^ACK|9|P|2.5\rMSA|AA|M\\T\\1\r");
    REQUIRE(ok.has_value());
    CHECK(ok->positive());
    CHECK(ok->message_type == "ACK");
    CHECK(ok->control_id == "M\\T\\1");
    CHECK(ok->error == "");

    const auto bad = read_answer(
        "MSH|^~\\&|PAS|RX1|GP|A|2026||RRI^I12^RRI_I12|9|P|2.5\nMSA|AE|M1\n"
        "ERR||PID^1^7|102^Data^HL70357|E|||SMITH has no birthday\nERR|||207|E\n");
    REQUIRE(bad.has_value());
    CHECK_FALSE(bad->positive());
    CHECK(bad->message_type == "RRI^I12");
    CHECK(bad->error == "102 at PID-7, 207");

    const auto old = read_answer(
        "MSH|^~\\&|PAS|RX1|GP|A|2026||ACK|9|P|2.3\rMSA|AR|M1|SMITH is not known\rERR|PID^1^3^204&Unknown~ZZZ\r");
    CHECK(old->error == "204 at PID-3");
    CHECK(old->code == "AR");
}

TEST_CASE("an answer with a poor header is read too, and no text of it is told") {
    const auto poor = read_answer("MSH|^~\\&|||||||ACK\rMSA|CA|M1\rERR|||JOHN SMITH\r");
    REQUIRE(poor.has_value());
    CHECK(poor->code == "CA");
    CHECK(poor->error == "other code");
    CHECK(read_answer("HTTP/1.1 400").error().hl7_code == 100);
    CHECK(read_answer("MSH|^~\\&|||||||ACK|1|P|2.5\r").error().hl7_code == 101);
}

TEST_CASE("what is written is read back") {
    const auto back = read_answer(answer(header_of("2.5.1"), "AE", {finding("MSH-10", "Send one.", 101)}));
    CHECK(back->code == "AE");
    CHECK(back->control_id == "M\\T\\1");
    CHECK(back->error == "101 at MSH-10");
}

TEST_CASE("the number of the sequence protocol stands in MSA-4, and is read there") {
    Acknowledgement acknowledgement{"AE", "A1", Instant{}, {}};
    acknowledgement.sequence = 7;
    const auto text = write_acknowledgement(read_header(with("")), acknowledgement);
    CHECK(text.find("MSA|AE|M1||7\r") != std::string::npos);
    CHECK(read_answer(text)->sequence == "7");
    CHECK(read_header("MSH|^~\\&|A|B|C|D|2026||ADT^A28|M1|P|2.4|12\r")->sequence_number == "12");
}

TEST_CASE("an application acknowledgement that comes later asks for an accept acknowledgement of its own") {
    Acknowledgement acknowledgement{"AA", "A9", Instant{}, {}};
    acknowledgement.is_delayed = true;
    const auto message = parsed(write_acknowledgement(read_header(with("")), acknowledgement));
    CHECK(message->get("MSH-15") == "AL");
    CHECK(message->get("MSH-16") == "NE");
    CHECK(message->get("MSH-3") == "PAS");
    CHECK(message->get("MSA-2") == "M1");
    const auto utf8 = "MSH|^~\\&|A|B|C|D|2026||ADT^A28|M1|P|2.4|||AL|AL||UNICODE UTF-8\r";
    CHECK(parsed(write_acknowledgement(read_header(utf8), acknowledgement))->get("MSH-18") == "UNICODE UTF-8");
}

TEST_CASE("MSH-16 says whether an application acknowledgement is wanted") {
    const auto wants = [](const std::string& conditions, bool success) {
        return wants_application_acknowledgement(
            *read_header("MSH|^~\\&|A|B|C|D|2026||ADT^A28|M1|P|2.4|||" + conditions + "\r"), success);
    };
    CHECK(wants("", true));
    CHECK(wants("AL|AL", true));
    CHECK_FALSE(wants("AL|", true));
    CHECK_FALSE(wants("AL|NE", false));
    CHECK(wants("NE|ER", false));
    CHECK_FALSE(wants("NE|ER", true));
    CHECK(wants("NE|SU", true));
    CHECK_FALSE(wants("NE|SU", false));
}
