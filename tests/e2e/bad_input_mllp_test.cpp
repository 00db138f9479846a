/// Rows 1 to 16 of the table "Bad input and its answer": HL7 v2 over MLLP.
#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>

#include "bad_input_world.hpp"

namespace causeway::test {
namespace {

/// Code, MSA-2 and ERR-3 in one line: "AE ID1 102".
std::string heard(const Ack& ack) {
    return ack.code + ' ' + ack.control_id + ' ' + ack.error;
}

/// One refused message: what the sender hears, and that it is kept byte for byte.
void check_refused(const V2& message, const std::string& expected, const std::string& channel = {}) {
    CAPTURE(expected);
    World world(channel);
    const auto ack = world.mllp(message);
    CHECK(heard(ack) == expected);
    CHECK_FALSE(ack.closed);
    CHECK(world.metrics().find("causeway_intake_total{channel=\"mllp\",result=\"refused\"} 1") != std::string::npos);
    CHECK(world.delivered().empty());
    const auto stored = world.stop();
    REQUIRE(dispositions(stored) == "refused");
    CHECK(stored.front().message.body.reveal() == message.text());
    CHECK(stored.front().outcome.has_errors());
}

V2 letter(const std::string& id, const std::string& practice) {
    V2 message;
    message.id = id;
    message.type = "MDM^T02^MDM_T02";
    message.to = practice;
    return message;
}

TEST_CASE("row 1: HTTP bytes on an MLLP port are not answered, and the connection is closed") {
    World world;
    const auto ack = world.mllp_bytes("POST / HTTP/1.1\r\nHost: x\r\nX-Name: " + kCanary + "\r\n\r\n");
    CHECK(ack.text.empty());
    CHECK(ack.closed);
    CHECK(world.stop().empty());
}

TEST_CASE("row 2: a frame that is not finished in time is not answered nor stored, and the connection is closed") {
    World world("frame_limit: 1s\n");
    const auto whole = framed(V2{}.text());
    const auto ack = world.mllp_bytes(whole.substr(0, whole.size() - 2));
    CHECK(ack.text.empty());
    CHECK(ack.closed);
    CHECK(world.stop().empty());
}

TEST_CASE("row 3: a frame over the limit is answered AR 207 where its MSH was seen, and the connection is closed") {
    World world("max_frame: 64KB\n");
    V2 message;
    message.more = "NTE|1||" + std::string(200'000, 'x') + '\r';
    const auto ack = world.mllp(message);
    CHECK(heard(ack) == "AR ID1 207");
    CHECK(ack.closed);
    const auto unseen = world.mllp_bytes('\x0b' + kCanary + std::string(200'000, 'x'));
    CHECK(unseen.text.empty());
    CHECK(unseen.closed);
    CHECK(dispositions(world.stop()) == "refused refused");
}

TEST_CASE("row 4: an empty frame is answered AE 100 with an empty MSA-2") {
    World world;
    const auto ack = world.mllp_bytes("\x0b\x1c\r");
    CHECK(heard(ack) == "AE  100");
    CHECK_FALSE(ack.closed);
    CHECK(dispositions(world.stop()) == "refused");
}

TEST_CASE("row 5: malformed delimiters are answered AE 100") {
    for (const std::string delimiters : {"A^~\\&", "|^^^^", "|^", " ^~\\&"}) {
        CAPTURE(delimiters);
        World world;
        V2 message;
        message.delimiters = delimiters;
        const auto ack = world.mllp(message);
        CHECK(ack.code == "AE");
        CHECK(ack.error == "100");
        CHECK_FALSE(ack.closed);
        CHECK(dispositions(world.stop()) == "refused");
    }
}

TEST_CASE("row 6: a message without MSH-10 is answered AE 101") {
    check_refused({.id = ""}, "AE  101");
}

TEST_CASE("row 7: an unknown type is answered AR 200, an unknown event AR 201") {
    check_refused({.type = "ZZZ^Z01"}, "AR ID1 200");
    check_refused({.type = "ADT^A01"}, "AR ID1 201", "accepts: [ADT^A28]\n");
    check_refused({.type = "ADT^9"}, "AR ID1 201");
}

TEST_CASE("row 8: a version that is not of the form 2.x is answered AR 203") {
    check_refused({.version = "9.9"}, "AR ID1 203");
    check_refused({.version = "FOO"}, "AR ID1 203");
    World world;
    const auto ack = world.mllp({.version = "2.77"});
    CHECK(heard(ack) == "AA ID1 ");
    CHECK(ack.severities == std::vector<std::string>{"W"});
    const auto stored = world.stop();
    REQUIRE(dispositions(stored) == "accepted");
    REQUIRE(stored.front().outcome.issues.size() == 1);
    CHECK(stored.front().outcome.issues.front().expression == "MSH-12");
}

TEST_CASE("row 9: MSH-11 T on a live channel is answered AR 202") {
    check_refused({.processing_id = "T"}, "AR ID1 202");
}

TEST_CASE("row 10: a second MSH inside one frame is answered AE 100, and all is refused") {
    V2 message;
    message.more = V2{.id = "ID2"}.text();
    check_refused(message, "AE ID1 100");
}

TEST_CASE("row 11: bytes that are not in the character set of MSH-18 are answered AE 102") {
    check_refused({.character_set = "UNICODE UTF-8", .given_name = "ZO\xCB"}, "AE ID1 102");
    check_refused({.character_set = "ASCII", .given_name = "ZO\xC3\x8B"}, "AE ID1 102");
    check_refused({.character_set = "8859/1", .given_name = "ZO\x81"}, "AE ID1 102");
}

TEST_CASE("row 12: the same control id with the same bytes is answered alike, and has one effect") {
    World world;
    const auto first = world.mllp(V2{});
    CHECK(heard(first) == "AA ID1 ");
    CHECK(world.mllp(V2{}).text == first.text);
    CHECK(world.soon_shows("find ID1", "\"delivered\":1"));
    CHECK(world.delivered().size() == 1);
    CHECK(dispositions(world.stop()) == "accepted");
}

TEST_CASE("row 13: the same control id with other bytes is answered AE 205, kept apart, and an alert is given") {
    World world;
    CHECK(heard(world.mllp(V2{})) == "AA ID1 ");
    CHECK(heard(world.mllp({.given_name = "MABEL"})) == "AE ID1 205");
    CHECK(world.log().find("message.conflict") != std::string::npos);
    CHECK(world.metrics().find("causeway_intake_total{channel=\"mllp\",result=\"conflict\"} 1") != std::string::npos);
    CHECK(world.soon_shows("find ID1", "\"delivered\":1"));
    CHECK(world.delivered().size() == 1);
    const auto stored = world.stop();
    REQUIRE(dispositions(stored) == "accepted conflict");
    CHECK(stored.back().message.body.reveal().find("MABEL") != std::string::npos);

    World lenient("conflict: warn\n");
    CHECK(heard(lenient.mllp(V2{})) == "AA ID1 ");
    const auto again = lenient.mllp({.given_name = "MABEL"});
    CHECK(heard(again) == "AA ID1 ");
    CHECK(again.severities == std::vector<std::string>{"W"});
    CHECK(dispositions(lenient.stop()) == "accepted accepted");
}

TEST_CASE("row 14: an NHS number that fails its check digit is answered AE 102, or accepted with a warning") {
    const V2 wrong{.nhs_number = "9990000019"};
    check_refused(wrong, "AE ID1 102");
    World lenient("nhs_number: warn\n");
    const auto ack = lenient.mllp(wrong);
    CHECK(heard(ack) == "AA ID1 ");
    CHECK(ack.severities == std::vector<std::string>{"W"});
    const auto stored = lenient.stop();
    REQUIRE(dispositions(stored) == "accepted");
    CHECK(stored.front().outcome.issues.size() == 1);
}

TEST_CASE("row 15: an unknown or closed ODS code is accepted and held for its owner, or refused with AE 103") {
    World world;
    CHECK(heard(world.mllp(letter("UNKNOWN", "Y99999"))) == "AA UNKNOWN ");
    CHECK(heard(world.mllp(letter("CLOSED", "Y90003"))) == "AA CLOSED ");
    for (const std::string id : {"UNKNOWN", "CLOSED"}) CHECK(world.soon_shows("find " + id, "\"held\":1"));
    CHECK(world.delivered().empty());
    const auto stored = world.stop();
    REQUIRE(dispositions(stored) == "accepted accepted");
    const auto ledger = world.open();
    for (const auto& one : stored) {
        int held = 0;
        for (const auto& owed : ledger->obligations_of(one.message.id).value())
            held += owed.state == State::held && owed.owner == "letters-team" ? 1 : 0;
        CHECK(held == 1);
    }

    check_refused(letter("ID1", "Y99999"), "AE ID1 103", "unknown_organisation: refuse\n");
    check_refused(letter("ID1", "Y90003"), "AE ID1 103", "unknown_organisation: refuse\n");
}

TEST_CASE("row 16: while the store fails nothing is acknowledged, and what was sent can be sent again") {
    std::signal(SIGXFSZ, SIG_IGN);  // Inherited: a write beyond the limit fails, as on a full disk.
    World world;
    CHECK(heard(world.mllp({.id = "BEFORE"})) == "AA BEFORE ");
    const rlimit tiny{4096, 4096};
    REQUIRE(prlimit(world.engine().pid(), RLIMIT_FSIZE, &tiny, nullptr) == 0);
    const auto ack = world.mllp({.id = "DURING"});
    CHECK(ack.text.empty());
    CHECK(ack.closed);
    CHECK(world.engine().stop() != 0);  // It ends by itself, with an error.
    world.start();
    CHECK(world.shows("find BEFORE", "accepted"));
    CHECK_FALSE(world.shows("find DURING", "accepted"));
    CHECK(heard(world.mllp({.id = "DURING"})) == "AA DURING ");
    CHECK(dispositions(world.stop()) == "accepted accepted");
}

TEST_CASE("row 16: below the configured free space a message is answered AR 207, and nothing is stored") {
    World world({}, {}, "min_free_disk: 900000GB\n");
    CHECK(heard(world.mllp(V2{})) == "AR ID1 207");
    CHECK(heard(world.mllp({.nhs_number = "9990000019"})) == "AR ID1 207");
    CHECK(heard(world.mllp_bytes("\x0b\x1c\r")) == "AR  207");
    CHECK(world.stop().empty());
}

}  // namespace
}  // namespace causeway::test
