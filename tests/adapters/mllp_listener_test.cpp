#include <doctest/doctest.h>

#include <future>
#include <string>
#include <vector>

#include "net/mllp.hpp"
#include "support/adapters.hpp"
#include "support/peers.hpp"
#include "support/tcp.hpp"

using namespace causeway;
using namespace std::chrono_literals;
using net::mllp_frame;
using test::hl7_field;
using test::Tcp;

namespace {

constexpr auto kSoon = 5000ms;
constexpr auto kQuiet = 150ms;

std::string message(std::string_view control_id = "M1", std::string_view rest = "|P|2.5",
                    std::string_view body = "PID|1||7\r") {
    return "MSH|^~\\&|PAS|RXX|CW|RYY|20260101120000||ADT^A01|" + std::string(control_id) + std::string(rest) + "\r" +
           std::string(body);
}

/// Larger than what costs no memory.
std::string large_message(std::string_view control_id) {
    return message(control_id, "|P|2.5", "PID|1||7\rNTE|1||" + std::string(300'000, 'x') + "\r");
}
/// For one of them.
constexpr std::size_t kLittleMemory = net::BodyBudget::kWeight << 20;

/// A running listener and one connection to it.
struct Line {
    explicit Line(std::string_view options = "port: 0\n", std::size_t memory = 0)
        : channel("mllp_listener", options, ".", nullptr, {memory, {}}), peer(connect()) {}

    Tcp connect() {
        if (channel.address().ends_with(":0")) channel.start();
        return Tcp::connect(channel.port());
    }
    void send(std::string_view frame) { REQUIRE(peer.send(frame)); }
    std::string answer() { return unframe(peer.receive_until("\x1c\r", kSoon)); }
    std::string exchange(std::string_view text) {
        send(mllp_frame(text));
        return answer();
    }
    static std::string unframe(std::string bytes) {
        REQUIRE(bytes.size() > 3);
        return bytes.substr(1, bytes.size() - 3);
    }

    test::Inbound channel;
    Tcp peer;
};

bool names_code(const std::string& acknowledgement, std::string_view code) {
    return hl7_field(acknowledgement, "ERR", 3).starts_with(code);
}

Finding finding(Issue issue, int code = 0) {
    Finding made;
    made.issue = issue;
    made.hl7_code = code;
    made.expression = "PID-3";
    made.text = "Something is wrong.";
    return made;
}

}  // namespace

TEST_CASE("a message is handed over as it came and acknowledged under its own control id") {
    Line line;
    const auto acknowledgement = line.exchange(message("M1"));

    CHECK(hl7_field(acknowledgement, "MSA", 1) == "AA");
    CHECK(hl7_field(acknowledgement, "MSA", 2) == "M1");
    CHECK(hl7_field(acknowledgement, "MSH", 10) != "M1");
    CHECK_FALSE(hl7_field(acknowledgement, "MSH", 10).empty());
    REQUIRE(line.channel.intake.accepted().size() == 1);
    CHECK(line.channel.intake.accepted()[0].body.reveal() == message("M1"));
    CHECK(line.channel.intake.accepted()[0].media_type == kHl7v2);
}

TEST_CASE("nothing is acknowledged before the commit, and nothing more is read") {
    Line line;
    line.channel.intake.hold();
    line.send(mllp_frame(message("M1")) + mllp_frame(message("M2")));

    CHECK_FALSE(line.peer.receive(kQuiet));
    CHECK(line.channel.intake.calls() == 1);

    line.channel.intake.release();
    CHECK(hl7_field(line.answer(), "MSA", 2) == "M1");
    CHECK(hl7_field(line.answer(), "MSA", 2) == "M2");
}

TEST_CASE("a held message of one connection does not hold another's") {
    Line line;
    auto second = Tcp::connect(line.channel.port());
    line.channel.intake.hold();
    line.send(mllp_frame(message("M1")));
    REQUIRE(second.send(mllp_frame(message("M2"))));
    CHECK(test::eventually([&] { return line.channel.intake.calls() == 2; }));
}

TEST_CASE("a large message waits until there is memory; small ones pass meanwhile, and its time does not run") {
    Line line("port: 0\nframe_limit: 2s\n", kLittleMemory);
    line.channel.intake.hold();
    line.send(mllp_frame(large_message("M1")));
    REQUIRE(test::eventually([&] { return line.channel.intake.calls() == 1; }));
    auto second = Tcp::connect(line.channel.port());
    auto sent = std::async(std::launch::async, [&] { return second.send(mllp_frame(large_message("M2"))); });
    auto third = Tcp::connect(line.channel.port());
    REQUIRE(third.send(mllp_frame(message("M3"))));
    CHECK(test::eventually([&] { return line.channel.intake.calls() == 2; }));
    std::this_thread::sleep_for(2200ms);
    CHECK(line.channel.intake.calls() == 2);

    line.channel.intake.release();
    CHECK(hl7_field(line.answer(), "MSA", 2) == "M1");
    const auto answer = Line::unframe(second.receive_until("\x1c\r", kSoon));
    CHECK(hl7_field(answer, "MSA", 1) == "AA");
    CHECK(hl7_field(answer, "MSA", 2) == "M2");
    CHECK(sent.get());
}

TEST_CASE("senders that begin a large message and say no more do not keep others from theirs") {
    Line line("port: 0\nframe_limit: 30s\n", 2 * kLittleMemory);
    const auto begun = "\x0b" + large_message("M1").substr(0, 40'000);
    std::vector<Tcp> stalled;
    for (int i = 0; i < 3; ++i) {
        stalled.push_back(line.connect());
        REQUIRE(stalled.back().send(begun));
    }
    line.send(mllp_frame(large_message("M2")));
    CHECK(hl7_field(Line::unframe(line.peer.receive_until("\x1c\r", 15'000ms)), "MSA", 2) == "M2");
}

TEST_CASE("acknowledgements come in the order of the messages") {
    Line line;
    std::string frames;
    for (int i = 0; i < 50; ++i) frames += mllp_frame(message("M" + std::to_string(i)));
    line.send(frames);
    for (int i = 0; i < 50; ++i) CHECK(hl7_field(line.answer(), "MSA", 2) == "M" + std::to_string(i));
}

TEST_CASE("row 1: HTTP on an MLLP port gets no byte, and the connection is closed") {
    Line line;
    line.send("POST /fhir HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    CHECK(line.peer.is_closed(kSoon));
    CHECK(line.channel.intake.calls() == 0);
    CHECK(line.channel.intake.refused().empty());
}

TEST_CASE("row 2: a frame that is not finished in time is closed and leaves nothing") {
    Line line("port: 0\nframe_limit: 200ms\n");
    line.send("\x0b" + message("M1"));
    CHECK(line.peer.is_closed(kSoon));
    CHECK(line.channel.intake.calls() == 0);
    CHECK(line.channel.intake.refused().empty());
}

TEST_CASE("row 2: the time runs from the first byte, however slowly the rest trickles in") {
    Line line("port: 0\nframe_limit: 300ms\n");
    const auto begun = std::chrono::steady_clock::now();
    line.send("\x0bMSH");
    while (std::chrono::steady_clock::now() - begun < 3s && !line.peer.is_closed(50ms))
        if (!line.peer.send("x")) break;
    CHECK(std::chrono::steady_clock::now() - begun < 2s);
}

TEST_CASE("row 2: a quiet connection between two messages stays open") {
    Line line("port: 0\nframe_limit: 100ms\n");
    CHECK(hl7_field(line.exchange(message("M1")), "MSA", 1) == "AA");
    CHECK_FALSE(line.peer.receive(300ms));
    CHECK(hl7_field(line.exchange(message("M2")), "MSA", 1) == "AA");
}

TEST_CASE("row 3: a frame over the limit is refused with AR 207, kept by its head, and the connection closed") {
    Line line("port: 0\nmax_frame: 1000B\n");
    line.send("\x0b" + message("M1") + std::string(5000, 'x'));
    const auto acknowledgement = line.answer();
    CHECK(hl7_field(acknowledgement, "MSA", 1) == "AR");
    CHECK(hl7_field(acknowledgement, "MSA", 2) == "M1");
    CHECK(names_code(acknowledgement, "207"));
    CHECK(line.peer.is_closed(kSoon));
    REQUIRE(line.channel.intake.refused().size() == 1);
    CHECK(line.channel.intake.refused()[0].submission.body.reveal().starts_with(message("M1")));
    CHECK(line.channel.intake.accepted().empty());
}

TEST_CASE("row 3: the sender of a frame that is far over the limit hears why, although it is still sending") {
    Line line("port: 0\nmax_frame: 1000B\n");
    line.send(mllp_frame(message("BIG", "|P|2.5", "PID|1||7\r" + std::string(30'000'000, 'x'))));
    const auto answer = line.answer();
    CHECK(hl7_field(answer, "MSA", 1) == "AR");
    CHECK(hl7_field(answer, "MSA", 2) == "BIG");
}

TEST_CASE("row 3: without a readable MSH an oversized frame is closed without a word") {
    Line line("port: 0\nmax_frame: 1000B\n");
    line.send("\x0b" + std::string(5000, 'x'));
    CHECK(line.peer.is_closed(kSoon));
}

TEST_CASE("row 4: an empty frame gets AE 100 with an empty MSA-2, and the next message is taken") {
    Line line;
    const auto acknowledgement = line.exchange("");
    CHECK(hl7_field(acknowledgement, "MSA", 1) == "AE");
    CHECK(hl7_field(acknowledgement, "MSA", 2).empty());
    CHECK(acknowledgement.find("100") != std::string::npos);
    CHECK(hl7_field(line.exchange(message("M1")), "MSA", 1) == "AA");
}

TEST_CASE("row 5: bytes without a readable MSH get AE 100 and are kept as refused") {
    for (const std::string& text : std::vector<std::string>{"PID|1||7\r", "MSH", "MSHX", "nonsense", "MSH\r"}) {
        Line line;
        const auto acknowledgement = line.exchange(text);
        CHECK(hl7_field(acknowledgement, "MSA", 1) == "AE");
        CHECK(hl7_field(acknowledgement, "MSA", 2).empty());
        CHECK(acknowledgement.find("100") != std::string::npos);
        REQUIRE(line.channel.intake.refused().size() == 1);
        CHECK(line.channel.intake.refused()[0].submission.body.reveal() == text);
    }
}

TEST_CASE("row 6: a message without a control id gets AE 101") {
    Line line;
    const auto acknowledgement = line.exchange(message(""));
    CHECK(hl7_field(acknowledgement, "MSA", 1) == "AE");
    CHECK(hl7_field(acknowledgement, "MSA", 2).empty());
    CHECK(names_code(acknowledgement, "101"));
}

TEST_CASE("row 10: a second MSH in one frame refuses all of it with AE 100") {
    Line line;
    const auto acknowledgement = line.exchange(message("M1") + message("M2"));
    CHECK(hl7_field(acknowledgement, "MSA", 1) == "AE");
    CHECK(names_code(acknowledgement, "100"));
    CHECK(line.channel.intake.accepted().empty());
}

TEST_CASE("row 12: a duplicate gets the same acknowledgement, byte for byte") {
    Line line;
    const auto first = line.exchange(message("M1"));
    CHECK(line.exchange(message("M1")) == first);
    CHECK(line.channel.intake.accepted().size() == 1);
}

TEST_CASE("row 13: another message under a used control id gets AE 205") {
    Line line;
    line.exchange(message("M1"));
    const auto acknowledgement = line.exchange(message("M1", "|P|2.5", "PID|1||8\r"));
    CHECK(hl7_field(acknowledgement, "MSA", 1) == "AE");
    CHECK(names_code(acknowledgement, "205"));
}

TEST_CASE("row 16: what cannot be stored is not acknowledged, and the connection is closed") {
    Line line;
    line.channel.intake.fail_with(fail(Issue::no_store, "", "The disk is full.", Retry::later));
    line.send(mllp_frame(message("M1")));
    CHECK(line.peer.is_closed(kSoon));

    line.channel.intake.fail_with(std::nullopt);
    line.peer = line.connect();
    CHECK(hl7_field(line.exchange(message("M1")), "MSA", 1) == "AA");
}

TEST_CASE("row 16: a refusal that cannot be stored is not acknowledged either") {
    Line line;
    line.channel.intake.fail_with(fail(Issue::no_store, "", "The disk is full.", Retry::later));
    line.send(mllp_frame("nonsense"));
    CHECK(line.peer.is_closed(kSoon));
}

TEST_CASE("row 16: at a configured limit the answer is AR 207") {
    Line line;
    line.channel.intake.fail_with(fail(Issue::no_store, "", "The disk is nearly full.", Retry::later, 207));
    const auto acknowledgement = line.exchange(message("M1"));
    CHECK(hl7_field(acknowledgement, "MSA", 1) == "AR");
    CHECK(hl7_field(acknowledgement, "MSA", 2) == "M1");
    CHECK(names_code(acknowledgement, "207"));
}

TEST_CASE("the acknowledgement code comes from table 0357, or from the kind of error") {
    struct Case {
        Finding finding;
        std::string_view code, error;
    };
    const std::vector<Case> cases = {
        {finding(Issue::required, 101), "AE", "101"},      {finding(Issue::value, 102), "AE", "102"},
        {finding(Issue::code_invalid, 103), "AE", "103"},  {finding(Issue::not_found, 204), "AE", "204"},
        {finding(Issue::not_supported, 200), "AR", "200"}, {finding(Issue::not_supported, 201), "AR", "201"},
        {finding(Issue::not_supported, 202), "AR", "202"}, {finding(Issue::not_supported, 203), "AR", "203"},
        {finding(Issue::required), "AE", "101"},           {finding(Issue::business_rule), "AE", "102"},
        {finding(Issue::code_invalid), "AE", "103"},       {finding(Issue::invariant), "AE", "102"},
        {finding(Issue::not_supported), "AR", "200"},
    };
    Line line;
    int number = 0;
    for (const auto& [why, code, error] : cases) {
        line.channel.intake.refuse_with(why);
        const auto acknowledgement = line.exchange(message("M" + std::to_string(++number)));
        CHECK(hl7_field(acknowledgement, "MSA", 1) == code);
        CHECK(names_code(acknowledgement, error));
        CHECK(hl7_field(acknowledgement, "ERR", 2).starts_with("PID"));
    }
}

TEST_CASE("enhanced mode: MSH-15 decides whether CA or CR comes") {
    Line line;
    CHECK(hl7_field(line.exchange(message("M1", "|P|2.5|||AL|NE")), "MSA", 1) == "CA");
    CHECK(hl7_field(line.exchange(message("M2", "|P|2.5|||SU|NE")), "MSA", 1) == "CA");

    line.send(mllp_frame(message("M3", "|P|2.5|||NE|NE")) + mllp_frame(message("M4", "|P|2.5|||ER|NE")));
    CHECK_FALSE(line.peer.receive(kQuiet));
    CHECK(line.channel.intake.accepted().size() == 4);

    line.channel.intake.refuse_with(finding(Issue::not_supported, 200));
    CHECK(hl7_field(line.exchange(message("M5", "|P|2.5|||ER|NE")), "MSA", 1) == "CR");
    line.channel.intake.refuse_with(finding(Issue::value, 102));
    CHECK(hl7_field(line.exchange(message("M6", "|P|2.5|||AL|AL")), "MSA", 1) == "CE");
}

TEST_CASE("enhanced mode: who asks for an application acknowledgement alone gets it at once") {
    Line line;
    CHECK(hl7_field(line.exchange(message("M1", "|P|2.5|||NE|AL")), "MSA", 1) == "AA");
    CHECK(hl7_field(line.exchange(message("M2", "|P|2.5||||AL")), "MSA", 1) == "AA");
    // What is not in table 0155 counts as AL.
    CHECK(hl7_field(line.exchange(message("M3", "|P|2.5||||UNICODE UTF-8")), "MSA", 1) == "AA");
}

TEST_CASE("an acknowledgement is never acknowledged, but kept") {
    Line line;
    line.send(mllp_frame("MSH|^~\\&|A|B|C|D|20260101||ACK^A01|X1|P|2.5\rMSA|AA|M1\r"));
    CHECK_FALSE(line.peer.receive(kQuiet));
    CHECK(line.channel.intake.refused().size() == 1);
    CHECK(hl7_field(line.exchange(message("M1")), "MSA", 1) == "AA");
}

TEST_CASE("a VT inside a frame: the fragment is refused with AE 100, the message behind it is taken") {
    Line line;
    line.send("\x0b" + message("M1") + "OBX|1|TX|cut o" + mllp_frame(message("M2")));
    const auto acknowledgement = line.answer();
    CHECK(hl7_field(acknowledgement, "MSA", 1) == "AE");
    CHECK(hl7_field(acknowledgement, "MSA", 2) == "M1");
    CHECK(names_code(acknowledgement, "100"));
    CHECK(hl7_field(line.answer(), "MSA", 2) == "M2");
    REQUIRE(line.channel.intake.accepted().size() == 1);
}

TEST_CASE("a message without VT is refused with AE 100") {
    Line line;
    line.send(message("M1") + "\x1c\r");
    const auto acknowledgement = line.answer();
    CHECK(hl7_field(acknowledgement, "MSA", 1) == "AE");
    CHECK(hl7_field(acknowledgement, "MSA", 2) == "M1");
    CHECK(line.channel.intake.accepted().empty());
}

TEST_CASE("lenient framing passes and is counted") {
    Line line;
    line.send("\r\n\x0b" + message("M1") + "\x1c\n");
    CHECK(hl7_field(line.answer(), "MSA", 1) == "AA");
    line.send("\x0b" + message("M2") + "\x1c");
    CHECK(hl7_field(line.answer(), "MSA", 1) == "AA");
    CHECK(line.channel.metrics.text().find("causeway_adapter_warnings_total{channel=\"canal\"} 3") !=
          std::string::npos);
}

TEST_CASE("a sender that stops writing still hears its acknowledgement") {
    Line line;
    line.send(mllp_frame(message("M1")));
    line.peer.finish_writing();
    CHECK(hl7_field(line.answer(), "MSA", 1) == "AA");
    CHECK(line.peer.is_closed(kSoon));
}

TEST_CASE("an idle limit closes a quiet connection") {
    Line line("port: 0\nidle: 100ms\n");
    CHECK(line.peer.is_closed(kSoon));
}

TEST_CASE("a stop lets the message in flight be answered, and takes no other") {
    Line line;
    line.channel.intake.hold();
    line.send(mllp_frame(message("M1")) + mllp_frame(message("M2")));
    REQUIRE(test::eventually([&] { return line.channel.intake.calls() == 1; }));
    auto stopped = line.channel.background.start(line.channel.adapter().stop(5s));
    std::this_thread::sleep_for(50ms);
    line.channel.intake.release();
    CHECK(hl7_field(line.answer(), "MSA", 2) == "M1");
    REQUIRE(stopped.wait_for(5s) == std::future_status::ready);
}

TEST_CASE("release 2: a commit block says that a message is stored, before its acknowledgement") {
    Line line("port: 0\ncommit_blocks: true\n");
    line.send(mllp_frame(message("M1")));
    CHECK(line.answer() == "\x06");
    CHECK(hl7_field(line.answer(), "MSA", 2) == "M1");
    // The peer's own block for our acknowledgement, then the next message, whose sender wants no acknowledgement.
    line.send(net::mllp_commit_block(true) + mllp_frame(message("M2", "|P|2.5|||NE|NE")));
    CHECK(line.answer() == "\x06");
    CHECK_FALSE(line.peer.receive(kQuiet));
    CHECK(line.channel.intake.accepted().size() == 2);
}

TEST_CASE("release 2: what is not stored is answered by a NAK block") {
    Line line("port: 0\ncommit_blocks: true\n");
    line.channel.intake.fail_with(fail(Issue::no_store, "", "No room.", Retry::later));
    line.send(mllp_frame(message("M1")));
    CHECK(line.answer() == "\x15");
    CHECK(line.peer.is_closed(kSoon));
}

TEST_CASE("without release 2 a commit block is no message") {
    Line line;
    line.send(net::mllp_commit_block(true));
    CHECK(hl7_field(line.answer(), "MSA", 1) == "AE");
}

TEST_CASE("acknowledgements that are taken are answered at commit level, and only where they ask for it") {
    Line line("port: 0\nacknowledgements: take\n");
    const auto ack = [](const std::string& id, const std::string& modes) {
        return "MSH|^~\\&|PAS|RXX|CW|RYY|2026||ACK^A01^ACK|" + id + "|P|2.5" + modes + "\rMSA|AA|X1\r";
    };
    const auto answer = line.exchange(ack("A1", "|||AL|NE"));
    CHECK(hl7_field(answer, "MSA", 1) == "CA");
    CHECK(hl7_field(answer, "MSA", 2) == "A1");
    int number = 0;
    for (const auto* modes : {"", "|||NE|NE", "|||ER|NE", "||||AL"}) {
        line.send(mllp_frame(ack("B" + std::to_string(++number), modes)));
        CHECK_FALSE(line.peer.receive(kQuiet));
    }
    CHECK(line.channel.intake.accepted().size() == 5);
}

TEST_CASE("release 2: an acknowledgement that goes nowhere gets its block all the same") {
    Line line("port: 0\ncommit_blocks: true\n");
    line.send(mllp_frame("MSH|^~\\&|PAS|RXX|CW|RYY|2026||ACK|A1|P|2.5\rMSA|AA|X1\r"));
    CHECK(line.answer() == "\x06");
    CHECK_FALSE(line.peer.receive(kQuiet));
}
