#include "api/describe.hpp"

#include <functional>
#include <map>
#include <string_view>

#include "api/json_object.hpp"

namespace causeway::api {
namespace {

using Detail = JsonObject;
using Sentence = std::function<std::string(const Event&, const Detail&)>;

struct Phrase {
    std::string_view what;
    Sentence sentence;
};

std::string quoted(const std::string& name) {
    return '"' + name + '"';
}

/// `before` + text, or nothing where the text is empty.
std::string with(std::string_view before, const std::string& text) {
    return text.empty() ? std::string() : std::string(before) + text;
}

std::string decided(const Event&, const Detail& detail) {
    return "service " + quoted(detail.text("service")) + " by rule " + quoted(detail.text("rule")) +
           with(": ", detail.text("reason"));
}

std::string routed(const Event&, const Detail& detail) {
    if (!detail.has("route")) return detail.text("cause");
    return "by " + quoted(detail.text("route")) + with(" to ", detail.text("to"));
}

std::string owed(const Event&, const Detail& detail) {
    const auto to = detail.text("destination") + with(" for practice ", detail.text("organisation"));
    if (detail.text("state") == "held")
        return "to " + to + ", held for " + detail.text("owner") + with(": ", detail.text("cause"));
    return (detail.text("duty") == "answer" ? "a business answer from " : "to ") + to;
}

std::string held(const Event&, const Detail& detail) {
    return with("for ", detail.text("owner")) + with(": ", detail.text("cause") + detail.text("detail")) +
           with(", reason: ", detail.text("reason"));
}

std::string attempted(const Event&, const Detail& detail) {
    return detail.text("destination") + with(": ", detail.text("detail"));
}

std::string clocked(const Event&, const Detail& detail) {
    const auto name = detail.text("name").empty() ? detail.text("clock") : detail.text("name");
    return quoted(name) + with(" of ", detail.text("owner")) + with(", breaches at ", detail.text("breach_at")) +
           with(", kept by ", detail.text("by"));
}

std::string acted(const Event& event, const Detail& detail) {
    return "by " + event.actor + with(", reason: ", detail.text("reason"));
}

std::string settled(const Event& event, const Detail& detail) {
    return quoted(detail.text("clock") + detail.text("expectation")) + ' ' + acted(event, detail);
}

std::string drained(const Event& event, const Detail& detail) {
    const auto rate = detail.text("rate");
    return detail.text("destination") + (rate.empty() ? ": as fast as it can, " : ": at " + rate + ", ") +
           acted(event, detail);
}

std::string incident(const Event&, const Detail& detail) {
    return detail.text("kind") + '/' + detail.text("subject") + with(": ", detail.text("what"));
}

std::string constant_text(std::string_view text) {
    return std::string(text);
}

Sentence say(std::string_view text) {
    return [text](const Event&, const Detail&) { return constant_text(text); };
}

const std::map<std::string_view, Phrase>& phrases() {
    static const std::map<std::string_view, Phrase> table = {
        {"message.accepted", {"accepted", say("received, checked and durable")}},
        {"message.refused", {"refused", say("told the sender what to mend")}},
        {"message.duplicate", {"duplicate", say("the same bytes again: answered as before, nothing new is owed")}},
        {"message.conflict", {"conflict", say("same id with other bytes: kept in quarantine")}},
        {"message.replayed", {"replayed", acted}},
        {"decision.made", {"decided", decided}},
        {"route.matched", {"routed", routed}},
        {"obligation.created", {"owed", owed}},
        {"obligation.filtered",
         {"filtered",
          [](const Event&, const Detail& detail) {
              return "by rule " + quoted(detail.text("rule")) + with(": ", detail.text("cause"));
          }}},
        {"obligation.held", {"held", held}},
        {"obligation.released", {"released", acted}},
        {"obligation.cancelled", {"cancelled", acted}},
        {"attempt.started",
         {"sending", [](const Event&, const Detail& detail) { return "attempt " + detail.text("attempt"); }}},
        {"attempt.confirmed", {"delivered", attempted}},
        {"attempt.refused", {"not taken", attempted}},
        {"attempt.unknown", {"unknown", attempted}},
        {"attempt.failed", {"not sent", attempted}},
        {"answer.received", {"answered", attempted}},
        {"clock.started", {"clock runs", clocked}},
        {"clock.warned", {"clock warns", clocked}},
        {"clock.breached", {"clock broken", clocked}},
        {"clock.stopped", {"clock kept", clocked}},
        {"clock.settled", {"settled", settled}},
        {"absence.settled", {"settled", settled}},
        {"reconcile.completed", {"reconciled", [](const Event&, const Detail& detail) { return detail.text("day"); }}},
        {"reconcile.failed", {"unreconciled", [](const Event&, const Detail& detail) { return detail.text("why"); }}},
        {"reconcile.recovered", {"reconciled", say("the daily reconciliation works again")}},
        {"patient.known", {"learnt", say("patient knowledge updated")}},
        {"patient.merged", {"merged", say("two patient records are one")}},
        {"obligation.redirected",
         {"redirected",
          [](const Event& event, const Detail& detail) {
              return with("to ", detail.text("to")) + (detail.text("to").empty() ? "" : ", ") + acted(event, detail);
          }}},
        {"message.amended",
         {"amended",
          [](const Event& event, const Detail& detail) {
              return with("as ", detail.text("by")) + with("from ", detail.text("amends")) + ", " +
                     acted(event, detail);
          }}},
        {"message.read",
         {"read",
          [](const Event& event, const Detail& detail) {
              const auto what = detail.text("what");
              return what + (what.empty() ? "" : ", ") + acted(event, detail);
          }}},
        {"drain.changed", {"drain", drained}},
        {"incident.started", {"incident", incident}},
        {"incident.ended", {"over", incident}},
        {"alert.sent",
         {"alert", [](const Event&,
                      const Detail& detail) { return detail.text("receiver") + " was told: " + detail.text("what"); }}},
        {"alert.failed",
         {"alert lost",
          [](const Event&, const Detail& detail) { return detail.text("receiver") + with(": ", detail.text("why")); }}},
        {"config.activated",
         {"configured", [](const Event&, const Detail& detail) { return detail.text("hash").substr(0, 12); }}},
    };
    return table;
}

}  // namespace

Words describe(const Event& event) {
    const auto found = phrases().find(event.kind);
    if (found == phrases().end()) return {event.kind, ""};
    return {std::string(found->second.what), found->second.sentence(event, Detail(event.detail))};
}

}  // namespace causeway::api
