#include "pipeline/processor.hpp"

#include <algorithm>
#include <exception>

#include "core/nhs_number.hpp"
#include "core/text.hpp"
#include "fhir/json.hpp"
#include "hl7v2/message.hpp"
#include "pipeline/acknowledgements.hpp"
#include "pipeline/decode.hpp"
#include "pipeline/facts.hpp"
#include "pipeline/intake.hpp"
#include "pipeline/keys.hpp"
#include "pipeline/patient_learning.hpp"
#include "pipeline/promises.hpp"

namespace causeway::pipeline {
namespace {

/// Messages of one referral that are looked at; found newest first, and the clocks belong to the oldest.
constexpr std::size_t kJourney = 1000;

EventDraft event(std::string kind, Id message, std::string detail) {
    EventDraft draft;
    draft.kind = std::move(kind);
    draft.message = message;
    draft.actor = "engine";
    draft.detail = std::move(detail);
    return draft;
}

std::string object(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    std::string out = "{";
    for (const auto& [name, value] : fields) {
        if (value.empty()) continue;
        if (out.size() > 1) out += ',';
        out.append("\"").append(name).append("\":\"").append(json_escape(value)).append("\"");
    }
    return out + '}';
}

/// One message on its way through the rules.
class Work {
public:
    Work(MessageStore& store, const ClockIndex& clocks, const Clock& clock, const Obligation& obligation,
         const Message& message, const Configuration& configuration, Parsed& parsed)
        : store_(store),
          clocks_(clocks),
          now_(clock.now()),
          message_(message),
          configuration_(configuration),
          channel_(configuration.channels.find(message.channel)->second),
          is_first_(obligation.id == message.id),
          only_(only_destination(obligation.facts)),
          facts_(message, now_, configuration),
          parsed_(parsed) {
        done_.routing.process = obligation.id;
    }

    Processed run() {
        auto done = follow_rules();
        owe_acknowledgement(done);
        return done;
    }

private:
    Processed follow_rules() {
        if (auto decoded = decode_once(); !decoded) return hold(to_string(decoded.error()));
        if (auto cause = held_by_validation(); !cause.empty()) return hold(std::move(cause));
        facts_.resolve_within(*document_);
        enrich();
        match_answer();
        const auto routes = configuration_.routes.matching(channel_.name, root(), facts_.environment());
        if (!routes) return hold(to_string(routes.error()));
        for (const auto* route : *routes)
            if (auto followed = follow(*route); !followed) return hold(to_string(followed.error()));
        stop_clocks();
        return finish(*routes);
    }

    tree::Node root() const { return document_->root(); }

    Result<void> decode_once() {
        if (!parsed_.document) {
            auto decoded = decode(message_.body, message_.media_type, channel_.v2, configuration_.definitions);
            if (!decoded) return decoded.error();
            parsed_.document = std::move(*decoded);
        }
        if (!parsed_.identity)
            parsed_.identity = std::make_shared<const Identity>(identify(*parsed_.document, channel_));
        document_ = parsed_.document;
        return {};
    }

    /// Intake has judged what it just accepted. What is read from the ledger is judged again, unless somebody let it
    /// pass.
    std::string held_by_validation() const {
        if (parsed_.hold) return *parsed_.hold;
        const auto& validation = channel_.validation;
        const auto* fhir = dynamic_cast<const fhir::FhirDocument*>(document_.get());
        const bool holds = validation.on_error == Reaction::hold || validation.on_warning == Reaction::hold;
        if (!holds || fhir == nullptr || !validation.validator || was_released()) return {};
        return validation.check(*fhir).hold;
    }

    bool was_released() const {
        const auto events = store_.events_of(message_.id);
        return events && std::any_of(events->begin(), events->end(), [&](const Event& event) {
                   return event.kind == "obligation.released" && event.obligation == done_.routing.process;
               });
    }

    /// All or nothing: what a message that is held has not done, its release or replay does.
    Processed hold(std::string cause) {
        const auto process = done_.routing.process;
        done_ = {};
        done_.routing.process = process;
        done_.routing.end = State::held;
        done_.routing.owner = channel_.owner;
        done_.routing.cause = std::move(cause);
        return std::move(done_);
    }

    /// What is known of the patient already, by NHS number or local identifier.
    void enrich() {
        for (const auto& key : known_by(*document_)) {
            const auto patient = store_.patient(key);
            if (!patient) continue;
            patient_ = *patient;
            return facts_.set_document("patient", patient_);
        }
    }

    /// An application acknowledgement that came as a message of its own (RRI, ACK): MSA-2 names our delivery, or the
    /// message that was sent on as it came.
    void match_answer() {
        const auto* message = dynamic_cast<const hl7v2::Message*>(document_.get());
        if (!message) return;
        const auto control_id = message->get("MSA-2");
        const auto id = Id::parse(control_id);
        done_.answered =
            id && store_.obligation(*id) ? *id : awaited_delivery(store_, std::string(control_id), message_);
        if (!done_.answered) return;
        const auto code = message->get("MSA-1");
        if (code.ends_with('E') || code.ends_with('R')) done_.rejection = code;
    }

    Result<void> follow(const route::Route& route) {
        if (auto learnt = learn(route); !learnt) return learnt;
        if (auto decided = decide(route); !decided) return decided;
        for (const auto& [kind, expression] : route.keys)
            add_keys(done_.routing.keys, kind, expression, root(), facts_.environment());
        auto owed = configuration_.routes.owed(route, root(), facts_.environment(), configuration_.directory,
                                               default_ordering_key());
        if (!owed) return owed.error();
        std::string to;
        for (auto& one : *owed) {
            if (!only_.empty() && one.destination != only_) continue;
            to += (to.empty() ? "" : ", ") + one.destination;
            owe(std::move(one));
        }
        note(event("route.matched", message_.id, object({{"route", route.name}, {"to", to}})));
        return {};
    }

    Result<void> learn(const route::Route& route) {
        if (route.learn.empty()) return {};
        const auto& map = configuration_.maps.find(route.learn)->second;
        auto change = learn_patient(*document_, map, facts_.environment(), message_.received_at);
        if (!change) return change.error();
        if (change->kind == PatientChange::Kind::known && change->patient.empty()) return {};
        done_.routing.patients.push_back(std::move(*change));
        return {};
    }

    Result<void> decide(const route::Route& route) {
        decision_.clear();
        service_.clear();
        facts_.set("decision", "");
        facts_.set("service", "");
        if (route.pathway.empty()) return {};
        auto decision = configuration_.pathways.find(route.pathway)->second.decide(root(), facts_.environment());
        if (!decision) return decision.error();
        decision_ = pathway::to_json(*decision);
        service_ = decision->service;
        priority_ = std::max(priority_, decision->priority);
        facts_.set("service", service_);
        facts_.set_document("decision", decision_);
        note(event("decision.made", message_.id, decision_));
        return promise(*decision);
    }

    Result<void> promise(const pathway::Decision& decision) {
        const auto before = promised_before(store_, message_);
        if (!before) return before.error();
        const auto& here = done_.routing.clocks;  // By another route.
        for (const auto& rule : decision.clocks)
            if (!is_promised(*before, decision.pathway, rule.name) && !is_promised(here, decision.pathway, rule.name))
                done_.routing.clocks.push_back(make_promise(store_.ids().next(now_), rule, decision, message_));
        return {};
    }

    std::string default_ordering_key() const {
        std::string key;
        for (const auto& patient : parsed_.identity->patients)
            key += (key.empty() ? "" : std::string(1, kLaneSeparator)) + patient;
        return key.empty() ? channel_.name : key;
    }

    /// Destination and ordering key; of a merge one lane a patient.
    static std::string lane_of(const std::string& destination, const std::string& ordering_key) {
        std::string lane;
        for (const auto key : split(ordering_key, kLaneSeparator)) {
            if (!lane.empty()) lane += kLaneSeparator;
            lane.append(destination).append("/").append(key);
        }
        return lane;
    }

    void owe(route::Owed owed) {
        auto& made = add_obligation(owed, Duty::deliver, now_);
        if (owed.held) {
            made.state = State::held;
            made.owner = owed.owner;
            made.cause = owed.cause;
            made.lane = made.id.text();  // It has no address yet, so it stands in nobody's way.
        }
        if (owed.answer_within == Duration{}) return;
        auto& answer = add_obligation(owed, Duty::answer, now_ + owed.answer_within);
        answer.owner = owed.answer_owner;
        answer.lane = answer.id.text();  // It waits for the destination, never for a lane.
    }

    Obligation& add_obligation(const route::Owed& owed, Duty duty, Instant not_before) {
        Obligation made;
        made.id = store_.ids().next(now_);
        made.message = message_.id;
        made.duty = duty;
        made.route = owed.route;
        made.destination = owed.destination;
        made.organisation = owed.organisation;
        made.map = owed.map;
        made.lane = lane_of(owed.destination, owed.ordering_key);
        made.priority = priority_;
        const auto config = configuration_.hash == message_.config_hash ? std::string() : configuration_.hash;
        made.facts = freeze({config, service_, decision_, patient_});
        made.created_at = now_;
        made.next_attempt_at = not_before;
        return done_.routing.obligations.emplace_back(std::move(made));
    }

    /// One a message, however often it is processed; also where it is held, since its sender waits all the same.
    void owe_acknowledgement(Processed& done) {
        if (!owes_acknowledgement(channel_, message_)) return;
        const auto& destination = channel_.acknowledges_later->destination;
        if (!only_.empty() && only_ != destination) return;
        if (only_.empty() && !is_first_) {
            const auto owed = store_.obligations_of(message_.id);
            if (!owed) {
                done = hold("What the message owes could not be read: replay it again.");
                return;
            }
            if (std::any_of(owed->begin(), owed->end(), is_acknowledgement)) return;
        }
        Obligation made;
        made.id = store_.ids().next(now_);
        made.message = message_.id;
        made.duty = Duty::deliver;
        made.destination = destination;
        made.map = kAcknowledgementMap;
        made.lane = made.id.text();  // It waits for the message, never for a lane.
        made.priority = priority_;
        const auto config = configuration_.hash == message_.config_hash ? std::string() : configuration_.hash;
        made.facts = freeze({config, {}, {}, {}});
        made.created_at = made.next_attempt_at = now_;
        done.routing.obligations.push_back(std::move(made));
    }

    bool is_for_acknowledgement() const {
        return owes_acknowledgement(channel_, message_) && only_ == channel_.acknowledges_later->destination;
    }

    void note(EventDraft draft) { done_.routing.events.push_back(std::move(draft)); }

    /// A promise of the same journey (same UBRN or referral identifier) that this message keeps.
    void stop_clocks() {
        for (const auto& journey : journeys_of(parsed_.identity->keys))
            for (const auto& clock : running_clocks(journey))
                if (clock.message != message_.id) stop_if_kept(clock);
    }

    std::vector<PathwayClock> running_clocks(const std::string& journey) const {
        if (clocks_.complete()) return clocks_.of(journey);
        std::vector<PathwayClock> running;
        for (const auto* kind : {"ubrn", "referral"}) {
            const auto messages = store_.find({kind, journey}, kJourney);
            if (!messages) continue;
            for (const auto& earlier : *messages)
                if (const auto clocks = store_.clocks_of(earlier.id))
                    running.insert(running.end(), clocks->begin(), clocks->end());
        }
        return running;
    }

    void stop_if_kept(const PathwayClock& clock) {
        if (clock.state == PathwayClock::State::stopped || clock.stop_when.empty()) return;
        const auto known = std::any_of(done_.stopped.begin(), done_.stopped.end(),
                                       [&](const PathwayClock& stopped) { return stopped.id == clock.id; });
        if (known) return;
        const auto compiled = fhirpath::Expression::compile(clock.stop_when);
        const auto* condition = std::get_if<fhirpath::Expression>(&compiled);
        const auto kept = condition ? condition->test(root(), facts_.environment()) : Result<bool>(false);
        if (kept && *kept) done_.stopped.push_back(clock);
    }

    Processed finish(const std::vector<const route::Route*>& routes) {
        auto& routing = done_.routing;
        if (!only_.empty()) return finish_only();
        if (!routing.obligations.empty()) return std::move(done_);
        const auto filter =
            std::find_if(routes.begin(), routes.end(), [](const auto* route) { return !route->filter.empty(); });
        if (filter != routes.end()) {
            routing.end = State::filtered;
            routing.rule = (*filter)->filter;
            routing.cause = (*filter)->reason;
        } else if (!routing.patients.empty() || done_.answered) {
            routing.cause = done_.answered ? "answer to a delivery" : "kept as patient knowledge";
        } else {
            return hold(routes.empty()
                            ? "No route takes this message: add one, or a filter that says why it is dropped."
                            : "No target of the route takes this message: add one, or a filter that says why.");
        }
        return std::move(done_);
    }

    /// A replay for one destination: everything else happened when the message was processed first.
    Processed finish_only() {
        auto& routing = done_.routing;
        if (routing.obligations.empty() && !is_for_acknowledgement())
            return hold("No route owes this message to " + only_ +
                        " any more: cancel it, or correct the route and replay it.");
        routing.clocks.clear();
        routing.patients.clear();
        done_.stopped.clear();
        done_.answered = {};
        done_.rejection.clear();
        return std::move(done_);
    }

    MessageStore& store_;
    const ClockIndex& clocks_;
    const Instant now_;
    const Message& message_;
    const Configuration& configuration_;
    const Channel& channel_;
    const bool is_first_;  ///< Nothing can be owed yet.
    const std::string only_;
    Facts facts_;
    Parsed& parsed_;
    tree::DocumentPtr document_;
    std::string patient_, decision_, service_;
    Priority priority_ = message_.priority;
    Processed done_;
};

}  // namespace

Processed Processor::process(const Obligation& obligation, const Message& message, const Configuration& configuration,
                             Parsed& parsed) const {
    const auto held = [&](std::string cause) {
        Processed made;
        made.routing.process = obligation.id;
        made.routing.end = State::held;
        made.routing.owner = "integration-team";
        made.routing.cause = std::move(cause);
        return made;
    };
    if (!configuration.channels.contains(message.channel))
        return held("Channel \"" + message.channel + "\" is not in this configuration: add it and replay.");
    try {
        return Work(store_, clocks_, clock_, obligation, message, configuration, parsed).run();
    } catch (const std::exception&) {
        // A mistake in the program must stop this message only. What was thrown may quote it, so it is not repeated.
        return held("The engine failed on this message: report it, with the id of the message.");
    }
}

}  // namespace causeway::pipeline
