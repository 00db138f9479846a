#include "pipeline/delivery.hpp"

#include <algorithm>
#include <cmath>

#include "core/json_object.hpp"
#include "core/text.hpp"
#include "hl7v2/acknowledgement.hpp"
#include "pipeline/acknowledgements.hpp"
#include "pipeline/decode.hpp"
#include "pipeline/facts.hpp"

namespace causeway::pipeline {
namespace {

EventDraft event_of(const Obligation& obligation, std::string kind, std::string_view detail, Instant now) {
    EventDraft draft;
    draft.at = now;
    draft.kind = std::move(kind);
    draft.message = obligation.message;
    draft.obligation = obligation.id;
    draft.actor = "engine";
    draft.detail =
        "{\"destination\":\"" + json_escape(obligation.destination) + "\",\"detail\":\"" + json_escape(detail) + "\"}";
    return draft;
}

Progress progress_of(const Obligation& obligation, State state, EventDraft event) {
    Progress progress;
    progress.obligation = obligation.id;
    progress.state = state;
    progress.event = std::move(event);
    return progress;
}

Progress held(const Obligation& obligation, const std::string& owner, std::string cause, EventDraft event) {
    auto progress = progress_of(obligation, State::held, std::move(event));
    progress.owner = owner;
    progress.cause = std::move(cause);
    return progress;
}

/// Again after a pause, unless it has been tried for too long.
Progress again(const Obligation& obligation, const Destination& destination, std::string cause, EventDraft event,
               Instant now, Duration pause) {
    if (now - obligation.created_at >= destination.retry.give_up)
        return held(obligation, destination.owner,
                    "Given up after " + to_text(destination.retry.give_up) + ": " + cause, std::move(event));
    auto progress = progress_of(obligation, State::queued, std::move(event));
    progress.next_attempt_at = now + pause;
    progress.cause = std::move(cause);
    return progress;
}

/// The route's line that owes this; null where today's configuration has none such.
const route::Target* target_of(const Obligation& obligation, const Configuration& configuration) {
    for (const auto& route : configuration.routes.all()) {
        if (route.name != obligation.route) continue;
        for (const auto& target : route.targets)
            if (target.destination == obligation.destination && target.map == obligation.map) return &target;
    }
    return nullptr;
}

/// Members of a JSON object: places that no row read and codes that no table maps. No values: a code that looks like
/// anything else is not shown (mapping::shown_code).
std::string told_of(const mapping::Map& map, const std::vector<std::string>& lost,
                    const std::vector<mapping::UnmappedCode>& unmapped, const Message& message) {
    constexpr std::size_t kMost = 50;
    if (lost.empty() && unmapped.empty()) return {};
    JsonText json;
    json.object([&] {
        json.add("map", map.name()).add("version", map.version());
        if (!lost.empty())
            json.array("lost", [&] {
                for (std::size_t i = 0; i < std::min(kMost, lost.size()); ++i) json.value_of(lost[i]);
            });
        if (unmapped.empty()) return;
        json.add("channel", message.channel);
        json.array("unmapped", [&] {
            for (std::size_t i = 0; i < std::min(kMost, unmapped.size()); ++i)
                json.object([&] {
                    json.add("table", unmapped[i].table).add_if("system", unmapped[i].system);
                    json.add("code", unmapped[i].code);
                });
        });
    });
    auto text = json.text();
    return text.substr(1, text.size() - 2);
}

Error would_lose(const std::vector<std::string>& lost) {
    constexpr std::size_t kShown = 10;
    std::string places;
    for (std::size_t i = 0; i < std::min(kShown, lost.size()); ++i) places += (i == 0 ? "" : ", ") + lost[i];
    if (lost.size() > kShown) places += " and " + std::to_string(lost.size() - kShown) + " more";
    return fail(
        Issue::business_rule, lost.front(),
        "The map would lose " + places + ": add rows or name them in ignore, then replay; or release it as it is.");
}

Result<mapping::Output> transform(const Obligation& obligation, const Message& message,
                                  const Configuration& configuration, tree::DocumentPtr& document, Told& told,
                                  bool may_lose) {
    const auto map = configuration.maps.find(obligation.map);
    if (map == configuration.maps.end())
        return fail(Issue::not_found, obligation.map, "Add this map to the mappings folder and replay the message.");
    const auto channel = configuration.channels.find(message.channel);
    if (!document) {
        auto decoded = decode(message.body, message.media_type,
                              channel == configuration.channels.end() ? hl7v2::ParseOptions() : channel->second.v2,
                              configuration.definitions);
        if (!decoded) return decoded.error();
        document = std::move(*decoded);
    }
    // The time of receipt, not of the attempt: an attempt that is repeated sends the same bytes.
    Facts facts(message, message.received_at, configuration);
    facts.resolve_within(*document);
    facts.set("obligation", obligation.id.text());
    restore(facts, obligation.facts);
    facts.set("organisation", obligation.organisation);
    facts.set("destination", obligation.destination);
    const auto forward = document->format() == "hl7v2" || !map->second.can(mapping::Direction::reverse);
    std::vector<mapping::UnmappedCode> unmapped;
    auto output = map->second.run(forward ? mapping::Direction::forward : mapping::Direction::reverse, document->root(),
                                  facts.environment(), false, &unmapped);
    told.members = told_of(map->second, output ? output->lost : std::vector<std::string>(), unmapped, message);
    if (!output || output->lost.empty()) return output;
    const auto* target = target_of(obligation, configuration);
    told.would_lose = target != nullptr && target->holds_lost && !may_lose;
    if (told.would_lose) return would_lose(output->lost);
    return output;
}

/// Does the route leave it to the directory where this goes?
bool needs_organisation(const Obligation& obligation, const Configuration& configuration) {
    const auto* target = target_of(obligation, configuration);
    return target != nullptr && !target->organisation.empty();
}

Error unreachable(const std::string& code, directory::Lookup why) {
    const auto* what = why == directory::Lookup::closed        ? " is closed: find out who has the patient now."
                       : why == directory::Lookup::no_endpoint ? " has no endpoint: add it to the directory."
                                                               : " is not in the directory: add it.";
    return fail(Issue::not_found, "", "Organisation " + code + what + " Nothing was sent.");
}

/// Never guessed: an organisation that is unknown, closed or in dispute gets nothing, whoever releases it.
Result<std::string> address_of(const Obligation& obligation, const Configuration& configuration,
                               const directory::Directory& today) {
    if (obligation.organisation.empty()) {
        if (!needs_organisation(obligation, configuration)) return std::string();
        return fail(Issue::not_found, "", "No organisation was found for this message: mend what names it and replay.");
    }
    const auto found = today.look_up(obligation.organisation);
    if (found != directory::Lookup::found) return unreachable(obligation.organisation, found);
    return today.find(obligation.organisation)->endpoint;
}

}  // namespace

Result<Delivery> make_delivery(const Obligation& obligation, const Message& message, const Configuration& configuration,
                               const directory::Directory& today, tree::DocumentPtr& document, Told* told,
                               bool may_lose) {
    if (is_acknowledgement(obligation))  // A preview: what it will say is decided when it is due.
        return make_acknowledgement(obligation, message, {{"AA", 0, {}}, message.received_at});
    auto address = address_of(obligation, configuration, today);
    if (!address) return address.error();
    Delivery delivery;
    delivery.obligation = obligation.id.text();
    delivery.message = message.id.text();
    delivery.media_type = message.media_type;
    delivery.payload = message.body;
    delivery.repeated = obligation.attempts > 0;
    delivery.address = std::move(*address);
    if (obligation.map.empty()) return delivery;
    Told ignored;
    auto output = transform(obligation, message, configuration, document, told != nullptr ? *told : ignored, may_lose);
    if (!output) return output.error();
    delivery.payload = std::move(output->payload);
    delivery.media_type = std::move(output->media_type);
    return delivery;
}

void add_told(EventDraft& event, const std::string& told) {
    if (told.empty() || !event.detail.ends_with('}')) return;
    event.detail.insert(event.detail.size() - 1, (event.detail.size() > 2 ? "," : "") + told);
}

Duration back_off(const RetryPolicy& policy, int attempts, double jitter) {
    const auto doubled = static_cast<double>(policy.first.count()) * std::exp2(std::min(std::max(attempts - 1, 0), 30));
    const auto capped = std::min(doubled, static_cast<double>(policy.most.count()));
    return Duration(static_cast<std::int64_t>(capped * (1 + jitter / 5)));
}

Progress after_receipt(const Obligation& obligation, const Destination& destination, const Receipt& receipt,
                       Instant now, double jitter) {
    const auto attempts = obligation.attempts + 1;
    const auto with_answer = [&](Progress progress) {
        progress.answer = receipt.answer;
        return progress;
    };
    switch (receipt.outcome) {
        case Receipt::Outcome::confirmed:
            return with_answer(progress_of(obligation, State::delivered,
                                           event_of(obligation, "attempt.confirmed", receipt.detail, now)));
        case Receipt::Outcome::refused: {
            auto event = event_of(obligation, "attempt.refused", receipt.detail, now);
            auto cause = "Refused by " + obligation.destination + ": " + receipt.detail;
            if (!receipt.transient)
                return with_answer(held(obligation, destination.owner, std::move(cause), std::move(event)));
            const auto pause = std::max(receipt.retry_after, back_off(destination.retry, attempts, jitter));
            return with_answer(again(obligation, destination, std::move(cause), std::move(event), now, pause));
        }
        case Receipt::Outcome::unknown:
            break;
    }
    auto event = event_of(obligation, "attempt.unknown", receipt.detail, now);
    auto cause = "Outcome unknown, " + obligation.destination + " may have it: " + receipt.detail;
    if (!destination.resend_unknown) return held(obligation, destination.owner, std::move(cause), std::move(event));
    return again(obligation, destination, std::move(cause), std::move(event), now,
                 back_off(destination.retry, attempts, jitter));
}

Progress after_error(const Obligation& obligation, const Destination& destination, const Error& error, Instant now,
                     double jitter) {
    auto event = event_of(obligation, "attempt.failed", to_string(error), now);
    if (error.retry == Retry::never) return held(obligation, destination.owner, to_string(error), std::move(event));
    const auto pause = error.retry == Retry::now && obligation.attempts == 0
                           ? Duration{}
                           : back_off(destination.retry, obligation.attempts + 1, jitter);
    return again(obligation, destination, to_string(error), std::move(event), now, pause);
}

Progress after_crash(const Obligation& obligation, const Destination* destination, Instant now) {
    auto event = event_of(obligation, "attempt.unknown", "the engine stopped during the attempt", now);
    if (obligation.duty == Duty::process || (destination && destination->resend_unknown)) {
        auto progress = progress_of(obligation, State::queued, std::move(event));
        progress.next_attempt_at = now;
        return progress;
    }
    return held(obligation, destination ? destination->owner : "integration-team",
                "Outcome unknown, " + obligation.destination + " may have it: the engine stopped during the attempt.",
                std::move(event));
}

Progress hold(const Obligation& obligation, std::string owner, std::string cause, Instant now) {
    auto event = event_of(obligation, "obligation.held", "", now);
    event.detail = "{\"owner\":\"" + json_escape(owner) + "\",\"cause\":\"" + json_escape(cause) + "\"}";
    return held(obligation, owner, std::move(cause), std::move(event));
}

bool is_business_answer(const Payload& answer) {
    const auto read = hl7v2::read_answer(answer.reveal());
    return read && !read->message_type.starts_with("ACK");
}

}  // namespace causeway::pipeline
