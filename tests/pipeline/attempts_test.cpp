#include "pipeline/attempts.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <set>

#include "pipeline/adt_engine.hpp"

using namespace causeway;
using namespace causeway::pipeline;

namespace {

constexpr Id kMessage{10}, kDelivery{11}, kSibling{12};

}  // namespace

TEST_CASE("attempts: what is being sent cannot be changed until it has been sent") {
    Attempts attempts;
    std::optional<Attempts::Sending> sending(attempts.send(kMessage, kDelivery));
    REQUIRE(*sending);
    CHECK(attempts.act(kMessage, kDelivery).error().issue == Issue::conflict);
    CHECK(attempts.act(kMessage, kDelivery).error().retry == Retry::later);
    CHECK(attempts.act(kMessage, Id{}).error().issue == Issue::conflict);
    CHECK(attempts.act(kMessage, kSibling).has_value());
    sending.reset();
    CHECK(attempts.act(kMessage, kDelivery).has_value());
}

TEST_CASE("attempts: what an operator is changing is not sent until he has") {
    Attempts attempts;
    {
        const auto act = attempts.act(kMessage, kDelivery);
        REQUIRE(act.has_value());
        CHECK_FALSE(attempts.send(kMessage, kDelivery));
        CHECK(attempts.send(kMessage, kSibling));
    }
    CHECK(attempts.send(kMessage, kDelivery));
    const auto all = attempts.act(kMessage, Id{});
    REQUIRE(all.has_value());
    CHECK_FALSE(attempts.send(kMessage, kDelivery));
    CHECK_FALSE(attempts.send(kMessage, kSibling));
    CHECK(attempts.send(Id{20}, Id{21}));
}

TEST_CASE("attempts: what was being sent may end after the engine") {
    std::optional<Attempts::Sending> sending;
    std::optional<Attempts::Act> act;
    {
        Attempts attempts;
        sending.emplace(attempts.send(kMessage, kDelivery));
        act.emplace(attempts.act(Id{20}, Id{}).value());
    }
    sending.reset();
    act.reset();
}

TEST_CASE("attempts: who read an obligation before an act ended knows that it may have changed") {
    Attempts attempts;
    const auto read = attempts.turn();
    std::optional<Attempts::Act> act(attempts.act(kMessage, kDelivery).value());
    const auto meanwhile = attempts.turn();
    CHECK(meanwhile != read);
    act.reset();
    CHECK(attempts.turn() != meanwhile);
}

TEST_CASE("attempts: of a backlog that drains, nothing goes out after its cancellation was confirmed") {
    AdtEngine engine;
    engine.destination("pas", "unknown: resend\nconcurrency: 8\n");
    engine.peers.always("pas", Does::hang);
    engine.start();
    std::vector<Id> sent;
    for (int i = 0; i < 200; ++i)
        sent.push_back(engine.send("adt", adt("C" + std::to_string(i), std::to_string(9990000000 + i))).message);
    REQUIRE(soon([&] { return engine.peers.seen("pas").size() == 8 && engine.owed_to(sent.back(), "pas"); }));
    std::set<std::string> cancelled;
    for (auto message = sent.rbegin(); message != sent.rend(); ++message) {
        if (message - sent.rbegin() == 20) engine.peers.let_go();
        const auto delivery = engine.owed_to(*message, "pas")->id;
        if (engine.act(OperatorAct::Kind::cancel, delivery)) cancelled.insert(delivery.text());
    }
    CHECK(engine.settles());
    CHECK(cancelled.size() >= 20);
    for (const auto& seen : engine.peers.seen("pas")) CHECK(cancelled.count(seen.obligation) == 0);
    CHECK(engine.balances(sent));
}
