#include "net/mllp.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using causeway::net::mllp_frame;
using causeway::net::MllpReader;
using Event = MllpReader::Event;
using namespace std::string_literals;

namespace {

constexpr std::size_t kLimit = 200;
const std::string kMessage = "MSH|^~\\&|A|B|C|D|20260101||ADT^A01|1|P|2.5\rPID|1\r";

struct Step {
    Event event;
    std::string bytes;
    bool operator==(const Step&) const = default;
};

void drain(MllpReader& reader, std::vector<Step>& steps) {
    for (auto event = reader.next(); event != Event::need_more; event = reader.next()) {
        steps.push_back({event, event == Event::frame ? reader.take() : std::string(reader.head())});
        if (event == Event::oversized || event == Event::not_mllp) return;
    }
}

std::vector<Step> read(const std::vector<std::string_view>& pieces, std::size_t limit = kLimit) {
    MllpReader reader(limit);
    std::vector<Step> steps;
    for (const auto piece : pieces) {
        reader.feed(piece);
        drain(reader, steps);
        if (!steps.empty() && (steps.back().event == Event::oversized || steps.back().event == Event::not_mllp)) break;
    }
    return steps;
}

std::vector<Step> read(std::string_view bytes) {
    return read(std::vector{bytes});
}

std::size_t warnings(std::string_view bytes) {
    MllpReader reader(kLimit);
    std::vector<Step> steps;
    reader.feed(bytes);
    drain(reader, steps);
    return reader.warnings();
}

}  // namespace

TEST_CASE("a frame gives the message exactly, and without a warning") {
    CHECK(read(mllp_frame(kMessage)) == std::vector<Step>{{Event::frame, kMessage}});
    CHECK(warnings(mllp_frame(kMessage)) == 0);
}

TEST_CASE("two frames in one piece come one after the other") {
    CHECK(read(mllp_frame("MSH|1") + mllp_frame("MSH|2")) ==
          std::vector<Step>{{Event::frame, "MSH|1"}, {Event::frame, "MSH|2"}});
}

TEST_CASE("what is read does not depend on how the bytes were cut") {
    const std::vector<std::string> inputs = {
        mllp_frame(kMessage) + mllp_frame(kMessage),
        "\r\n junk" + mllp_frame(kMessage) + "\r\n" + mllp_frame(""),
        "\x0bMSH|cut" + mllp_frame(kMessage),
        "MSH|no VT\r\x1c\r" + mllp_frame(kMessage),
        "\x0bMSH|a\x1cpart\r\x1c\r",
        mllp_frame(std::string(kLimit, 'x')) + mllp_frame(std::string(kLimit + 1, 'x')),
        "POST /fhir HTTP/1.1\r\nHost: a\r\n\r\n"};
    for (const auto& input : inputs) {
        const std::string_view all = input;
        const auto whole = read(all);
        REQUIRE_FALSE(whole.empty());
        std::vector<std::string_view> bytes;
        for (std::size_t cut = 0; cut < all.size(); ++cut) {
            bytes.push_back(all.substr(cut, 1));
            const auto parts = read({all.substr(0, cut), all.substr(cut)});
            REQUIRE(parts.size() == whole.size());
            for (std::size_t i = 0; i < parts.size(); ++i) {
                CHECK(parts[i].event == whole[i].event);
                if (parts[i].event != Event::oversized && parts[i].event != Event::not_mllp)
                    CHECK(parts[i].bytes == whole[i].bytes);
            }
        }
        CHECK(read(bytes).size() == whole.size());
    }
}

TEST_CASE("row 1: HTTP and TLS are no MLLP") {
    CHECK(read("GET /fhir/metadata HTTP/1.1\r\n").back().event == Event::not_mllp);
    CHECK(read("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").back().event == Event::not_mllp);
    CHECK(read("\x16\x03\x01\x02").back().event == Event::not_mllp);
    CHECK(read("POST / HTTP/1.1\r\n\r\n" + mllp_frame(kMessage)).back().event == Event::not_mllp);
    CHECK(read(std::string(2000, 'z')).back().event == Event::not_mllp);
}

TEST_CASE("row 2: an unfinished frame is nothing yet, and the reader says that it waits") {
    MllpReader reader(kLimit);
    CHECK_FALSE(reader.in_frame());
    reader.feed("\x0bMSH|half");
    CHECK(reader.next() == Event::need_more);
    CHECK(reader.in_frame());
}

TEST_CASE("row 3: a frame over the limit keeps its head, and no more is read") {
    const auto steps = read({"\x0b" + kMessage + std::string(kLimit, 'x'), mllp_frame(kMessage)});
    REQUIRE(steps.size() == 1);
    CHECK(steps[0].event == Event::oversized);
    CHECK(steps[0].bytes.starts_with(kMessage));
}

TEST_CASE("row 3: a frame of exactly the limit passes") {
    const std::string message(kLimit, 'x');
    CHECK(read(mllp_frame(message)) == std::vector<Step>{{Event::frame, message}});
}

TEST_CASE("row 4: an empty frame is a frame") {
    CHECK(read(mllp_frame("")) == std::vector<Step>{{Event::frame, ""}});
}

TEST_CASE("a VT inside a frame ends the fragment and begins the next message") {
    CHECK(read("\x0bMSH|1|cut off" + mllp_frame("MSH|2")) ==
          std::vector<Step>{{Event::truncated, "MSH|1|cut off"}, {Event::frame, "MSH|2"}});
}

TEST_CASE("an FS that is not followed by a line end belongs to the message") {
    CHECK(read("\x0bMSH|a\x1c"
               "b\r\x1c\r") == std::vector<Step>{{Event::frame,
                                                  "MSH|a\x1c"
                                                  "b\r"}});
}

TEST_CASE("FS LF, FS before the next VT, blanks and junk before VT pass with a warning") {
    CHECK(read("\x0bMSH|1\x1c\n") == std::vector<Step>{{Event::frame, "MSH|1"}});
    CHECK(read("\x0bMSH|1\x1c" + mllp_frame("MSH|2")).size() == 2);
    CHECK(read("\r\n  " + mllp_frame("MSH|1")) == std::vector<Step>{{Event::frame, "MSH|1"}});
    CHECK(read("junk" + mllp_frame("MSH|1")) == std::vector<Step>{{Event::frame, "MSH|1"}});
    CHECK(warnings("\x0bMSH|1\x1c\n") == 1);
    CHECK(warnings("junk" + mllp_frame("MSH|1")) == 1);
    CHECK(warnings(" " + mllp_frame("MSH|1")) == 1);
}

TEST_CASE("an FS without CR ends the frame once the sender is seen to wait") {
    MllpReader reader(kLimit);
    reader.feed("\x0bMSH|1\x1c");
    CHECK(reader.next() == Event::need_more);
    CHECK(reader.at_end());
    reader.finish();
    CHECK(reader.next() == Event::frame);
    CHECK(reader.take() == "MSH|1");
    CHECK_FALSE(reader.in_frame());

    reader.feed("\r" + mllp_frame("MSH|2"));
    CHECK(reader.next() == Event::frame);
    CHECK(reader.take() == "MSH|2");
}

TEST_CASE("a message without VT is told apart from junk") {
    CHECK(read("MSH|1\r\x1c\r") == std::vector<Step>{{Event::unframed, "MSH|1\r"}});
    CHECK(read("MSH|1\r" + mllp_frame("MSH|2")) ==
          std::vector<Step>{{Event::truncated, "MSH|1\r"}, {Event::frame, "MSH|2"}});
}

TEST_CASE("a large frame comes whole, and so does what follows it") {
    const std::string large(3u << 20, 'x');
    const auto bytes = mllp_frame(large) + mllp_frame("MSH|2");
    std::vector<std::string_view> pieces;
    for (std::size_t at = 0; at < bytes.size(); at += 4096) pieces.push_back(std::string_view(bytes).substr(at, 4096));
    const auto steps = read(pieces, 4u << 20);
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].bytes == large);
    CHECK(steps[1].bytes == "MSH|2");
}
