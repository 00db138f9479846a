#include "hl7v2/batch.hpp"

#include "hl7v2/support.hpp"

using namespace causeway;
using namespace causeway::hl7v2;
using namespace causeway::hl7v2::testing;

namespace {

using Kind = Piece::Kind;

const std::string kMessage = with("PID|1\r");

std::vector<Kind> kinds(const Batch& batch) {
    std::vector<Kind> out;
    for (const auto& piece : batch.pieces) out.push_back(piece.kind);
    return out;
}

std::string codes(const Batch& batch) {
    std::string out;
    for (const auto& warning : batch.warnings) out += (out.empty() ? "" : " ") + warning.code;
    return out;
}

}  // namespace

TEST_CASE("messages that follow each other are told apart") {
    const auto bytes = kMessage + kMessage + "\r\n" + kMessage;
    const auto batch = split_batch(bytes);
    REQUIRE(batch.messages() == 3);
    CHECK(batch.pieces[0].text == kMessage);
    CHECK(batch.pieces[1].text == kMessage + "\r\n");
    CHECK(batch.pieces[2].offset == bytes.size() - kMessage.size());
    CHECK(batch.pieces[2].line == 6);
    CHECK(batch.warnings.empty());
    CHECK_FALSE(batch.has_envelope);
}

TEST_CASE("a batch has its headers and trailers, and says in which batch a message is") {
    const auto bytes =
        "FHS|^~\\&|A\rBHS|^~\\&|A\r" + kMessage + kMessage + "BTS|2\rBHS|^~\\&|B\r" + kMessage + "BTS|1\rFTS|2\r";
    const auto batch = split_batch(bytes);
    CHECK(kinds(batch) == std::vector{Kind::file_header, Kind::batch_header, Kind::message, Kind::message,
                                      Kind::batch_trailer, Kind::batch_header, Kind::message, Kind::batch_trailer,
                                      Kind::file_trailer});
    CHECK(batch.warnings.empty());
    CHECK(batch.has_envelope);
    CHECK(batch.pieces[2].batch == 1);
    CHECK(batch.pieces[6].batch == 2);
    CHECK(batch.pieces[0].batch == 0);
}

TEST_CASE("trailers have the delimiters of their headers, whatever the messages between have") {
    std::string other = kMessage;
    for (auto& c : other) c = c == '|' ? '#' : c;
    const std::vector wanted{Kind::file_header, Kind::batch_header,  Kind::message,
                             Kind::message,     Kind::batch_trailer, Kind::file_trailer};
    const auto in_bars = "FHS|^~\\&|A\rBHS|^~\\&|A\r" + kMessage + other + "BTS|2\rFTS|1\r";
    CHECK(kinds(split_batch(in_bars)) == wanted);
    CHECK(split_batch(in_bars).pieces[3].text == other);
    CHECK(codes(split_batch(in_bars)).empty());
    const auto each_its_own = "FHS$^~\\&$A\rBHS#^~\\&#A\r" + kMessage + kMessage + "BTS#2\rFTS$1\r";
    CHECK(kinds(split_batch(each_its_own)) == wanted);
    CHECK(codes(split_batch(each_its_own)).empty());
}

TEST_CASE("a line that only looks like a trailer ends no message") {
    const auto bytes = "BHS#^~\\&#A\r" + kMessage + "BTS$2\r" + "BTS#1\r";
    const auto batch = split_batch(bytes);
    CHECK(kinds(batch) == std::vector{Kind::batch_header, Kind::message, Kind::batch_trailer});
    CHECK(batch.pieces[1].text == kMessage + "BTS$2\r");
}

TEST_CASE("wrong counts and missing ends of batches are warned of") {
    CHECK(codes(split_batch("BHS|^~\\&\r" + kMessage + "BTS|2\r")) == "batch-count");
    CHECK(codes(split_batch("FHS|^~\\&\rBHS|^~\\&\r" + kMessage + "BTS\rFTS|4\r")) == "file-count");
    CHECK(codes(split_batch("FHS|^~\\&\r" + kMessage)) == "missing-file-trailer");
    CHECK(codes(split_batch("BHS|^~\\&\r" + kMessage)) == "missing-batch-trailer");
    CHECK(codes(split_batch("BHS|^~\\&\r" + kMessage + "BHS|^~\\&\r" + kMessage + "BTS|1\r")) ==
          "missing-batch-trailer");
    CHECK(codes(split_batch(kMessage + "BTS|1\r")) == "missing-batch-header");
}

TEST_CASE("MLLP frames in a file are taken off") {
    const auto bytes = "\v" + kMessage + "\x1c\r\v" + kMessage + "\x1c\r\n  \v" + kMessage + "\x1c";
    const auto batch = split_batch(bytes);
    REQUIRE(batch.messages() == 3);
    for (const auto& piece : batch.pieces) CHECK(piece.text == kMessage);
    CHECK(batch.warnings.empty());
}

TEST_CASE("a frame that ends in the middle does not swallow the next one") {
    const auto bytes = "\v" + kMessage + "\v" + kMessage + "\x1c\r";
    const auto batch = split_batch(bytes);
    CHECK(batch.messages() == 2);
    CHECK(codes(batch) == "unfinished-frame");
    CHECK(codes(split_batch("\v" + kMessage)) == "unfinished-frame");
}

TEST_CASE("text around messages is ignored with a warning, and blank lines without") {
    const auto bytes = "# captured at noon\n\n" + kMessage + "\n";
    const auto batch = split_batch(bytes);
    REQUIRE(batch.messages() == 1);
    CHECK(batch.pieces[0].line == 3);
    CHECK(codes(batch) == "text-ignored");
    CHECK(codes(split_batch("\xEF\xBB\xBF" + kMessage)).empty());
}

TEST_CASE("segments without an MSH are a fragment; nothing at all is one message that cannot be parsed") {
    const auto bytes = "PID|1\rPV1|1\r" + kMessage;
    const auto batch = split_batch(bytes);
    CHECK(kinds(batch) == std::vector{Kind::fragment, Kind::message});
    CHECK(batch.pieces[0].text == "PID|1\rPV1|1\r");
    for (const auto* nothing : {"", "\r\n", "hello"}) {
        const auto empty = split_batch(nothing);
        CHECK(kinds(empty) == std::vector{Kind::message});
        CHECK(refusal(std::string(empty.pieces[0].text)) == 100);
    }
}

TEST_CASE("an MSH inside a value begins no message, one at the begin of a line does") {
    CHECK(split_batch(with("NTE|1||see MSH|^~\\&\r")).messages() == 1);
    CHECK(split_batch(with("NTE|1||see\rmsh|^~\\&|A\r")).messages() == 2);
}

TEST_CASE("lines of wrapped base64 that look like headers begin nothing") {
    const auto bytes = with("OBX|1|ED|x||^a^b^Base64^QUJD\nMSH/QUJD\nmsH+QUJD\nBHS+/x\nFHSabc\nBTS/x\nFTS+\nQUJD\r");
    const auto batch = split_batch(bytes);
    REQUIRE(batch.pieces.size() == 1);
    CHECK(parsed(std::string(batch.pieces[0].text))->get("OBX-5.5").find("msH+") != std::string::npos);
    CHECK(split_batch(with("NTE|1||x\rMSH#*:@!#GP\r")).messages() == 2);
    CHECK(split_batch(with("NTE|1||x\rMSH|broken|GP\r")).messages() == 2);
}

TEST_CASE("a batch that may not be whole says where and why") {
    CHECK_FALSE(fault_of(split_batch("BHS|^~\\&\r" + kMessage + "BTS|1\r")));
    const auto wrong = fault_of(split_batch("BHS|^~\\&\r" + kMessage + "BTS|2\r"));
    REQUIRE(wrong);
    CHECK(wrong->hl7_code == 100);
    CHECK(wrong->where == "BTS");
    CHECK(fault_of(split_batch("FHS|^~\\&\r" + kMessage))->where == "FTS");
    CHECK(fault_of(split_batch(kMessage + "BTS|1\r"))->where == "BHS");
    CHECK(fault_of(split_batch("# noon\r" + kMessage))->where == "");
}

TEST_CASE("what holds several messages, or an envelope, is told from one message") {
    CHECK_FALSE(is_several(split_batch(kMessage)));
    CHECK(is_several(split_batch(kMessage + kMessage)));
    CHECK(is_several(split_batch("BHS|^~\\&\r" + kMessage + "BTS|1\r")));
    CHECK(begins_batch("\r\nFHS|^~\\&|A\r"));
    CHECK(
        begins_batch("\xEF\xBB\xBF"
                     "BHS|^~\\&|A\r"));
    CHECK_FALSE(begins_batch(kMessage));
    CHECK_FALSE(begins_batch(""));
}

TEST_CASE("the id of a batch is BHS-11, else FHS-11") {
    const std::string bytes = "FHS|^~\\&|||||||||F\rBHS|^~\\&|||||||||B\r" + kMessage + "BTS|1\r" + kMessage + "FTS\r";
    BatchId id;
    std::vector<std::string> ids;
    for (const auto& piece : split_batch(bytes).pieces) {
        id.see(piece);
        if (!is_envelope(piece)) ids.push_back(id.text());
    }
    CHECK(ids == std::vector<std::string>{"B", "F"});
}
