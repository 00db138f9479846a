#include "repair/run.hpp"

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
    std::vector<Acted> acted;
    for (const auto id : obligations) {
        Acted one;
        one.obligation = id;
        const auto obligation = engine.store().obligation(id);
        if (!obligation) {
            one.why = to_string(obligation.error());
        } else if (group && !belongs(*obligation, *group)) {
            one.why = "It is no longer in this group: somebody was quicker.";
        } else if (auto act = act_for(engine, wish, *obligation, who, reason); !act) {
            one.why = to_string(act.error());
        } else {
            act->owner = owner;
            const auto changed = co_await engine.act(std::move(*act));
            if (changed)
                one.follow = followed(*changed);
            else
                one.why = to_string(changed.error());
        }
        acted.push_back(std::move(one));
    }
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
