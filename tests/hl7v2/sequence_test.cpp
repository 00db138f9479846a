#include "hl7v2/sequence.hpp"

#include "hl7v2/support.hpp"

using namespace causeway;
using namespace causeway::hl7v2;

TEST_CASE("messages in order are taken and counted") {
    SequenceReceiver receiver;
    auto step = receiver.receive("7");
    CHECK(step.take);
    CHECK(step.answer == 7);
    receiver.count();
    CHECK(receiver.expected() == 8);
    CHECK(receiver.receive("8").take);
}

TEST_CASE("a number that is not next is not taken, and the answer says which one is") {
    SequenceReceiver receiver(8);
    for (const auto* wrong : {"7", "9", "+10"}) {
        const auto step = receiver.receive(wrong);
        CHECK_FALSE(step.take);
        CHECK(step.answer == 8);
        CHECK(step.error->where == "MSH-13");
    }
    CHECK(receiver.receive("x").error->hl7_code == 102);
    CHECK(receiver.receive("-2").error.has_value());
}

TEST_CASE("a message that was taken but not committed comes again") {
    SequenceReceiver receiver(8);
    CHECK(receiver.receive("8").take);
    CHECK(receiver.expected() == 8);
    CHECK(receiver.receive("8").take);
    receiver.count();
    CHECK_FALSE(receiver.receive("8").take);
}

TEST_CASE("0 asks, -1 begins anew, and without a number there is no protocol") {
    SequenceReceiver receiver(8);
    const auto query = receiver.receive("0");
    CHECK(query.is_query);
    CHECK_FALSE(query.take);
    CHECK(query.answer == 8);
    CHECK(receiver.receive("-1").is_query);
    CHECK(receiver.receive("3").take);
    receiver.count();
    CHECK(receiver.expected() == 4);
    const auto none = receiver.receive("");
    CHECK(none.take);
    CHECK_FALSE(none.answer.has_value());
    receiver.count();
    CHECK(receiver.expected() == 4);
}

TEST_CASE("a sender goes on after a good answer and back where its peer expects less") {
    SequenceSender sender(5);
    CHECK(sender.acknowledge(true, "5"));
    CHECK(sender.number() == 6);
    CHECK(sender.acknowledge(true, ""));
    CHECK_FALSE(sender.acknowledge(false, "4"));
    CHECK(sender.number() == 4);
    CHECK_FALSE(sender.acknowledge(false, ""));
    CHECK(sender.number() == 4);
}
