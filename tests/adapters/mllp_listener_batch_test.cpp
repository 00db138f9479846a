#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "core/text.hpp"
#include "hl7v2/acknowledgement.hpp"
#include "hl7v2/batch.hpp"
#include "net/mllp.hpp"
#include "support/adapters.hpp"
#include "support/peers.hpp"
#include "support/tcp.hpp"

using namespace causeway;
using namespace std::chrono_literals;
using net::mllp_frame;
using test::hl7_field;
using test::Tcp;
using Kind = hl7v2::Piece::Kind;

namespace {

constexpr auto kSoon = 5000ms;
constexpr auto kQuiet = 150ms;
const std::string kFileHeader = "FHS|^~\\&|PAS|RXX|CW|RYY|20260101120000||||F7\r";
const std::string kBatchHeader = "BHS|^~\\&|PAS|RXX|CW|RYY|20260101120000||||B7\r";

std::string message(const std::string& id, const std::string& modes = "") {
    return "MSH|^~\\&|PAS|RXX|CW|RYY|20260101120000||ADT^A01|" + id + "|P|2.5|||" + modes + "\rPID|1||7\r";
}

std::string bad(const std::string& id) {
    return "MSH|^~\\&|PAS|RXX|CW|RYY|20260101120000||ADT^A01|" + id + "|P|9.9\rPID|1||7\r";
}

/// A listener that splits, and one connection to it.
struct Line {
    explicit Line(const std::string& options = "batches: split\n")
        : channel("mllp_listener", "port: 0\n" + options), peer(connect()) {}

    Tcp connect() {
        channel.start();
        return Tcp::connect(channel.port());
    }
    std::string answer() {
        auto bytes = peer.receive_until("\x1c\r", kSoon);
        REQUIRE(bytes.size() > 3);
        return bytes.substr(1, bytes.size() - 3);
    }
    std::string exchange(const std::string& frame) {
        REQUIRE(peer.send(mllp_frame(frame)));
        return answer();
    }
    std::vector<std::string> taken() const {
        std::vector<std::string> all;
        for (const auto& one : channel.intake.accepted()) all.emplace_back(one.body.reveal());
        return all;
    }

    test::Inbound channel;
    Tcp peer;
};

/// "AA M1, AE M2": the acknowledgements of a batch.
std::string heard(const std::string& answer) {
    std::string all;
    for (const auto& piece : hl7v2::split_batch(answer).pieces) {
        if (piece.kind != Kind::message) continue;
        const auto read = hl7v2::read_answer(piece.text);
        REQUIRE(read.has_value());
        all += (all.empty() ? "" : ", ") + read->code + ' ' + read->control_id;
    }
    return all;
}

}  // namespace

TEST_CASE("a batch is split: each message is taken on its own, and one batch of acknowledgements answers") {
    Line line;
    const auto answer = line.exchange(kBatchHeader + message("M1") + message("M2") + "BTS|2\r");

    CHECK(line.taken() == std::vector{message("M1"), message("M2")});
    for (const auto& one : line.channel.intake.accepted()) CHECK(one.batch == "B7");
    CHECK(answer.starts_with("BHS|^~\\&|CW|RYY|PAS|RXX|"));
    CHECK(hl7_field(answer, "BHS", 11) == "B7");  // BHS-12, since the separator is BHS-1.
    CHECK(hl7_field(answer, "BTS", 1) == "2");
    CHECK(heard(answer) == "AA M1, AA M2");
    CHECK(hl7v2::split_batch(answer).warnings.empty());
}

TEST_CASE("each acknowledgement of a batch has a control id of its own") {
    Line line;
    const auto answer = line.exchange(kBatchHeader + message("M1") + message("M2") + "BTS|2\r");
    std::vector<std::string> ids;
    for (const auto& piece : hl7v2::split_batch(answer).pieces)
        if (piece.kind == Kind::message) ids.push_back(hl7v2::read_header(piece.text)->message_control_id);
    REQUIRE(ids.size() == 2);
    CHECK(ids[0] != ids[1]);
    for (const auto& id : ids) CHECK(id.size() <= 20);
}

TEST_CASE("nothing of a batch is acknowledged before all of it is committed") {
    Line line;
    line.channel.intake.hold();
    REQUIRE(line.peer.send(mllp_frame(message("M1") + message("M2"))));
    CHECK_FALSE(line.peer.receive(kQuiet));
    line.channel.intake.release();
    CHECK(heard(line.answer()) == "AA M1");
    CHECK(heard(line.answer()) == "AA M2");
}

TEST_CASE("one bad message of a batch is refused, and the others are taken") {
    Line line;
    const auto answer = line.exchange(kBatchHeader + message("M1") + bad("M2") + message("M3") + "BTS|3\r");
    CHECK(heard(answer) == "AA M1, AR M2, AA M3");
    CHECK(line.taken() == std::vector{message("M1"), message("M3")});
    REQUIRE(line.channel.intake.refused().size() == 1);
    CHECK(line.channel.intake.refused()[0].submission.body.reveal() == bad("M2"));
}

TEST_CASE("a file of batches is answered by a file of batches") {
    Line line;
    const auto answer = line.exchange(kFileHeader + kBatchHeader + message("M1") + "BTS|1\r" +
                                      "BHS|^~\\&|LAB|RXX|CW|RYY|20260101||||B8\r" + message("M2") + "BTS|1\rFTS|2\r");
    CHECK(answer.starts_with("FHS|"));
    CHECK(hl7_field(answer, "FHS", 11) == "F7");
    CHECK(hl7_field(answer, "FTS", 1) == "2");
    CHECK(answer.find("|LAB|RXX|") != std::string::npos);
    CHECK(heard(answer) == "AA M1, AA M2");
    CHECK(line.channel.intake.accepted()[1].batch == "B8");
}

TEST_CASE("a batch in its own delimiters is answered in them") {
    Line line;
    const auto answer = line.exchange("BHS#*~\\&#PAS#RXX#CW#RYY#2026####B7\r" + message("M1") + "BTS#1\r");
    CHECK(answer.starts_with("BHS#*~\\&#CW#RYY#PAS#RXX#"));
    CHECK(answer.find("\rBTS#1\r") != std::string::npos);
}

TEST_CASE("messages that only follow each other get a frame each, or a batch where the channel says so") {
    Line line;
    CHECK(line.exchange(message("M1") + message("M2")).starts_with("MSH|"));
    CHECK(hl7_field(line.answer(), "MSA", 2) == "M2");

    Line batch("batches: split\nbatch_answer: batch\n");
    const auto answer = batch.exchange(message("M1") + message("M2"));
    CHECK(answer.starts_with("BHS|^~\\&|CW|RYY|PAS|RXX|"));
    CHECK(heard(answer) == "AA M1, AA M2");

    Line each("batches: split\nbatch_answer: each\n");
    CHECK(each.exchange(kBatchHeader + message("M1") + message("M2") + "BTS|2\r").starts_with("MSH|"));
    CHECK(hl7_field(each.answer(), "MSA", 2) == "M2");
}

TEST_CASE("MSH-15 of each message decides whether the batch of acknowledgements names it") {
    Line line;
    const auto answer = line.exchange(kBatchHeader + message("M1", "AL|NE") + message("M2", "ER|NE") +
                                      message("M3", "NE|NE") + message("M4") + "BTS|4\r");
    CHECK(heard(answer) == "CA M1, AA M4");
    CHECK(hl7_field(answer, "BTS", 1) == "2");
    // Where no message wants one, there is nothing on the wire, as with single messages.
    REQUIRE(line.peer.send(mllp_frame(kBatchHeader + message("M5", "ER|NE") + "BTS|1\r")));
    CHECK(heard(line.exchange(kBatchHeader + message("M6") + "BTS|1\r")) == "AA M6");
    CHECK(line.taken().size() == 6);
}

TEST_CASE("a wrong count refuses the whole batch, and each message hears so") {
    for (const std::string tail : {"BTS|3\r", ""}) {
        Line line;
        const auto batch = kBatchHeader + message("M1") + message("M2") + tail;
        const auto answer = line.exchange(batch);
        CHECK(heard(answer) == "AE M1, AE M2");
        CHECK(hl7_field(answer, "ERR", 3).starts_with("100"));
        CHECK(line.taken().empty());
        REQUIRE(line.channel.intake.refused().size() == 1);
        CHECK(line.channel.intake.refused()[0].submission.body.reveal() == batch);
    }
    Line file;
    CHECK(heard(file.exchange(kFileHeader + kBatchHeader + message("M1") + "BTS|1\rFTS|2\r")) == "AE M1");
    CHECK(file.taken().empty());
}

TEST_CASE("a channel may take a batch whose counts are wrong") {
    Line line("batches: split\nbatch_faults: warn\n");
    CHECK(heard(line.exchange(kBatchHeader + message("M1") + "BTS|3\r")) == "AA M1");
    CHECK(line.taken().size() == 1);
}

TEST_CASE("where the ledger stops serving, a batch is not half acknowledged") {
    Line line;
    line.channel.intake.fail_with(fail(Issue::no_store, "", "No room.", Retry::later));
    REQUIRE(line.peer.send(mllp_frame(kBatchHeader + message("M1") + message("M2") + "BTS|2\r")));
    CHECK(line.peer.is_closed(kSoon));
    CHECK(line.peer.receive_until("\x1c\r", kQuiet).empty());

    Line limited;
    limited.channel.intake.fail_with(fail(Issue::no_store, "", "A limit.", Retry::later, 207));
    const auto answer = limited.exchange(kBatchHeader + message("M1") + message("M2") + "BTS|2\r");
    CHECK(heard(answer) == "AR M1, AR M2");
    CHECK(limited.channel.intake.calls() == 1);  // Nothing overtakes what comes again.
}

TEST_CASE("a batch that comes again is answered alike and taken once") {
    Line line;
    const auto batch = kBatchHeader + message("M1") + message("M2") + "BTS|2\r";
    const auto first = line.exchange(batch);
    CHECK(line.exchange(batch) == first);
    CHECK(line.taken().size() == 2);
}

TEST_CASE("segments before the first message are refused and kept, and the messages are taken") {
    Line line;
    REQUIRE(line.peer.send(mllp_frame("PID|1||8\r" + message("M1"))));
    CHECK(heard(line.answer()) == "AE ");
    CHECK(heard(line.answer()) == "AA M1");
    REQUIRE(line.channel.intake.refused().size() == 1);
    CHECK(line.channel.intake.refused()[0].submission.body.reveal() == "PID|1||8\r");
}

TEST_CASE("acknowledgements in a batch are kept and not answered") {
    Line line;
    const auto ack = "MSH|^~\\&|A|B|C|D|2026||ACK|A1|P|2.5\rMSA|AA|X1\r";
    CHECK(heard(line.exchange(kBatchHeader + ack + message("M1") + "BTS|2\r")) == "AA M1");
    CHECK(line.channel.intake.refused().size() == 1);
}

TEST_CASE("by default a batch is refused with one AE 100, and nothing of it is taken") {
    for (const auto& batch : {kBatchHeader + message("M1") + message("M2") + "BTS|2\r", message("M1") + message("M2"),
                              kFileHeader + message("M1") + "FTS|1\r"}) {
        Line line("");
        const auto answer = line.exchange(batch);
        CHECK(heard(answer) == "AE M1");
        CHECK(hl7_field(answer, "ERR", 3).starts_with("100"));
        CHECK_FALSE(line.peer.receive(kQuiet));
        CHECK(line.taken().empty());
    }
}

TEST_CASE("a single message on a channel that splits is answered as ever") {
    Line line;
    CHECK(heard(line.exchange(message("M1"))) == "AA M1");
    CHECK(line.channel.intake.accepted()[0].batch.empty());
}

TEST_CASE("settings of batches beside batches that are refused are told of") {
    const auto& spec = test::adapter_named("mllp_listener");
    const auto advice = [&](const std::string& yaml) { return spec.advice(test::settings(spec, "port: 0\n" + yaml)); };
    CHECK(advice("batch_answer: each\n").find("batches: split") != std::string::npos);
    CHECK(advice("batch_faults: warn\n").find("batch_faults") != std::string::npos);
    CHECK(advice("batches: split\nbatch_answer: each\n").empty());
    CHECK(advice("").empty());
}
