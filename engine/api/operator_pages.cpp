#include "api/operator_pages.hpp"

#include <algorithm>
#include <tuple>

#include "api/lists.hpp"
#include "core/digest.hpp"
#include "model/operation_outcome.hpp"
#include "repair/amend.hpp"

namespace causeway::api {

namespace asio = boost::asio;
using net::HttpResponse;

namespace {

std::string where_of(const WaitingGroup& group) {
    if (group.duty == Duty::process) return "(processing)";
    return group.duty == Duty::answer ? "answer from " + group.destination : group.destination;
}

std::string line_of(const WaitingGroup& group, Instant now) {
    auto line = "  " + padded(where_of(group), 25) + padded(to_code(group.state), 11) +
                padded(std::to_string(group.count), 9) + padded("oldest " + short_age(group.oldest, now), 13);
    if (group.urgent > 0)
        line += std::to_string(group.urgent) + " urgent, oldest " + short_age(group.oldest_urgent, now) + "  ";
    if (group.state == State::held) line += "for " + group.owner + "  ";
    line += group.cause;
    line.erase(line.find_last_not_of(' ') + 1);
    return line + '\n';
}

void write(JsonText& json, const WaitingGroup& group) {
    json.object([&] {
        json.add("destination", group.destination).add("duty", to_code(group.duty)).add("state", to_code(group.state));
        json.add_if("owner", group.owner).add_if("cause", group.cause);
        json.add("count", group.count).add("urgent", group.urgent).add("oldest", to_fhir_instant(group.oldest));
        if (group.urgent > 0) json.add("oldest_urgent", to_fhir_instant(group.oldest_urgent));
    });
}

void write_rates(JsonText& json, const std::map<std::string, double>& rates) {
    json.object("drain", [&] {
        for (const auto& [destination, rate] : rates) json.add(destination, pipeline::rate_text(rate));
    });
}

Error use_post(const Call& call) {
    return fail(Issue::not_supported, call.path, "Use POST: this changes something.");
}

/// One of today, or one that something was owed to; no name asks for all.
bool is_destination(pipeline::Engine& engine, const std::string& name) {
    if (name.empty() || engine.configuration()->destinations.contains(name)) return true;
    const auto balance = engine.store().balance();
    return balance && std::any_of(balance->rows.begin(), balance->rows.end(),
                                  [&](const Balance::Row& row) { return row.destination == name; });
}

std::string outcome_text(const OperationOutcome& outcome) {
    std::string text;
    for (const auto& finding : outcome.issues)
        text += "  " + std::string(to_code(finding.severity)) + "  " +
                (finding.expression.empty() ? "" : finding.expression + ": ") + finding.text + '\n';
    return text;
}

/// What the checks say of a new version; and its id, where it was stored.
View render(const pipeline::Judgement& judgement, Id stored) {
    JsonText json;
    const auto& record = judgement.record;
    json.object([&] {
        json.add("amends", record.amends.text()).add("accepted", judgement.accepted);
        if (stored) json.add("id", stored.text());
        json.add("message_type", record.message.message_type);
        json.add("bytes", static_cast<std::int64_t>(record.message.body.reveal().size()));
        json.add_raw("outcome", to_json(record.outcome));
    });
    std::string text;
    if (stored)
        text = stored.text() + " is the new version of " + record.amends.text() + ".\n";
    else if (judgement.accepted)
        text = "The checks pass: " + record.message.message_type + ", " +
               std::to_string(record.message.body.reveal().size()) + " bytes. Nothing was changed.\n";
    else
        text = "The checks refuse this version; nothing was changed.\n";
    return {json.text(), text + outcome_text(record.outcome)};
}

}  // namespace

View render(const std::vector<WaitingGroup>& groups, const std::map<std::string, double>& rates, Instant now) {
    auto sorted = groups;
    std::sort(sorted.begin(), sorted.end(), [](const WaitingGroup& a, const WaitingGroup& b) {
        return std::tie(a.destination, a.duty, a.oldest) < std::tie(b.destination, b.duty, b.oldest);
    });
    JsonText json;
    std::string text;
    json.object([&] {
        json.array("groups", [&] {
            for (const auto& group : sorted) {
                write(json, group);
                text += line_of(group, now);
            }
        });
        write_rates(json, rates);
    });
    if (text.empty()) return {json.text(), "Nothing waits.\n"};
    for (const auto& [destination, rate] : rates)
        text += "  " + destination + " drains at " + pipeline::rate_text(rate) + ".\n";
    return {json.text(), std::move(text)};
}

View render_drain(const std::map<std::string, double>& rates) {
    JsonText json;
    json.object([&] { write_rates(json, rates); });
    std::string text;
    for (const auto& [destination, rate] : rates)
        text += "  " +
                (destination == pipeline::DrainRates::kEvery ? std::string("every other destination") : destination) +
                "  " + pipeline::rate_text(rate) + '\n';
    return {json.text(), text.empty() ? "Every destination drains as fast as it can.\n" : text};
}

bool OperatorPages::takes(const Call& call) const {
    return call.path == "/v1/queue" || call.path == "/v1/drain" || call.path == "/v1/amend";
}

asio::awaitable<HttpResponse> OperatorPages::answer(Call call) {
    if (call.path == "/v1/queue") co_return queue(call);
    if (call.path == "/v1/drain" && call.method == "GET")
        co_return respond(200, call.as_text, render_drain(engine_.drain_rates()));
    if (call.method != "POST") co_return respond(call.as_text, use_post(call));
    if (call.body.text("preview") != "yes")
        if (const auto wrong = wrong_reason(call.body)) co_return respond(call.as_text, *wrong);
    if (call.path == "/v1/drain") co_return co_await drain(std::move(call));
    co_return co_await amend(std::move(call));
}

HttpResponse OperatorPages::queue(const Call& call) const {
    const auto now = engine_.clock().now();
    if (call.parameter("list") != "1") {
        const auto groups = engine_.store().waiting_groups();
        return groups ? respond(200, call.as_text, render(*groups, engine_.drain_rates(), now))
                      : respond(call.as_text, groups.error());
    }
    WaitingFilter filter;
    filter.limit = static_cast<std::size_t>(std::clamp<std::int64_t>(call.number("limit", 1000), 1, 100'000));
    filter.destination = call.parameter("destination");
    filter.any_destination = filter.destination.empty();
    if (call.number("limit", 1000) < 1) return respond(call.as_text, fail(Issue::value, "limit", "Give 1 or more."));
    const auto waiting = engine_.store().waiting(filter);
    if (waiting && waiting->empty() && !is_destination(engine_, filter.destination))
        return respond(call.as_text,
                       fail(Issue::not_found, filter.destination,
                            "There is no such destination, and nothing was ever owed to it; `causeway queue` names "
                            "those for which something waits."));
    return waiting ? respond(200, call.as_text, api::render(*waiting, now)) : respond(call.as_text, waiting.error());
}

asio::awaitable<HttpResponse> OperatorPages::drain(Call call) {
    pipeline::DrainChange change;
    change.destination = call.body.text("destination");
    change.who = call.who;
    change.reason = call.body.text("reason");
    const bool known = change.destination == pipeline::DrainRates::kEvery ||
                       engine_.configuration()->destinations.contains(change.destination) ||
                       engine_.drain_rates().contains(change.destination);
    if (!known)
        co_return respond(call.as_text, fail(Issue::not_found, change.destination,
                                             "There is no such destination; `causeway queue` names them."));
    if (const auto text = call.body.text("rate"); !text.empty()) {
        const auto rate = pipeline::parse_rate(text);
        if (!rate) co_return respond(call.as_text, rate.error());
        change.rate = *rate;
    }
    const auto changed = co_await engine_.drain(std::move(change));
    if (!changed) co_return respond(call.as_text, changed.error());
    co_return respond(200, call.as_text, render_drain(engine_.drain_rates()));
}

asio::awaitable<HttpResponse> OperatorPages::amend(Call call) {
    const auto id = Id::parse(call.body.text("id"));
    auto bytes = base64_decode(call.body.text("body"));
    if (!id || !bytes || bytes->empty())
        co_return respond(call.as_text, fail(Issue::value, "id", "Give the id of a message and the new bytes."));
    auto judgement =
        repair::judge_amendment(engine_, *id, Payload(std::move(*bytes)), call.who, call.body.text("reason"));
    if (!judgement) co_return respond(call.as_text, judgement.error());
    const bool preview = call.body.text("preview") == "yes";
    if (preview || !judgement->accepted)
        co_return respond(judgement->accepted ? 200 : 400, call.as_text, render(*judgement, Id{}));
    auto record = judgement->record;
    const auto verdict = co_await engine_.amend(std::move(record));
    if (!verdict) co_return respond(call.as_text, verdict.error());
    co_return respond(200, call.as_text, render(*judgement, verdict->message));
}

}  // namespace causeway::api
