#include "api/settle_pages.hpp"

#include <algorithm>

#include "assurance/reconcile.hpp"
#include "assurance/settled.hpp"
#include "pipeline/await_store.hpp"

namespace causeway::api {

namespace asio = boost::asio;
using net::HttpResponse;

namespace {

std::string detail_of(const Call& call, std::string_view name, std::string_view value) {
    JsonText detail;
    detail.object([&] { detail.add(name, value).add("reason", call.body.text("reason")); });
    return detail.text();
}

EventDraft event_of(const Call& call, std::string kind, Id message, std::string detail) {
    EventDraft event;
    event.kind = std::move(kind);
    event.message = message;
    event.actor = call.who;
    event.detail = std::move(detail);
    return event;
}

View render(Id id, const std::vector<std::string>& settled) {
    JsonText json;
    std::string text;
    json.object([&] {
        json.add("id", id.text());
        json.array("settled", [&] {
            for (const auto& name : settled) {
                json.value_of(name);
                text += id.text() + ": \"" + name + "\" is settled.\n";
            }
        });
    });
    return {json.text(), text};
}

}  // namespace

asio::awaitable<HttpResponse> SettlePages::answer(Call call) {
    if (call.method != "POST")
        co_return respond(call.as_text, fail(Issue::not_supported, call.path, "Use POST: this changes something."));
    if (const auto wrong = wrong_reason(call.body)) co_return respond(call.as_text, *wrong);
    const auto id = Id::parse(call.body.text("id"));
    if (!id)
        co_return respond(call.as_text, fail(Issue::value, "id", "Give the 13 characters of a message or promise id."));
    std::vector<std::string> settled;
    Result<void> done;
    if (call.body.text("expectation").empty())
        done = co_await settle_promises(call, *id, settled);
    else
        done = co_await settle_absence(call, *id, settled);
    if (!done) co_return respond(call.as_text, done.error());
    co_return respond(200, call.as_text, render(*id, settled));
}

Async<void> SettlePages::settle_promises(const Call& call, Id id, std::vector<std::string>& settled) {
    auto open = engine_.store().running_clocks();
    if (!open) co_return open.error();
    std::erase_if(*open, [&](const PathwayClock& clock) {
        return clock.state != PathwayClock::State::breached || (clock.message != id && clock.id != id);
    });
    if (open->empty())
        co_return fail(Issue::not_found, id.text(),
                       "No promise of this message is broken; `causeway journey` shows what is promised, and name what "
                       "a reconciliation misses with --expectation.");
    for (const auto& clock : *open) {
        const auto stopped = co_await stop(call, clock);
        if (!stopped) co_return stopped.error();
        settled.push_back(clock.name);
    }
    co_return Result<void>();
}

Async<void> SettlePages::stop(const Call& call, const PathwayClock& clock) {
    std::function<void(Completion<void>)> start = [&](Completion<void> done) {
        engine_.store().move_clock(clock.id, PathwayClock::State::stopped,
                                   event_of(call, "clock.settled", clock.message, detail_of(call, "clock", clock.name)),
                                   std::move(done));
    };
    co_return co_await pipeline::await_store<void>(std::move(start));
}

Result<Instant> SettlePages::due_of(Id message, const std::string& expectation) const {
    const auto configuration = engine_.configuration();
    const auto& rules = configuration->expectations;
    const auto rule =
        std::find_if(rules.begin(), rules.end(), [&](const auto& one) { return one.name == expectation; });
    if (rule == rules.end())
        return fail(Issue::not_found, expectation,
                    "There is no such expectation; `causeway reconcile` names them before each absence.");
    const auto events = engine_.store().events_of(message);
    if (!events) return events.error();
    if (events->empty() || events->front().kind != "message.accepted")
        return fail(Issue::not_found, message.text(), "There is no such accepted message.");
    const auto due = events->front().at + rule->within;
    if (due > engine_.clock().now())
        return fail(Issue::conflict, message.text(),
                    "Nothing is absent yet: it may come until " + to_fhir_instant(due) + ".");
    return due;
}

Async<void> SettlePages::settle_absence(const Call& call, Id id, std::vector<std::string>& settled) {
    const auto expectation = call.body.text("expectation");
    const auto due = due_of(id, expectation);
    if (!due) co_return due.error();
    const auto day = assurance::day_of(*due, assurance::zone_of(*engine_.configuration()));
    const Note note{assurance::settled_note(day, expectation, id), call.who};
    const auto event = event_of(call, "absence.settled", id, detail_of(call, "expectation", expectation));
    std::function<void(Completion<void>)> start = [&](Completion<void> done) {
        engine_.store().note(note, event, std::move(done));
    };
    const auto noted = co_await pipeline::await_store<void>(std::move(start));
    if (!noted) co_return noted.error();
    settled.push_back(expectation);
    co_return Result<void>();
}

}  // namespace causeway::api
