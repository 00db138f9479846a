#include "hl7v2/sequence.hpp"

#include "hl7v2/support.hpp"

using namespace causeway;
using namespace causeway::hl7v2;
using namespace causeway::hl7v2::testing;

using Start = SequenceSender::Start;
using Heard = SequenceSender::Heard;

TEST_CASE("a link begins with the number that the peer expects, or with 1 where it takes any") {
    SequenceSender sender;
    CHECK_FALSE(sender.is_known());
    CHECK(sender.start("7", "M1") == Start::ready);
    CHECK(sender.is_known());
    CHECK(sender.number() == 7);

    SequenceSender fresh;
    CHECK(fresh.start("-1", "M1") == Start::ready);
    CHECK(fresh.number() == 1);
}

TEST_CASE("a peer that names no number does not know the protocol") {
    for (const auto* answer : {"", "x", "0", "-2"}) {
        SequenceSender sender;
        CHECK(sender.start(answer, "M1") == Start::silent);
        CHECK_FALSE(sender.is_known());
    }
}

TEST_CASE("the number goes on after a good answer, whether it is echoed, left out, or the next one is named") {
    SequenceSender sender;
    sender.start("7", "M1");
    CHECK(sender.acknowledge(true, "7") == Heard::received);
    CHECK(sender.acknowledge(true, "") == Heard::received);
    CHECK(sender.acknowledge(true, "10") == Heard::received);
    CHECK(sender.number() == 10);
}

TEST_CASE("a message that is refused for what is in it leaves its number free") {
    SequenceSender sender;
    sender.start("7", "M1");
    CHECK(sender.acknowledge(false, "7") == Heard::refused);
    CHECK(sender.is_known());
    CHECK(sender.number() == 7);
}

TEST_CASE("a peer that expects another number is asked before anything more is sent") {
    SequenceSender sender;
    sender.start("7", "M1");
    CHECK(sender.acknowledge(false, "5") == Heard::out_of_step);
    CHECK_FALSE(sender.is_known());
    CHECK(sender.start("5", "M1") == Start::ready);
    CHECK(sender.number() == 5);
}

TEST_CASE("after an unknown outcome the peer's number says whether the message arrived") {
    SequenceSender arrived;
    arrived.start("7", "M1");
    arrived.lose_sight("M1");
    CHECK_FALSE(arrived.is_known());
    CHECK(arrived.start("8", "M1") == Start::arrived);
    CHECK(arrived.number() == 8);

    SequenceSender lost;
    lost.start("7", "M1");
    lost.lose_sight("M1");
    CHECK(lost.start("7", "M1") == Start::ready);
    CHECK(lost.number() == 7);
}

TEST_CASE("what arrived in doubt is known when it comes again, though something else went first") {
    SequenceSender arrived;
    arrived.start("7", "M1");
    arrived.lose_sight("M1");
    CHECK(arrived.start("8", "M2") == Start::ready);
    CHECK(arrived.has_arrived("M1"));
    CHECK_FALSE(arrived.has_arrived("M2"));

    SequenceSender lost;
    lost.start("7", "M1");
    lost.lose_sight("M1");
    CHECK(lost.start("7", "M2") == Start::ready);
    CHECK_FALSE(lost.has_arrived("M1"));

    arrived.acknowledge(true, "8");
    arrived.lose_sight("M3");
    CHECK(arrived.start("7", "M3") == Start::behind);
    CHECK_FALSE(arrived.has_arrived("M1"));  // The peer has forgotten it.
}

TEST_CASE("a peer that expects again what it acknowledged is told of once, then the link goes on") {
    SequenceSender sender;
    sender.start("7", "M1");
    sender.acknowledge(true, "7");
    sender.lose_sight("M2");
    CHECK(sender.start("3", "M2") == Start::behind);
    CHECK(sender.start("3", "M2") == Start::ready);
    CHECK(sender.number() == 3);
}

TEST_CASE("a message gets its number, and nothing else changes") {
    const auto message = with("PID|1||7\r");
    const auto numbered = with_sequence_number(Payload(message), 12);
    REQUIRE(numbered.has_value());
    CHECK(parsed(*numbered)->get("MSH-13") == "12");
    CHECK(parsed(*numbered)->get("PID-3") == "7");
    CHECK(with_sequence_number(Payload(*numbered), 12).value() == *numbered);
}

TEST_CASE("messages are compared but for their numbers") {
    const auto numbered = [](std::string_view number, std::string_view tail) {
        return "MSH|^~\\&|PAS|RXX|CW|RYY|2026||ADT^A28|M1|P|2.5.1" + std::string(number) + std::string(tail);
    };
    const auto message = numbered("|7", "||AL\rPID|1||7\r");
    CHECK(same_but_for_number(message, numbered("|8", "||AL\rPID|1||7\r")));
    CHECK(same_but_for_number(message, numbered("|", "||AL\rPID|1||7\r")));
    CHECK(same_but_for_number(numbered("|7", "\rPID|1||7\r"), numbered("", "\rPID|1||7\r")));
    CHECK(same_but_for_number(numbered("|7", ""), numbered("|18", "")));
    CHECK_FALSE(same_but_for_number(message, numbered("|8", "||AL\rPID|1||8\r")));
    CHECK_FALSE(same_but_for_number(message, numbered("|7", "||NE\rPID|1||7\r")));
    CHECK_FALSE(same_but_for_number(message, numbered("|7", "|7|AL\rPID|1||7\r")));
    CHECK_FALSE(same_but_for_number("PID|1", "PID|1"));
    CHECK_FALSE(same_but_for_number("", ""));
}

TEST_CASE("a message about the link carries the names, the delimiters and the number") {
    const auto header = read_header("MSH#*~\\&#PAS#RXX#CW#RYY#2026##ADT*A28#M1#P#2.5\r");
    REQUIRE(header.has_value());
    const auto text = link_message(*header, "L1", Instant(), 0);
    CHECK(text.starts_with("MSH#*~\\&#PAS#RXX#CW#RYY#"));
    const auto read = read_header(text);
    REQUIRE(read.has_value());
    CHECK(read->sequence_number == "0");
    CHECK(read->message_control_id == "L1");
    CHECK(read->trigger_event == "A28");
    CHECK(read->version == "2.5");
}
