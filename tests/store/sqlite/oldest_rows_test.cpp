/// What is said to have waited longest, while what waits moves between memory and table.
#include <doctest/doctest.h>

#include <map>
#include <vector>

#include "store/ledger_fixture.hpp"

using namespace causeway;
using test::intake;
using test::Ledger;

namespace {

/// More than memory keeps, so that earlier changes reach the table.
constexpr int kMany = 9'000;

/// Accepted messages, the first few a second apart; gives the ids of these.
std::vector<Id> many(Ledger& ledger) {
    std::vector<Id> first;
    for (int i = 0; i < 3; ++i) {
        first.push_back(ledger.message());
        ledger.clock.at += std::chrono::seconds(1);
    }
    for (int i = 1; i < kMany; ++i) ledger->accept(intake("MSH|many"), [](const Result<Verdict>&) {});
    ledger.message();
    return first;
}

/// When the oldest of each group was created, by the state they are in; looked up twice, so that it is known then.
std::map<State, Instant> oldest(Ledger& ledger) {
    std::map<State, Instant> found;
    for (int i = 0; i < 2; ++i)
        for (const auto& group : ledger->waiting_groups().value()) found[group.state] = group.oldest;
    return found;
}

}  // namespace

TEST_CASE("waiting groups: the oldest is the oldest that still waits, in memory and in the table") {
    Ledger ledger;
    const Instant begun = ledger.clock.at;
    const auto second = [&](int n) { return begun + std::chrono::seconds(n); };
    const auto ids = many(ledger);
    ledger.reopen();
    CHECK(oldest(ledger) == std::map<State, Instant>{{State::queued, second(0)}});

    // Memory knows that the first two have moved; the table does not yet.
    ledger.act(OperatorAct::Kind::hold, ids[0]).value();
    ledger.act(OperatorAct::Kind::hold, ids[1]).value();
    CHECK(oldest(ledger) == std::map<State, Instant>{{State::queued, second(2)}, {State::held, second(0)}});

    // Now it does.
    many(ledger);
    CHECK(oldest(ledger) == std::map<State, Instant>{{State::queued, second(2)}, {State::held, second(0)}});

    ledger.act(OperatorAct::Kind::release, ids[1]).value();
    ledger.act(OperatorAct::Kind::cancel, ids[0]).value();
    CHECK(oldest(ledger) == std::map<State, Instant>{{State::queued, second(1)}});
    many(ledger);
    CHECK(oldest(ledger) == std::map<State, Instant>{{State::queued, second(1)}});
    ledger.reopen();
    CHECK(oldest(ledger) == std::map<State, Instant>{{State::queued, second(1)}});
}
