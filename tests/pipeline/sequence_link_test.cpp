#include "pipeline/sequence_link.hpp"

#include <doctest/doctest.h>

#include "pipeline/adt_engine.hpp"

namespace causeway::pipeline {
namespace {

/// The channel takes numbered messages in order.
struct LinkEngine : AdtEngine {
    explicit LinkEngine(const std::string& sequence = "optional") {
        channel("adt", "nhs_number: warn\nsequence: " + sequence + "\n");
        start();
    }

    static std::string numbered(const std::string& control_id, const std::string& number,
                                const std::string& from = "PAS") {
        auto message = adt(control_id, kOne);
        message.replace(message.find("PAS"), 3, from);
        return message.insert(message.find("|2.5.1\r") + 6, "|" + number);
    }
    static std::string about_link(const std::string& number) {
        return "MSH|^~\\&|PAS|RX999|CAUSEWAY|RX999|20261121093000||^|L1|P|2.5.1|" + number + "\r";
    }
};

}  // namespace

TEST_CASE("numbered messages are taken in order, and the number is echoed") {
    LinkEngine engine;
    const auto first = engine.send("adt", LinkEngine::numbered("M7", "7"));
    CHECK(first.disposition == Disposition::accepted);
    CHECK(first.sequence == 7);
    CHECK(engine.send("adt", LinkEngine::numbered("M8", "8")).sequence == 8);
    CHECK(engine.send("adt", adt("M0", kOne)).disposition == Disposition::accepted);
}

TEST_CASE("a number that is not next is refused with 207, and the answer says which one is") {
    LinkEngine engine;
    engine.send("adt", LinkEngine::numbered("M7", "7"));
    for (const auto* number : {"9", "3"}) {
        const auto wrong = engine.send("adt", LinkEngine::numbered(std::string("X") + number, number));
        CHECK(wrong.disposition == Disposition::refused);
        CHECK(wrong.sequence == 8);
        CHECK(wrong.outcome.issues.at(0).hl7_code == 207);
        CHECK(engine.store().message(wrong.message)->disposition == Disposition::refused);
    }
    CHECK(engine.send("adt", LinkEngine::numbered("M8", "8")).disposition == Disposition::accepted);
}

TEST_CASE("a message that comes again is answered as before and does not count again") {
    LinkEngine engine;
    engine.send("adt", LinkEngine::numbered("M7", "7"));
    const auto again = engine.send("adt", LinkEngine::numbered("M7", "7"));
    CHECK(again.disposition == Disposition::duplicate);
    CHECK(again.sequence == 7);
    CHECK(engine.send("adt", LinkEngine::numbered("M8", "8")).disposition == Disposition::accepted);
}

TEST_CASE("a message that comes again under the next number is the same message, and the number counts") {
    LinkEngine engine;
    const auto first = engine.send("adt", LinkEngine::numbered("M7", "7"));
    const auto again = engine.send("adt", LinkEngine::numbered("M7", "8"));
    CHECK(again.disposition == Disposition::duplicate);
    CHECK(again.message == first.message);
    CHECK(again.sequence == 8);
    CHECK(engine.send("adt", LinkEngine::numbered("M7", "12")).sequence == 9);
    auto other = LinkEngine::numbered("M7", "9");
    other.insert(other.size() - 1, "|9");
    CHECK(engine.send("adt", other).disposition == Disposition::conflict);
    CHECK(engine.send("adt", LinkEngine::numbered("M9", "9")).disposition == Disposition::accepted);
}

TEST_CASE("a message that is refused for what is in it leaves its number to the next one") {
    LinkEngine engine;
    engine.send("adt", LinkEngine::numbered("M7", "7"));
    auto wrong = LinkEngine::numbered("M8", "8");
    wrong.replace(wrong.find("|P|"), 3, "|T|");
    const auto refused = engine.send("adt", wrong);
    CHECK(refused.disposition == Disposition::refused);
    CHECK(refused.sequence == 8);
    CHECK(engine.send("adt", LinkEngine::numbered("M8", "8")).sequence == 8);
}

TEST_CASE("0 asks which number is expected, -1 begins anew, and neither is taken as a message") {
    LinkEngine engine;
    CHECK(engine.send("adt", LinkEngine::about_link("0")).sequence == -1);
    engine.send("adt", LinkEngine::numbered("M7", "7"));
    const auto asked = engine.send("adt", LinkEngine::about_link("0"));
    CHECK(asked.sequence == 8);
    CHECK_FALSE(engine.store().message(asked.message).has_value());
    CHECK(engine.send("adt", LinkEngine::about_link("-1")).sequence == -1);
    CHECK(engine.send("adt", LinkEngine::numbered("M3", "3")).sequence == 3);
    CHECK(engine.send("adt", LinkEngine::about_link("0") + "PID|||\r").sequence == 4);
}

TEST_CASE("content is never taken for a question about the link") {
    LinkEngine engine;
    for (const auto* number : {"0", "-1", "-2", "x"}) {
        const auto verdict = engine.send("adt", LinkEngine::numbered(std::string("Q") + number, number));
        CHECK(verdict.disposition == Disposition::refused);
        CHECK(verdict.outcome.issues.at(0).expression == "MSH-13");
        CHECK(verdict.outcome.issues.at(0).hl7_code == 102);
    }
}

TEST_CASE("content is never taken for a question about the link, whatever ends its segments") {
    LinkEngine engine;
    for (const auto* end : {"\n", "\r\n"})
        for (const auto* number : {"0", "-1"}) {
            auto message = LinkEngine::numbered(std::string("L") + number, number);
            for (auto at = message.find('\r'); at != std::string::npos; at = message.find('\r', at + 2))
                message.replace(at, 1, end);
            const auto verdict = engine.send("adt", message);
            CHECK(verdict.disposition == Disposition::refused);
            CHECK(engine.store().message(verdict.message).has_value());
        }
}

TEST_CASE("a number that cannot be counted on is refused") {
    LinkEngine engine;
    const auto verdict = engine.send("adt", LinkEngine::numbered("M1", "9223372036854775807"));
    CHECK(verdict.disposition == Disposition::refused);
    CHECK(engine.send("adt", LinkEngine::numbered("M7", "7")).sequence == 7);
}

TEST_CASE("each sender of a channel has a link of its own") {
    LinkEngine engine;
    engine.send("adt", LinkEngine::numbered("M7", "7"));
    CHECK(engine.send("adt", LinkEngine::numbered("L1", "1", "LAB")).sequence == 1);
    CHECK(engine.send("adt", LinkEngine::numbered("M8", "8")).sequence == 8);
}

TEST_CASE("the expected number survives a crash") {
    LinkEngine engine;
    engine.send("adt", LinkEngine::numbered("M7", "7"));
    engine.crash();
    engine.start();
    CHECK(engine.send("adt", LinkEngine::numbered("M7", "9")).sequence == 8);
    CHECK(engine.send("adt", LinkEngine::numbered("M8", "8")).sequence == 8);
}

TEST_CASE("a channel may require numbers, and one that does not ask for them leaves them alone") {
    {
        LinkEngine strict("required");
        const auto refused = strict.send("adt", adt("M1", kOne));
        CHECK(refused.disposition == Disposition::refused);
        CHECK(refused.outcome.issues.at(0).hl7_code == 101);
        CHECK(refused.outcome.issues.at(0).expression == "MSH-13");
    }
    LinkEngine off("off");
    CHECK_FALSE(off.send("adt", LinkEngine::numbered("M7", "7")).sequence);
    CHECK(off.send("adt", LinkEngine::numbered("M3", "3")).disposition == Disposition::accepted);
}

}  // namespace causeway::pipeline
