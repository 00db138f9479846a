/// Commands that ask a running engine.
#include <rapidjson/document.h>

#include <functional>
#include <iomanip>
#include <iostream>
#include <set>

#include "api/json_object.hpp"
#include "app/client.hpp"
#include "app/commands.hpp"

namespace causeway::app {
namespace {

constexpr int kNothingFound = 404;

int status(const Arguments& arguments) {
    return print(Client(arguments).get("/v1/status"));
}

int find(const Arguments& arguments) {
    api::JsonText body;
    body.object([&] { body.add("key", arguments.words.front()).add_if("kind", arguments.get("--kind")); });
    const auto found = Client(arguments).post("/v1/find", body.text());
    if (!found || found->status != kNothingFound) return print(found);
    std::cout << found->body;
    return kProblems;
}

int journey(const Arguments& arguments) {
    return print(Client(arguments).get("/v1/journey/" + arguments.words.front()));
}

int queue(const Arguments& arguments) {
    const Client client(arguments);
    if (!arguments.has("--list") && !arguments.has("--limit") && arguments.words.empty())
        return print(client.get("/v1/queue"));
    const auto of = arguments.words.empty() ? std::string() : "&destination=" + arguments.words.front();
    return print(client.get("/v1/queue?list=1&limit=" + arguments.get("--limit", "1000") + of));
}

int stats(const Arguments& arguments) {
    return print(Client(arguments).get("/v1/stats"));
}

int reload(const Arguments& arguments) {
    return print(Client(arguments).post("/v1/reload", "{}"));
}

int without_reason() {
    std::cerr << "causeway: say why, with --reason TEXT: it is kept with the act.\n";
    return kUsage;
}

/// For each id: what `fill` says of it and the reason, which is kept.
int post_each(const Arguments& arguments, const std::string& path, const std::function<void(api::JsonText&)>& fill) {
    if (!arguments.has("--reason")) return without_reason();
    const Client client(arguments);
    int worst = kDone;
    for (const auto& id : arguments.words) {
        api::JsonText body;
        body.object([&] {
            body.add("id", id).add("reason", arguments.get("--reason"));
            fill(body);
        });
        worst = std::max(worst, print(client.post(path, body.text())));
    }
    return worst;
}

/// Hold, release, cancel or replay.
int act(const Arguments& arguments, std::string_view what) {
    return post_each(arguments, "/v1/act",
                     [&](api::JsonText& body) { body.add("act", what).add_if("owner", arguments.get("--owner")); });
}

int hold(const Arguments& arguments) {
    return act(arguments, "hold");
}
int release(const Arguments& arguments) {
    return act(arguments, "release");
}
int cancel(const Arguments& arguments) {
    return act(arguments, "cancel");
}
int replay(const Arguments& arguments) {
    return act(arguments, "replay");
}

int settle(const Arguments& arguments) {
    return post_each(arguments, "/v1/settle",
                     [&](api::JsonText& body) { body.add_if("expectation", arguments.get("--expectation")); });
}

void print_event(const rapidjson::Value& event, bool as_json) {
    const auto text = [&](const char* name) {
        const auto found = event.FindMember(name);
        return found != event.MemberEnd() && found->value.IsString() ? std::string(found->value.GetString())
                                                                     : std::string();
    };
    if (as_json) {
        rapidjson::StringBuffer buffer;
        rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
        event.Accept(writer);
        std::cout << buffer.GetString() << '\n';
    } else {
        std::cout << text("at").substr(11, 12) << "  " << text("message") << "  " << std::left << std::setw(13)
                  << text("what") << text("sentence") << '\n';
    }
    std::cout << std::flush;
}

/// Prints events as they happen, until interrupted or until --count of them.
int tap(const Arguments& arguments) {
    const Client client(arguments);
    const auto channel = arguments.words.empty() ? std::string() : "&channel=" + arguments.words.front();
    auto left = arguments.has("--count") ? std::stoll(arguments.get("--count")) : -1;
    std::string after = arguments.get("--after", "latest");
    while (left != 0) {
        const auto reply = client.get_json("/v1/events?wait=20&after=" + after + channel);
        if (!reply || reply->status >= 300) return print(reply);
        rapidjson::Document page;
        page.Parse<rapidjson::kParseIterativeFlag>(reply->body.c_str());
        if (page.HasParseError() || !page.IsObject()) return kFailed;
        after = std::to_string(page["next"].GetInt64());
        for (const auto& event : page["events"].GetArray()) {
            print_event(event, arguments.has("--json"));
            if (left > 0 && --left == 0) break;
        }
    }
    return kDone;
}

constexpr Option kReason[] = {{"--reason", "TEXT", "Why; kept with the act. Required."},
                              {"--owner", "NAME", "Who must act on what is held (hold; default: you)."}};
constexpr Option kSettleOptions[] = {
    {"--reason", "TEXT", "Why; kept with the act. Required."},
    {"--expectation", "NAME",
     "What `causeway reconcile` shows as absent after this message, instead of its promises."}};
constexpr Option kQueueOptions[] = {{"--list", "", "Each thing that waits, not the groups."},
                                    {"--limit", "N", "Lines of that list at most (default 1000)."}};
constexpr Option kKind[] = {{"--kind", "KIND",
                             "Only this kind of key: nhs-number, ubrn, control-id, document, ods, patient, file, or "
                             "one that a channel or route "
                             "declares."}};
constexpr Option kTapOptions[] = {{"--count", "N", "End after N events."},
                                  {"--after", "SEQUENCE", "Begin after this event instead of now; 0: from the first."}};

}  // namespace

const Command kStatus = {"status",
                         "",
                         "Show whether the engine is ready, its configuration and where it listens.",
                         {},
                         "  causeway status --json\n",
                         status};
const Command kFind = {"find",
                       "KEY",
                       "Find messages by NHS number, UBRN, control id, document id, ODS code or any other key.",
                       kKind,
                       "  causeway find 9990000018\n  causeway find 000049590001 --kind ubrn\n"
                       "Exit status 1 where nothing is found.\n",
                       find};
const Command kJourney = {"journey",
                          "ID",
                          "Tell the whole story of a message: what happened, what is owed, what is promised.",
                          {},
                          "  causeway journey 0FBM2Y8C00000\n",
                          journey};
const Command kQueue = {"queue",
                        "[DESTINATION]",
                        "Show what waits, by destination and cause, and since when; or each thing that waits.",
                        kQueueOptions,
                        "  causeway queue\n  causeway queue --list\n  causeway queue pas\n",
                        queue};
const Command kStats = {
    "stats", "", "Count what came in and what became of it, to the message.", {}, "  causeway stats --json\n", stats};
const Command kReload = {
    "reload", "", "Read the configuration again; with a mistake the old one goes on.", {}, "  causeway reload\n",
    reload};
const Command kReplay = {"replay",
                         "ID...",
                         "Process an accepted message again, through the configuration of today.",
                         kReason,
                         "  causeway replay 0FBM2Y8C00000 --reason \"directory corrected\"\n",
                         replay};
const Command kHold = {"hold",
                       "ID...",
                       "Hold what a message (or one obligation) still owes.",
                       kReason,
                       "  causeway hold 0FBM2Y8C00000 --reason \"wrong patient?\" --owner booking-office\n",
                       hold};
const Command kRelease = {
    "release", "ID...", "Release what is held.", kReason, "  causeway release 0FBM2Y8C00000 --reason \"checked\"\n",
    release};
const Command kCancel = {"cancel",
                         "ID...",
                         "End what is still owed without delivering it.",
                         kReason,
                         "  causeway cancel 0FBM2Y8C00000 --reason \"sent by post\"\n",
                         cancel};
const Command kSettle = {
    "settle",
    "ID...",
    "End a broken promise, or an absence, that was dealt with outside.",
    kSettleOptions,
    "  causeway settle 0FBM2Y8C00000 --reason \"booked by telephone\"\n"
    "  causeway settle 0FBM2Y8C00000 --expectation discharge-summary --reason \"summary went by post\"\n",
    settle};
const Command kTap = {"tap",
                      "[CHANNEL]",
                      "Follow what happens, live; of one channel or of all.",
                      kTapOptions,
                      "  causeway tap gp-referrals\n",
                      tap};

}  // namespace causeway::app
