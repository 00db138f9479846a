#include "pipeline/acknowledgements.hpp"

#include <algorithm>
#include <charconv>

#include "core/text.hpp"
#include "fhir/json.hpp"
#include "hl7v2/acknowledgement.hpp"

namespace causeway::pipeline {
namespace {

constexpr std::string_view kDecided = "acknowledgement.decided";
constexpr int kInternalError = 207;

std::string text_in(const std::string& detail, const char* name) {
    const auto parsed = fhir::parse_json(Payload(detail));
    return parsed ? std::string((*parsed)->root().child(name).text()) : std::string();
}

int number_at(std::string_view text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// From "AE 102 at PID-3" or "HTTP 422": codes and places, as the event of the attempt has them.
ApplicationAnswer refusal(const std::string& detail) {
    ApplicationAnswer answer{"AE", kInternalError, "The receiving system refused the message."};
    if (detail.size() < 2 || std::string_view("AC").find(detail[0]) == std::string_view::npos) return answer;
    if (detail[1] == 'R') answer.code = "AR";
    if (detail.size() < 4) return answer;
    if (const int code = number_at(std::string_view(detail).substr(3)); code != 0) answer.hl7_code = code;
    answer.text = "The receiving system refused the message: " + detail.substr(3) + ".";
    return answer;
}

/// Is it held because its receiver said no to the last attempt?
std::optional<ApplicationAnswer> refusal_of(const Obligation& held, const std::vector<Event>& events) {
    const auto last = std::find_if(events.rbegin(), events.rend(), [&](const Event& event) {
        return event.obligation == held.id && event.kind.starts_with("attempt.");
    });
    if (last == events.rend() || last->kind != "attempt.refused") return std::nullopt;
    return refusal(text_in(last->detail, "detail"));
}

bool counts(const Obligation& one, bool after_delivery) {
    if (is_acknowledgement(one) || one.duty == Duty::answer) return false;
    return after_delivery || one.duty == Duty::process;
}

ApplicationAnswer still_open(const std::vector<Obligation>& owed, bool after_delivery) {
    const bool held = std::any_of(owed.begin(), owed.end(), [&](const Obligation& one) {
        return counts(one, after_delivery) && one.state == State::held;
    });
    return {"AE", kInternalError,
            held ? "The message is kept, but somebody has to look at it before it goes on; do not send it again."
                 : "The message is kept, but has not reached its receiver yet; do not send it again."};
}

bool is_open(const Obligation& one) {
    return one.state != State::delivered && one.state != State::filtered;
}

Id delivery_of(const Obligation& wait, const std::vector<Obligation>& owed) {
    for (const auto& one : owed)
        if (one.duty == Duty::deliver && one.destination == wait.destination && one.map.empty()) return one.id;
    return {};
}

}  // namespace

bool is_acknowledgement(const Obligation& obligation) noexcept {
    return obligation.map == kAcknowledgementMap;
}

bool owes_acknowledgement(const Channel& channel, const Message& message) {
    if (!channel.acknowledges_later || message.media_type != kHl7v2) return false;
    const auto header = hl7v2::read_header(message.body.reveal());
    if (!header || !hl7v2::is_enhanced_mode(*header)) return false;
    // Whether it will be a good one is not known yet: see answer_for().
    return hl7v2::wants_application_acknowledgement(*header, true) ||
           hl7v2::wants_application_acknowledgement(*header, false);
}

std::optional<ApplicationAnswer> answer_for(const std::vector<Obligation>& owed, const std::vector<Event>& events,
                                            bool after_delivery, bool late) {
    bool open = false, cancelled = false;
    for (const auto& one : owed) {
        if (!counts(one, after_delivery)) continue;
        if (one.state == State::held)
            if (auto refused = refusal_of(one, events)) return refused;
        open = open || is_open(one);
        cancelled = cancelled || (one.state == State::filtered && one.rule == "operator");
    }
    if (open) return late ? std::optional(still_open(owed, after_delivery)) : std::nullopt;
    if (!cancelled) return ApplicationAnswer{"AA", 0, {}};
    return ApplicationAnswer{"AE", kInternalError, "An operator cancelled what was owed for the message; ask why."};
}

EventDraft decision_event(const Obligation& acknowledgement, const ApplicationAnswer& answer, Instant now) {
    EventDraft draft;
    draft.at = now;
    draft.kind = kDecided;
    draft.message = acknowledgement.message;
    draft.obligation = acknowledgement.id;
    draft.actor = "engine";
    draft.detail = "{\"code\":\"" + answer.code + "\",\"hl7\":\"" + std::to_string(answer.hl7_code) + "\",\"text\":\"" +
                   json_escape(answer.text) + "\"}";
    return draft;
}

std::optional<DecidedAnswer> decided(const std::vector<Event>& events, Id acknowledgement) {
    for (const auto& event : events) {
        if (event.kind != kDecided || event.obligation != acknowledgement) continue;
        DecidedAnswer found;
        found.at = event.at;
        found.answer = {text_in(event.detail, "code"), number_at(text_in(event.detail, "hl7")),
                        text_in(event.detail, "text")};
        return found;
    }
    return std::nullopt;
}

Result<Delivery> make_acknowledgement(const Obligation& obligation, const Message& message,
                                      const DecidedAnswer& decided) {
    const auto header = hl7v2::read_header(message.body.reveal());
    if (!header) return fail(Issue::structure, "MSH", "Only HL7 v2 with a readable MSH is acknowledged later.");
    hl7v2::Acknowledgement acknowledgement;
    acknowledgement.code = decided.answer.code;
    acknowledgement.control_id = obligation.id.text();
    acknowledgement.at = decided.at;
    acknowledgement.is_delayed = true;
    if (decided.answer.hl7_code != 0) {
        Finding finding;
        finding.issue = Issue::processing;
        finding.hl7_code = decided.answer.hl7_code;
        finding.text = decided.answer.text;
        acknowledgement.outcome.add(std::move(finding));
    }
    Delivery delivery;
    delivery.obligation = obligation.id.text();
    delivery.message = message.id.text();
    delivery.media_type = kHl7v2;
    delivery.payload = Payload(hl7v2::write_acknowledgement(header, acknowledgement));
    delivery.repeated = obligation.attempts > 0;
    return delivery;
}

namespace {

/// Control ids are unique for one sender only: the two ends must be those of the message, the other way round. A peer
/// that leaves one of them empty says nothing against it.
bool answers(const hl7v2::Header& acknowledgement, const MessageStore& store, Id earlier) {
    const auto stored = store.message(earlier);
    const auto header = stored ? hl7v2::read_header(stored->message.body.reveal()) : std::nullopt;
    if (!header) return false;
    const auto fits = [](const std::string& one, const std::string& other) {
        return one.empty() || other.empty() || one == other;
    };
    return fits(acknowledgement.sending_application, header->receiving_application) &&
           fits(acknowledgement.sending_facility, header->receiving_facility) &&
           fits(acknowledgement.receiving_application, header->sending_application) &&
           fits(acknowledgement.receiving_facility, header->sending_facility);
}

}  // namespace

Id awaited_delivery(const MessageStore& store, const std::string& control_id, const Message& by) {
    constexpr std::size_t most = 20;
    const auto acknowledgement = hl7v2::read_header(by.body.reveal());
    if (control_id.empty() || !acknowledgement) return {};
    const auto messages = store.find({"control-id", control_id}, most);
    if (!messages) return {};
    Id found;
    for (const auto& earlier : *messages) {
        const auto owed = store.obligations_of(earlier.id);
        if (!owed || earlier.id == by.id || !answers(*acknowledgement, store, earlier.id)) continue;
        for (const auto& wait : *owed) {
            if (wait.duty != Duty::answer || !is_open(wait)) continue;
            if (found) return {};
            found = delivery_of(wait, *owed);
        }
    }
    return found;
}

void WaitingAcknowledgements::add(Id message, Id acknowledgement) {
    const std::lock_guard lock(mutex_);
    by_message_[message.value] = acknowledgement;
}

void WaitingAcknowledgements::remove(Id message) {
    const std::lock_guard lock(mutex_);
    by_message_.erase(message.value);
}

Id WaitingAcknowledgements::of(Id message) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_message_.find(message.value);
    return found == by_message_.end() ? Id{} : found->second;
}

}  // namespace causeway::pipeline
