#include "api/management.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cctype>

#include "api/body_pages.hpp"
#include "api/exception_pages.hpp"
#include "api/journey.hpp"
#include "api/lists.hpp"
#include "api/operator_pages.hpp"
#include "api/settle_pages.hpp"

namespace causeway::api {

namespace asio = boost::asio;
using net::HttpResponse;

namespace {

constexpr auto kPoll = std::chrono::milliseconds(50);
constexpr std::size_t kFound = 200;
constexpr std::size_t kEvents = 1000;
constexpr std::int64_t kLongestWait = 30;

Error no_such_thing() {
    return fail(Issue::not_found, "",
                "The management API has no such address; see `causeway --help` for what there is.");
}

bool has_errors(const std::vector<config::Mistake>& mistakes) {
    for (const auto& mistake : mistakes)
        if (!mistake.warning) return true;
    return false;
}

View render(const std::vector<config::Mistake>& mistakes, const std::string& hash) {
    JsonText json;
    std::string text;
    json.object([&] {
        json.add("config", hash);
        json.array("mistakes", [&] {
            for (const auto& mistake : mistakes) {
                json.value_of(config::to_string(mistake));
                text += config::to_string(mistake) + '\n';
            }
        });
    });
    if (!has_errors(mistakes)) text += "Configuration " + hash.substr(0, 12) + " is active.\n";
    return {json.text(), std::move(text)};
}

Result<OperatorAct> act_of(const pipeline::Engine& engine, const MessageStore& store, const JsonObject& body,
                           std::string who) {
    const auto kind = act_kind(body.text("act"));
    if (!kind) return kind.error();
    const auto target = Id::parse(body.text("id"));
    if (!target) return fail(Issue::value, "id", "Give the 13 characters of a message or obligation id.");
    if (auto wrong = wrong_reason(body)) return *std::move(wrong);
    OperatorAct act{*kind, *target, std::move(who), body.text("reason"), body.text("owner")};
    if (*kind != OperatorAct::Kind::redirect) return act;
    const repair::Wish wish{*kind, body.text("destination"), body.text("organisation")};
    if (wish.destination.empty()) return fail(Issue::required, "destination", "Say where to, with --to DESTINATION.");
    const auto obligation = store.obligation(*target);
    if (!obligation) return obligation.error();
    return repair::act_for(engine, wish, *obligation, act.who, act.reason);
}

/// As people write them: "999 000 0018", "y90001".
std::string as_stored(std::string value) {
    std::erase(value, ' ');
    std::transform(value.begin(), value.end(), value.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return value;
}

constexpr std::string_view kStandardKinds[] = {"nhs-number", "patient", "ubrn",   "referral",  "service-request",
                                               "control-id", "bundle",  "sender", "document",  "ods",
                                               "file",       "batch",   "amends", "amended-by"};

/// A kind of key that messages may have: a standard one, or one that a channel or route declares.
bool is_kind(const pipeline::Configuration& configuration, const std::string& kind) {
    const auto declares = [&](const auto& one) { return one.keys.contains(kind); };
    const auto& channels = configuration.channels;
    const auto& routes = configuration.routes.all();
    return std::find(std::begin(kStandardKinds), std::end(kStandardKinds), kind) != std::end(kStandardKinds) ||
           std::any_of(channels.begin(), channels.end(), [&](const auto& one) { return declares(one.second); }) ||
           std::any_of(routes.begin(), routes.end(), declares);
}

/// One of today, or one that messages came in on.
bool is_channel(const pipeline::Engine& engine, const MessageStore& store, const std::string& name) {
    if (engine.configuration()->channels.contains(name)) return true;
    const auto balance = store.balance();
    return balance && balance->intake.contains(name);
}

Error no_such_kind(const std::string& kind) {
    return fail(Issue::not_found, kind,
                "Nothing has such a key, and no channel or route declares this kind; see `causeway find --help`.");
}

}  // namespace

Management::Management(pipeline::Engine& engine) : engine_(engine) {
    add(std::make_unique<ExceptionPages>(engine));
    add(std::make_unique<OperatorPages>(engine));
    add(std::make_unique<BodyPages>(engine));
    add(std::make_unique<SettlePages>(engine));
}

asio::awaitable<HttpResponse> Management::handle(net::HttpRequest request, std::string who) {
    auto call = call_of(request, std::move(who));
    for (const auto& pages : pages_)
        if (pages->takes(call)) co_return co_await pages->answer(std::move(call));
    if (call.path == "/v1/act" || call.path == "/v1/reload") co_return co_await change(std::move(call));
    if (call.path == "/v1/events") co_return co_await events(std::move(call));
    co_return read(call);
}

HttpResponse Management::read(const Call& call) {
    if (call.path == "/v1/status") return status(call);
    if (call.path == "/v1/find" && call.method == "POST") return find(call);
    if (call.path.starts_with("/v1/journey/")) return journey(call);
    if (call.path == "/v1/stats") {
        const auto balance = engine_.store().balance();
        return balance ? respond(200, call.as_text, api::render(*balance)) : respond(call.as_text, balance.error());
    }
    return respond(call.as_text, no_such_thing());
}

HttpResponse Management::status(const Call& call) const {
    const auto configuration = engine_.configuration();
    JsonText json;
    std::string text = std::string("Causeway ") + CAUSEWAY_VERSION + (engine_.ready() ? ", ready" : ", not ready") +
                       ", configuration " + configuration->hash.substr(0, 12) + '\n';
    json.object([&] {
        json.add("version", CAUSEWAY_VERSION).add("ready", engine_.ready()).add("config", configuration->hash);
        json.array("channels", [&] {
            for (const auto& one : engine_.listeners()) {
                text += "  " + one.channel + "  " + one.address +
                        (one.insecure.empty() ? "" : "  insecure: " + one.insecure) + '\n';
                json.object([&] {
                    json.add("channel", one.channel)
                        .add("type", one.type)
                        .add("address", one.address)
                        .add_if("insecure", one.insecure);
                });
            }
        });
    });
    return respond(200, call.as_text, {json.text(), text});
}

HttpResponse Management::find(const Call& call) const {
    const Key key{call.body.text("kind"), call.body.text("key")};
    if (key.value.empty())
        return respond(call.as_text, fail(Issue::required, "key", "Give an NHS number, UBRN, control id or ODS code."));
    auto found = engine_.store().find(key, kFound);
    if (found && found->empty())
        if (const auto plain = as_stored(key.value); plain != key.value)
            found = engine_.store().find({key.kind, plain}, kFound);
    if (!found) return respond(call.as_text, found.error());
    if (found->empty() && !key.kind.empty() && !is_kind(*engine_.configuration(), key.kind))
        return respond(call.as_text, no_such_kind(key.kind));
    return respond(found->empty() ? 404 : 200, call.as_text, api::render(*found));
}

HttpResponse Management::journey(const Call& call) const {
    const auto id = Id::parse(call.path.substr(std::string_view("/v1/journey/").size()));
    if (!id) return respond(call.as_text, fail(Issue::value, "id", "Give the 13 characters of a message id."));
    auto message = *id;
    if (const auto obligation = engine_.store().obligation(*id)) message = obligation->message;
    const auto journey = collect_journey(engine_.store(), message);
    return journey ? respond(200, call.as_text, api::render(*journey)) : respond(call.as_text, journey.error());
}

asio::awaitable<HttpResponse> Management::change(Call call) {
    if (call.method != "POST")
        co_return respond(call.as_text, fail(Issue::not_supported, call.path, "Use POST: this changes something."));
    if (call.path == "/v1/reload") {
        const auto mistakes = co_await engine_.reload();
        co_return respond(has_errors(mistakes) ? 409 : 200, call.as_text,
                          render(mistakes, engine_.configuration()->hash));
    }
    auto act = act_of(engine_, engine_.store(), call.body, call.who);
    if (!act) co_return respond(call.as_text, act.error());
    const auto changed = co_await engine_.act(std::move(*act));
    co_return changed ? respond(200, call.as_text, api::render(*changed)) : respond(call.as_text, changed.error());
}

/// Which events a caller wants: after a sequence, of one channel or of all.
struct Management::Selection {
    std::int64_t after = 0;
    std::string channel;
};

Result<std::vector<Event>> Management::select(Selection& selection) const {
    auto found = engine_.store().events_after(selection.after, kEvents);
    if (!found || found->empty()) return found;
    selection.after = found->back().sequence;
    if (selection.channel.empty()) return found;
    std::erase_if(*found, [&](const Event& event) {
        const auto message = engine_.store().message(event.message);
        return !message || message->message.channel != selection.channel;
    });
    return found;
}

/// Events after a sequence ("latest": from now); waits a while for the first one, so that a caller can follow.
asio::awaitable<HttpResponse> Management::events(Call call) {
    Selection selection{call.number("after", 0), call.parameter("channel")};
    if (!selection.channel.empty() && !is_channel(engine_, engine_.store(), selection.channel))
        co_return respond(call.as_text, fail(Issue::not_found, selection.channel,
                                             "There is no such channel; `causeway status` names them."));
    if (call.parameter("after") == "latest") selection.after = engine_.store().last_sequence();
    const auto wait = std::chrono::seconds(std::clamp<std::int64_t>(call.number("wait", 0), 0, kLongestWait));
    const auto until = std::chrono::steady_clock::now() + wait;
    asio::steady_timer timer(co_await asio::this_coro::executor);
    for (;;) {
        const auto found = select(selection);
        if (!found) co_return respond(call.as_text, found.error());
        if (!found->empty() || std::chrono::steady_clock::now() >= until || !engine_.ready())
            co_return respond(200, call.as_text, api::render(*found, selection.after));
        timer.expires_after(kPoll);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

}  // namespace causeway::api
