#include <doctest/doctest.h>

#include <atomic>
#include <string>
#include <thread>

#include "net/mllp.hpp"
#include "support/adapters.hpp"
#include "support/certificates.hpp"
#include "support/peers.hpp"

using namespace causeway;
using namespace std::chrono_literals;
using Outcome = Receipt::Outcome;
using test::hl7_field;
using test::mllp_ack;
using test::Reply;

namespace {

Delivery delivery(std::string_view control_id = "C1", std::string_view tail = "|P|2.5\rPID|1||7\r") {
    Delivery made;
    made.obligation = "O" + std::string(control_id);
    made.message = "M1";
    made.media_type = kHl7v2;
    made.payload =
        Payload("MSH|^~\\&|CW|RYY|PAS|RXX|20260101120000||REF^I12|" + std::string(control_id) + std::string(tail));
    return made;
}

std::string control_id_of(const std::string& request) {
    return hl7_field(request, "MSH", 10);
}

/// A peer that answers so, and a sender to it.
struct Line {
    explicit Line(test::Peer::Answer answer, std::string_view options = "acknowledgement_limit: 5s\n")
        : peer(test::read_frame, std::move(answer)),
          sender("mllp_sender", "host: 127.0.0.1\nport: " + std::to_string(peer.port()) + "\n" + std::string(options)) {
    }

    test::Peer peer;
    test::Outbound sender;
};

Reply acknowledge(const std::string& request) {
    return {mllp_ack("AA", control_id_of(request))};
}

/// Always the same code, with these further segments.
test::Peer::Answer always(std::string code, std::string extra = "") {
    return [code, extra](const std::string& request) { return Reply{mllp_ack(code, control_id_of(request), extra)}; };
}

}  // namespace

TEST_CASE("a message is sent as it is, and AA under its control id confirms it") {
    Line line(acknowledge);
    const auto receipt = line.sender.deliver(delivery("C1")).value();
    CHECK(receipt.outcome == Outcome::confirmed);
    CHECK(receipt.detail == "AA");
    CHECK(receipt.answer.reveal().starts_with("MSH|"));
    REQUIRE(line.peer.requests().size() == 1);
    CHECK(line.peer.requests()[0] == delivery("C1").payload.reveal());
}

TEST_CASE("what could never be sent is told without sending it") {
    const auto& spec = test::adapter_named("mllp_sender");
    CHECK_FALSE(spec.unsendable(delivery("C1")).has_value());
    auto other = delivery();
    other.media_type = kFhirJson;
    other.payload = Payload("{}");
    const auto why = spec.unsendable(other);
    REQUIRE(why);
    CHECK(why->what.find("takes HL7 v2 messages only") != std::string::npos);
}

TEST_CASE("deliveries share one connection, one in flight at a time") {
    Line line(acknowledge);
    for (int i = 0; i < 5; ++i)
        CHECK(line.sender.deliver(delivery("C" + std::to_string(i))).value().outcome == Outcome::confirmed);
    CHECK(line.peer.connections() == 1);
}

TEST_CASE("deliveries that overlap each get their own acknowledgement") {
    Line line(acknowledge, "connections: 3\n");
    std::vector<std::future<Result<Receipt>>> receipts;
    for (int i = 0; i < 30; ++i) receipts.push_back(line.sender.start(delivery("C" + std::to_string(i))));
    for (int i = 0; i < 30; ++i) {
        const auto receipt = receipts[static_cast<std::size_t>(i)].get().value();
        CHECK(receipt.outcome == Outcome::confirmed);
        CHECK(hl7_field(std::string(receipt.answer.reveal()), "MSA", 2) == "C" + std::to_string(i));
    }
    CHECK(line.peer.connections() <= 3);
}

TEST_CASE("AE, AR, CE and CR refuse, and say with which code and where") {
    for (const std::string& code : std::vector<std::string>{"AE", "AR", "CE", "CR"}) {
        Line line(always(code, "ERR||PID^1^3|102|E|||Miss Test\r"));
        const auto receipt = line.sender.deliver(delivery()).value();
        CHECK(receipt.outcome == Outcome::refused);
        CHECK(receipt.detail.starts_with(code + " 102"));
        CHECK(receipt.detail.find("Test") == std::string::npos);
        CHECK_FALSE(receipt.transient);
    }
}

TEST_CASE("AR 207 may be tried again only where the destination says so") {
    const std::string error = "ERR|||207|E\r";
    CHECK_FALSE(Line(always("AR", error)).sender.deliver(delivery()).value().transient);
    CHECK(Line(always("AR", error), "retry_internal_error: true\n").sender.deliver(delivery()).value().transient);
    CHECK_FALSE(Line(always("AR", "ERR|||102|E\r"), "retry_internal_error: true\n")
                    .sender.deliver(delivery())
                    .value()
                    .transient);
}

TEST_CASE("CA confirms, unless the application acknowledgement is awaited") {
    CHECK(Line(always("CA")).sender.deliver(delivery()).value().outcome == Outcome::confirmed);

    Line both(
        [](const std::string& request) {
            return Reply{mllp_ack("CA", control_id_of(request)) + mllp_ack("AE", control_id_of(request))};
        },
        "await: application\n");
    CHECK(both.sender.deliver(delivery()).value().outcome == Outcome::refused);

    Line only(always("CA"), "await: application\nacknowledgement_limit: 200ms\n");
    CHECK(only.sender.deliver(delivery()).value().outcome == Outcome::unknown);
}

TEST_CASE("a foreign acknowledgement is dropped and counted, whatever it says; the right one behind it counts") {
    Line line([](const std::string& request) {
        return Reply{mllp_ack("AA", "OTHER") + mllp_ack("AE", control_id_of(request) + "X") +
                     mllp_ack("AA", control_id_of(request))};
    });
    CHECK(line.sender.deliver(delivery()).value().outcome == Outcome::confirmed);
    CHECK(line.sender.metrics.text().find("causeway_adapter_foreign_answers_total{destination=\"ziel\"} 2") !=
          std::string::npos);
}

TEST_CASE("a foreign acknowledgement alone leaves the outcome unknown") {
    Line line([](const std::string&) { return Reply{mllp_ack("AA", "OTHER")}; }, "acknowledgement_limit: 200ms\n");
    CHECK(line.sender.deliver(delivery()).value().outcome == Outcome::unknown);
}

TEST_CASE("an acknowledgement that comes after its time-out is never credited to the next message") {
    std::atomic<int> count = 0;
    Line line(
        [&](const std::string& request) {
            if (++count == 1) {
                std::this_thread::sleep_for(400ms);
                return Reply{mllp_ack("AA", control_id_of(request))};
            }
            return Reply{mllp_ack("AE", control_id_of(request))};
        },
        "acknowledgement_limit: 200ms\n");
    CHECK(line.sender.deliver(delivery("C1")).value().outcome == Outcome::unknown);
    std::this_thread::sleep_for(400ms);
    CHECK(line.sender.deliver(delivery("C2")).value().outcome == Outcome::refused);
    CHECK(line.peer.connections() == 2);
}

TEST_CASE("an acknowledgement that nobody asked for makes the connection unfit for the next message") {
    Line line([](const std::string& request) {
        return Reply{mllp_ack("AA", control_id_of(request)) + mllp_ack("AA", "C2")};
    });
    CHECK(line.sender.deliver(delivery("C1")).value().outcome == Outcome::confirmed);
    std::this_thread::sleep_for(50ms);
    CHECK(line.sender.deliver(delivery("C2")).value().outcome == Outcome::confirmed);
    CHECK(line.peer.connections() == 2);
    CHECK(line.peer.requests().size() == 2);
}

TEST_CASE("nobody listens: nothing was sent, and a later attempt may work") {
    std::uint16_t port = 0;
    { port = test::TcpServer().port(); }
    test::Outbound sender("mllp_sender", "host: 127.0.0.1\nport: " + std::to_string(port) + "\n");
    const auto receipt = sender.deliver(delivery());
    REQUIRE(receipt.has_error());
    CHECK(receipt.error().retry == Retry::later);
}

TEST_CASE("a peer that closes after the message leaves the outcome unknown") {
    Line line([](const std::string&) { return Reply{"", true}; });
    CHECK(line.sender.deliver(delivery()).value().outcome == Outcome::unknown);
}

TEST_CASE("a peer that closed between two messages is noticed before the next is sent") {
    Line line([](const std::string& request) { return Reply{mllp_ack("AA", control_id_of(request)), true}; });
    CHECK(line.sender.deliver(delivery("C1")).value().outcome == Outcome::confirmed);
    std::this_thread::sleep_for(50ms);
    CHECK(line.sender.deliver(delivery("C2")).value().outcome == Outcome::confirmed);
}

TEST_CASE("an answer that is no MLLP, or too long, leaves the outcome unknown") {
    Line html([](const std::string&) { return Reply{std::string(4000, '<')}; });
    CHECK(html.sender.deliver(delivery()).value().outcome == Outcome::unknown);
    Line longer([](const std::string&) { return Reply{"\x0b" + std::string(4000, 'M')}; }, "max_answer: 1000B\n");
    CHECK(longer.sender.deliver(delivery()).value().outcome == Outcome::unknown);
}

TEST_CASE("an acknowledgement in small pieces, or with FS alone, is understood") {
    Line line([](const std::string& request) {
        auto answer = mllp_ack("AA", control_id_of(request));
        answer.pop_back();
        return Reply{answer};
    });
    CHECK(line.sender.deliver(delivery()).value().outcome == Outcome::confirmed);
}

TEST_CASE("what cannot be sent is never tried: no header, no control id, framing bytes inside") {
    Line line(acknowledge);
    for (auto broken : {delivery(""), delivery("C1", "|P|2.5\rOBX|1||\x1c\r")}) {
        const auto receipt = line.sender.deliver(broken);
        REQUIRE(receipt.has_error());
        CHECK(receipt.error().retry == Retry::never);
    }
    Delivery json;
    json.obligation = "O1";
    json.payload = Payload("{}");
    CHECK(line.sender.deliver(json).has_error());
    CHECK(line.peer.requests().empty());
}

TEST_CASE("a stop ends an attempt in flight by its deadline, as unknown") {
    Line line([](const std::string&) { return Reply{}; });
    auto receipt = line.sender.start(delivery());
    REQUIRE(test::eventually([&] { return line.peer.requests().size() == 1; }));
    line.sender.stop(100ms);
    REQUIRE(receipt.wait_for(2s) == std::future_status::ready);
    CHECK(receipt.get().value().outcome == Outcome::unknown);
    CHECK(line.sender.deliver(delivery()).has_error());
}

TEST_CASE("with client certificates on both sides a message goes from sender to listener, and the subject with it") {
    test::Authority authority;
    const auto server = authority.server();
    const auto client = authority.client("pas.example");
    const auto ca = authority.file().string();
    test::Inbound listener("mllp_listener", "port: 0\ntls: {certificate: " + server.certificate.string() +
                                                ", key: " + server.key.string() + ", client_ca: " + ca + "}\n");
    const auto peer = "host: 127.0.0.1\nport: " + std::to_string(listener.start().port()) + "\n";

    test::Outbound known("mllp_sender", peer + "tls: {ca: " + ca + ", certificate: " + client.certificate.string() +
                                            ", key: " + client.key.string() + "}\n");
    CHECK(known.deliver(delivery("C1")).value().outcome == Outcome::confirmed);
    CHECK(known.deliver(delivery("C2")).value().outcome == Outcome::confirmed);
    REQUIRE(listener.intake.accepted().size() == 2);
    CHECK(listener.intake.accepted()[0].sender.find("pas.example") != std::string::npos);

    for (const auto* tls : {"", "tls: {}\n"}) {
        test::Outbound unknown("mllp_sender", peer + tls + "acknowledgement_limit: 1s\n");
        const auto receipt = unknown.deliver(delivery("C3"));
        CHECK((receipt.has_error() || receipt->outcome == Outcome::unknown));
    }
    CHECK(listener.intake.accepted().size() == 2);
}

namespace {

/// A peer that follows the sequence number protocol; `expected` is what it keeps.
struct NumberedPeer {
    explicit NumberedPeer(std::string its_expected) : expected(std::move(its_expected)) {}

    Reply operator()(const std::string& request) {
        const auto number = hl7_field(request, "MSH", 13);
        numbers.push_back(number);
        if (number == "0") return told("AA", request, expected);
        if (expected != "-1" && number != expected) return told("AR", request, expected);
        const auto lost = std::exchange(loses_answer, false);
        expected = std::to_string(std::stoi(number) + 1);
        if (lost) return {"", true};
        return told("AA", request, number);
    }
    static Reply told(const std::string& code, const std::string& request, const std::string& number) {
        return {"\x0bMSH|^~\\&|PAS|RXX|CW|RYY|2026||ACK|P1|P|2.5\rMSA|" + code + "|" + control_id_of(request) + "||" +
                number + "\r\x1c\r"};
    }

    std::string expected;
    std::vector<std::string> numbers;
    bool loses_answer = false;
};

using Numbers = std::vector<std::string>;
constexpr std::string_view kNumbered = "acknowledgement_limit: 5s\nsequence: true\n";

}  // namespace

TEST_CASE("sequence: a link begins by asking, then each message has the next number") {
    NumberedPeer state("7");
    Line line([&](const std::string& request) { return state(request); }, kNumbered);
    for (const auto* id : {"C1", "C2", "C3"}) CHECK(line.sender.deliver(delivery(id))->outcome == Outcome::confirmed);
    CHECK(state.numbers == Numbers{"0", "7", "8", "9"});
    CHECK(line.peer.connections() == 1);
    CHECK(control_id_of(line.peer.requests()[0]) != "C1");
    CHECK(control_id_of(line.peer.requests()[1]) == "C1");
}

TEST_CASE("sequence: a new link begins with 1") {
    NumberedPeer state("-1");
    Line line([&](const std::string& request) { return state(request); }, kNumbered);
    CHECK(line.sender.deliver(delivery("C1"))->outcome == Outcome::confirmed);
    CHECK(state.numbers == Numbers{"0", "1"});
}

TEST_CASE("sequence: after a lost acknowledgement the number tells that the message had arrived") {
    NumberedPeer state("7");
    state.loses_answer = true;
    Line line([&](const std::string& request) { return state(request); }, kNumbered);
    CHECK(line.sender.deliver(delivery("C1"))->outcome == Outcome::unknown);
    const auto again = line.sender.deliver(delivery("C1")).value();
    CHECK(again.outcome == Outcome::confirmed);
    CHECK(again.detail.find("sequence number") != std::string::npos);
    CHECK(state.numbers == Numbers{"0", "7", "0"});
    CHECK(line.sender.deliver(delivery("C2"))->outcome == Outcome::confirmed);
    CHECK(state.numbers.back() == "8");
}

TEST_CASE("sequence: what had arrived is not sent again, though another message went first") {
    NumberedPeer state("7");
    state.loses_answer = true;
    Line line([&](const std::string& request) { return state(request); }, kNumbered);
    auto in_doubt = delivery("C1"), other = delivery("C2");
    CHECK(line.sender.deliver(in_doubt)->outcome == Outcome::unknown);
    CHECK(line.sender.deliver(other)->outcome == Outcome::confirmed);
    CHECK(line.sender.deliver(in_doubt)->outcome == Outcome::confirmed);
    CHECK(state.numbers == Numbers{"0", "7", "0", "8"});
    in_doubt.obligation = "O3";  // Another message, whatever its control id.
    CHECK(line.sender.deliver(in_doubt)->outcome == Outcome::confirmed);
    CHECK(state.numbers.back() == "9");
}

TEST_CASE("sequence: out of step, the peer is asked before the message goes again") {
    NumberedPeer state("7");
    Line line([&](const std::string& request) { return state(request); }, kNumbered);
    CHECK(line.sender.deliver(delivery("C1"))->outcome == Outcome::confirmed);
    state.expected = "12";
    const auto refused = line.sender.deliver(delivery("C2")).value();
    CHECK(refused.outcome == Outcome::refused);
    CHECK(refused.transient);
    CHECK(line.sender.deliver(delivery("C2"))->outcome == Outcome::confirmed);
    CHECK(state.numbers == Numbers{"0", "7", "8", "0", "12"});
}

TEST_CASE("sequence: a peer that forgot what it acknowledged, or names no number, is told to a person") {
    NumberedPeer state("7");
    Line line([&](const std::string& request) { return state(request); }, kNumbered);
    CHECK(line.sender.deliver(delivery("C1"))->outcome == Outcome::confirmed);
    state.expected = "3";
    CHECK(line.sender.deliver(delivery("C2"))->outcome == Outcome::refused);
    const auto behind = line.sender.deliver(delivery("C2"));
    REQUIRE(behind.has_error());
    CHECK(behind.error().retry == Retry::never);
    CHECK(line.sender.deliver(delivery("C2"))->outcome == Outcome::confirmed);

    Line silent(acknowledge, kNumbered);
    const auto answer = silent.sender.deliver(delivery("C1"));
    REQUIRE(answer.has_error());
    CHECK(answer.error().retry == Retry::never);
}

TEST_CASE("release 2: a commit block confirms where the destination says so, and NAK is tried again") {
    Line line([](const std::string&) { return Reply{net::mllp_commit_block(true)}; },
              "commit_blocks: true\nawait: commit\n");
    CHECK(line.sender.deliver(delivery())->outcome == Outcome::confirmed);
    Line nak([](const std::string&) { return Reply{net::mllp_commit_block(false)}; }, "commit_blocks: true\n");
    const auto refused = nak.sender.deliver(delivery()).value();
    CHECK(refused.outcome == Outcome::refused);
    CHECK(refused.transient);
}

TEST_CASE("release 2: the HL7 acknowledgement behind the block counts, and gets a block of its own") {
    Line line(
        [](const std::string& request) {
            if (request.size() == 1) return Reply{};
            return Reply{net::mllp_commit_block(true) + mllp_ack("AE", control_id_of(request))};
        },
        "commit_blocks: true\n");
    CHECK(line.sender.deliver(delivery())->outcome == Outcome::refused);
    CHECK(test::eventually([&] { return line.peer.requests().size() == 2; }));
    CHECK(line.peer.requests()[1] == "\x06");
}

TEST_CASE("settings of the sender that contradict each other are told with their place") {
    const auto& spec = test::adapter_named("mllp_sender");
    for (const auto* wrong : {"sequence: true\nconnections: 2\n", "await: commit\n",
                              "sequence: true\ncommit_blocks: true\nawait: commit\n"}) {
        metrics::Registry metrics;
        SystemClock clock;
        test::Background background;
        const auto made = spec.make_outbound(test::settings(spec, std::string("host: 127.0.0.1\nport: 1\n") + wrong),
                                             OutboundContext{"ziel", background.executor(), metrics, clock});
        REQUIRE(made.has_error());
        CHECK(made.error().where.find("test.yaml:") != std::string::npos);
    }
}
