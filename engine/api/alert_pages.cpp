#include "api/alert_pages.hpp"

namespace causeway::api {

namespace asio = boost::asio;
using alerts::Incident;
using alerts::ReceiverState;

namespace {

void write(JsonText& json, const Incident& incident) {
    const auto& facts = incident.facts;
    json.object([&] {
        json.add("id", incident.id).add("kind", facts.kind).add("subject", facts.subject).add("open", incident.open());
        json.add("what", facts.what).add("todo", facts.todo).add_if("owner", facts.owner);
        json.add("since", to_fhir_instant(facts.since)).add("count", facts.count).add("urgent", facts.urgent);
        if (facts.oldest != Instant()) json.add("oldest", to_fhir_instant(facts.oldest));
        json.add("started_at", to_fhir_instant(incident.started_at));
        if (!incident.open()) json.add("ended_at", to_fhir_instant(incident.ended_at));
        json.array("told", [&] {
            for (const auto& name : incident.told_start) json.value_of(name);
        });
    });
}

void write(JsonText& json, const ReceiverState& receiver) {
    json.object([&] {
        json.add("receiver", receiver.name).add("by", receiver.by).add("waiting", receiver.waiting);
        if (receiver.told_at != Instant()) json.add("told_at", to_fhir_instant(receiver.told_at));
        if (receiver.failing_since == Instant()) return;
        json.add("failing_since", to_fhir_instant(receiver.failing_since)).add("why", receiver.why);
        json.add("next_attempt", to_fhir_instant(receiver.next_attempt));
    });
}

std::string line_of(const Incident& incident, Instant now) {
    const auto& facts = incident.facts;
    auto text = "  " + incident.id + "  " + facts.kind + '/' + facts.subject + "  ";
    if (incident.open()) {
        text += "for " + alerts::age_text(now - facts.since);
    } else {
        text += to_fhir_instant(facts.since) + " to " + to_fhir_instant(incident.ended_at);
    }
    text += (facts.owner.empty() ? "" : "  for " + facts.owner) + "\n            " + facts.what + '\n';
    if (incident.open() && !facts.todo.empty()) text += "            " + facts.todo + '\n';
    return text;
}

std::string line_of(const ReceiverState& receiver, Instant now) {
    auto text = "  " + receiver.name + "  " + receiver.by + "  ";
    if (receiver.failing_since != Instant())
        text += "not reached for " + alerts::age_text(now - receiver.failing_since) + ", " +
                std::to_string(receiver.waiting) + " to tell: " + receiver.why;
    else if (receiver.told_at != Instant())
        text += "told " + alerts::age_text(now - receiver.told_at) + " ago";
    else
        text += "nothing told since the start";
    return text + '\n';
}

}  // namespace

View render(const alerts::Snapshot& snapshot, Instant now) {
    JsonText json;
    std::string open, ended, receivers;
    for (const auto& incident : snapshot.incidents) (incident.open() ? open : ended) += line_of(incident, now);
    for (const auto& receiver : snapshot.receivers) receivers += line_of(receiver, now);
    json.object([&] {
        json.array("incidents", [&] {
            for (const auto& incident : snapshot.incidents) write(json, incident);
        });
        json.array("receivers", [&] {
            for (const auto& receiver : snapshot.receivers) write(json, receiver);
        });
    });
    auto text = open.empty() ? std::string("Nothing is wrong.\n") : "Going on\n" + open;
    if (!ended.empty()) text += "Over, in the last week\n" + ended;
    text += receivers.empty() ? "Nobody is told: name receivers in conf/alerts.yaml.\n" : "Receivers\n" + receivers;
    return {json.text(), std::move(text)};
}

bool AlertPages::takes(const Call& call) const {
    return call.path == "/v1/alerts" || call.path == "/v1/alerts/test";
}

asio::awaitable<net::HttpResponse> AlertPages::answer(Call call) {
    if (call.path == "/v1/alerts") co_return respond(200, call.as_text, render(watch_.snapshot(), clock_.now()));
    if (call.method != "POST")
        co_return respond(call.as_text, fail(Issue::not_supported, call.path, "Use POST: this sends a message."));
    const auto receiver = call.body.text("receiver");
    const auto told = co_await watch_.test(receiver);
    if (!told) co_return respond(call.as_text, told.error());
    JsonText json;
    json.object([&] { json.add("receiver", receiver).add("told", true); });
    View view{json.text(), "Receiver " + receiver + " took the test message.\n"};
    co_return respond(200, call.as_text, std::move(view));
}

}  // namespace causeway::api
