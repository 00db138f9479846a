#include "repair/outlook.hpp"

#include <algorithm>
#include <exception>
#include <optional>

#include "core/json_object.hpp"
#include "core/text.hpp"
#include "pipeline/delivery.hpp"
#include "pipeline/facts.hpp"
#include "pipeline/intake.hpp"
#include "pipeline/processor.hpp"

namespace causeway::repair {

using pipeline::ConfigurationPtr;
using Kind = OperatorAct::Kind;

namespace {

constexpr std::string_view kFailed = "The engine failed on this message: report it, with the id of the message.";

/// What is looked at.
struct Case {
    pipeline::Engine& engine;
    const Wish& wish;
    Obligation obligation;
    Message message;
};

/// The configuration under which the obligation would run (Worker uses the same).
Result<ConfigurationPtr> configuration_for(Case& one) {
    auto hash = pipeline::frozen_config(one.obligation.facts);
    if (hash.empty()) hash = one.message.config_hash;
    const bool replayed = one.obligation.duty == Duty::process && one.obligation.id != one.obligation.message;
    if (one.wish.kind == Kind::replay || replayed) return one.engine.configuration();
    return one.engine.configuration_of(hash);
}

Foreseen foreseen(Case& one, const Obligation& obligation, const pipeline::Configuration& configuration) {
    Foreseen made{obligation.destination, obligation.organisation, obligation.map, {}, 0, {}};
    const auto today = one.engine.configuration();
    const auto destination = today->destinations.find(obligation.destination);
    if (destination == today->destinations.end()) {
        made.problem = "Destination " + obligation.destination + " is not in the configuration.";
        return made;
    }
    try {
        tree::DocumentPtr document;
        const auto delivery = pipeline::make_delivery(obligation, one.message, configuration, today->directory,
                                                      document, nullptr, one.wish.kind == Kind::release);
        if (!delivery) {
            made.problem = to_string(delivery.error());
            return made;
        }
        made.media_type = delivery->media_type;
        made.bytes = delivery->payload.reveal().size();
        const auto* adapter = destination->second.adapter;
        if (adapter->unsendable != nullptr)
            if (const auto error = adapter->unsendable(*delivery)) made.problem = to_string(*error);
    } catch (const std::exception&) {
        made.problem = kFailed;
    }
    return made;
}

void tell(const EventDraft& event, Outlook& outlook) {
    const JsonObject detail(event.detail);
    if (event.kind == "decision.made")
        outlook.decision = "service " + detail.text("service") + " by rule " + detail.text("rule");
    if (event.kind == "route.matched")
        outlook.routes += (outlook.routes.empty() ? "" : "; ") + detail.text("route") +
                          (detail.text("to").empty() ? std::string() : " to " + detail.text("to"));
}

/// Processing once more, for the destination of a delivery that is replayed alone.
void process(Case& one, const pipeline::Configuration& configuration, Outlook& outlook) {
    Obligation again = one.obligation;
    if (one.wish.kind == Kind::replay && again.duty == Duty::deliver) {
        again.facts = "{\"only\":\"" + json_escape(again.destination) + "\"}";
        again.duty = Duty::process;
    }
    pipeline::Parsed parsed;
    pipeline::ClockIndex no_promises;  // Which ones it would keep is not asked.
    no_promises.set_complete(true);
    const pipeline::Processor processor(one.engine.store(), no_promises, one.engine.clock());
    const auto processed = processor.process(again, one.message, configuration, parsed);
    const auto& routing = processed.routing;
    for (const auto& event : routing.events) tell(event, outlook);
    if (routing.end == State::held) outlook.problem = routing.cause;
    if (routing.end == State::filtered) outlook.ends = "Filtered by the rule \"" + routing.rule + "\".";
    for (const auto& owed : routing.obligations) {
        if (owed.duty != Duty::deliver) continue;
        auto delivery = foreseen(one, owed, configuration);
        if (owed.state == State::held) delivery.problem = owed.cause;
        outlook.deliveries.push_back(std::move(delivery));
    }
    if (routing.obligations.empty() && routing.end == State::delivered) outlook.ends = "Nothing more is owed for it.";
}

bool by_organisation(const pipeline::Destination& destination) {
    const auto ask = destination.adapter->by_organisation;
    return ask != nullptr && ask(destination.settings);
}

/// Whom a redirected delivery is for: the one that is named, else the one that it was for, where that matters.
std::string organisation_for(const Wish& wish, const Obligation& before, const pipeline::Configuration& today) {
    if (!wish.organisation.empty()) return wish.organisation;
    return by_organisation(today.destinations.at(wish.destination)) ? before.organisation : std::string();
}

void run(Case& one, Outlook& outlook) {
    if (one.obligation.duty == Duty::answer) {
        outlook.problem = "Its time to wait is over: it would be held again at once. Cancel it instead.";
        return;
    }
    const auto configuration = configuration_for(one);
    if (!configuration) {
        outlook.problem = to_string(configuration.error());
        return;
    }
    if (one.obligation.duty == Duty::process || one.wish.kind == Kind::replay)
        return process(one, **configuration, outlook);
    auto obligation = one.obligation;
    if (one.wish.kind == Kind::redirect) {
        obligation.destination = one.wish.destination;
        obligation.organisation = organisation_for(one.wish, one.obligation, *one.engine.configuration());
    }
    outlook.deliveries.push_back(foreseen(one, obligation, **configuration));
}

Error needs_delivery(std::string_view what) {
    return fail(Issue::not_supported, std::string(what),
                "Only a delivery can be redirected; what is still to be processed is replayed.");
}

Error nothing_to_replay(std::string_view what) {
    return fail(Issue::not_supported, std::string(what),
                "An answer that is awaited cannot be replayed: ask the receiver, then cancel the wait; or replay the "
                "message.");
}

Error wrong(std::string where, std::string what) {
    return fail(Issue::value, std::move(where), std::move(what));
}

/// Whether the organisation that it would be for is one that the destination can be sent to.
std::optional<Error> cannot_be_for(const Wish& wish, const Obligation& before, const pipeline::Configuration& today) {
    const bool many = by_organisation(today.destinations.at(wish.destination));
    if (!many && !wish.organisation.empty())
        return wrong(wish.destination, "This destination has one address; leave --organisation out.");
    const auto organisation = organisation_for(wish, before, today);
    if (many && organisation.empty())
        return wrong(wish.destination, "This destination has many addresses: say whom it is for, with --organisation.");
    if (many && today.directory.look_up(organisation) != directory::Lookup::found)
        return fail(Issue::not_found, organisation,
                    "The directory has no open organisation with an endpoint under this code; correct it and reload, "
                    "or name another with --organisation.");
    if (wish.destination == before.destination && organisation == before.organisation)
        return wrong(wish.destination, many ? "It goes there already: release it, or name another --organisation."
                                            : "It goes there already; release it instead.");
    return std::nullopt;
}

std::optional<Error> cannot_redirect(const Wish& wish, const Obligation& before, const pipeline::Configuration& today) {
    if (before.duty != Duty::deliver) return needs_delivery(before.id.text());
    if (!today.destinations.contains(wish.destination))
        return fail(Issue::not_found, wish.destination,
                    "There is no such destination in the configuration; add it, or name another with --to.");
    return cannot_be_for(wish, before, today);
}

/// The ordering key goes along, so that the patient's messages keep their order at the new destination too.
std::string lane_at(const std::string& destination, const Obligation& before) {
    std::string lane;
    for (const auto part : split(before.lane, pipeline::kLaneSeparator)) {
        const bool whole = part.starts_with(before.destination + '/');
        const auto key = whole ? part.substr(before.destination.size() + 1) : part;
        if (!lane.empty()) lane += pipeline::kLaneSeparator;
        lane.append(destination).append("/").append(key);
    }
    return lane;
}

}  // namespace

bool Outlook::good() const {
    return problem.empty() &&
           std::all_of(deliveries.begin(), deliveries.end(), [](const Foreseen& one) { return one.problem.empty(); });
}

Outlook foresee(pipeline::Engine& engine, const Wish& wish, Id id) {
    Outlook outlook;
    outlook.obligation = id;
    const auto obligation = engine.store().obligation(id);
    if (!obligation) {
        outlook.problem = to_string(obligation.error());
        return outlook;
    }
    outlook.message = obligation->message;
    auto stored = engine.store().message(obligation->message);
    if (!stored) {
        outlook.problem = to_string(stored.error());
        return outlook;
    }
    outlook.channel = stored->message.channel;
    outlook.message_type = stored->message.message_type;
    if (const auto act = act_for(engine, wish, *obligation, "", ""); !act) {
        outlook.problem = to_string(act.error());
        return outlook;
    }
    Case one{engine, wish, *obligation, std::move(stored->message)};
    if (wish.kind == Kind::cancel)
        outlook.ends = "Ends without a delivery, by the rule \"operator\".";
    else if (wish.kind == Kind::hold)
        outlook.ends = "Stays held.";
    else
        run(one, outlook);
    return outlook;
}

Result<OperatorAct> act_for(const pipeline::Engine& engine, const Wish& wish, const Obligation& obligation,
                            std::string who, std::string reason) {
    OperatorAct act;
    act.kind = wish.kind;
    act.target = obligation.id;
    act.who = std::move(who);
    act.reason = std::move(reason);
    if (wish.kind == Kind::replay && obligation.duty == Duty::answer) return nothing_to_replay(obligation.id.text());
    const bool whole = obligation.duty == Duty::process && pipeline::only_destination(obligation.facts).empty();
    if (wish.kind == Kind::replay && whole) act.target = obligation.message;
    if (wish.kind != Kind::redirect) return act;
    const auto today = engine.configuration();
    if (auto error = cannot_redirect(wish, obligation, *today)) return *std::move(error);
    act.destination = wish.destination;
    act.organisation = organisation_for(wish, obligation, *today);
    act.lane = lane_at(wish.destination, obligation);
    return act;
}

}  // namespace causeway::repair
