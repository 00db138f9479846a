#include "repair/run.hpp"

#include <boost/asio/strand.hpp>

#include "pipeline/parallel.hpp"

namespace causeway::repair {

namespace asio = boost::asio;
using Kind = OperatorAct::Kind;

namespace {

/// The one that is still open after the act.
Id followed(const std::vector<Obligation>& changed) {
    for (const auto& one : changed)
        if (one.state == State::queued || one.state == State::in_flight) return one.id;
    return {};
}

/// What is to be done to each of many.
struct Intent {
    pipeline::Engine& engine;
    const Wish& wish;
    const std::optional<Group>& group;
    const std::string &who, &reason, &owner;
};

/// Nothing is awaited before the ledger has the act.
asio::awaitable<void> act_on_one(const Intent& intent, Acted& one) {
    const auto obligation = intent.engine.store().obligation(one.obligation);
    if (!obligation) {
        one.why = to_string(obligation.error());
        co_return;
    }
    if (intent.group && !belongs(*obligation, *intent.group)) {
        one.why = "It is no longer in this group: somebody was quicker.";
        co_return;
    }
    auto act = act_for(intent.engine, intent.wish, *obligation, intent.who, intent.reason);
    if (!act) {
        one.why = to_string(act.error());
        co_return;
    }
    act->owner = intent.owner;
    const auto changed = co_await intent.engine.act(std::move(*act));
    if (changed)
        one.follow = followed(*changed);
    else
        one.why = to_string(changed.error());
}

void count(const Obligation& obligation, Aftermath& sum) {
    switch (obligation.state) {
        case State::delivered:
            ++sum.delivered;
            return;
        case State::filtered:
            ++sum.filtered;
            return;
        case State::in_flight:
            ++sum.waiting;
            return;
        case State::queued:
            if (obligation.cause.empty()) {
                ++sum.waiting;
                return;
            }
            break;
        case State::held:
            break;
    }
    ++sum.failing;
    ++sum.causes[cause_of(obligation.cause)];
}

/// Processing that has ended well went on as what it made.
void count_made_by(const MessageStore& store, const Obligation& process, Aftermath& sum) {
    const auto owed = store.obligations_of(process.message);
    if (!owed) return;
    for (const auto& one : *owed)
        if (one.id > process.id && one.duty == Duty::deliver) count(one, sum);
}

}  // namespace

asio::awaitable<std::vector<Acted>> act_on(pipeline::Engine& engine, const Wish& wish,
                                           const std::optional<Group>& group, std::vector<Id> obligations,
                                           std::string who, std::string reason, std::string owner) {
    const Intent intent{engine, wish, group, who, reason, owner};
    std::vector<Acted> acted(obligations.size());
    std::vector<asio::awaitable<void>> all;
    for (std::size_t i = 0; i < obligations.size(); ++i) {
        acted[i].obligation = obligations[i];
        all.push_back(act_on_one(intent, acted[i]));
    }
    // On a strand they reach the ledger in this order, so that the messages of a patient keep theirs; and none waits
    // for the commit of the one before.
    const auto strand = asio::make_strand(engine.executor());
    co_await pipeline::in_parallel(strand, std::move(all));
    co_return acted;
}

Aftermath aftermath(const MessageStore& store, const std::vector<Id>& followed) {
    Aftermath sum;
    for (const auto id : followed) {
        const auto obligation = store.obligation(id);
        if (!obligation) continue;
        const bool processed = obligation->duty == Duty::process && obligation->state == State::delivered;
        if (processed)
            count_made_by(store, *obligation, sum);
        else
            count(*obligation, sum);
    }
    return sum;
}

}  // namespace causeway::repair
