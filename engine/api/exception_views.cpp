/// Groups of failures, previews and reports, for programs and for people.

#include <algorithm>

#include "alerts/message.hpp"
#include "api/exception_pages.hpp"

namespace causeway::api {

using repair::Acted;
using repair::Aftermath;
using repair::Foreseen;
using repair::Group;
using repair::Outlook;

namespace {

std::string age(Instant since, Instant now) {
    return alerts::age_text(now - since);
}

std::string counted(std::int64_t count, std::string_view what) {
    return std::to_string(count) + ' ' + std::string(what) + (count == 1 ? "" : "s");
}

std::string where_of(const Group& group) {
    return group.destination.empty() ? "(processing)" : group.destination;
}

void write(JsonText& json, const Group& group, Instant now) {
    json.add("group", group.id).add("destination", group.destination).add("duty", to_code(group.duty));
    json.add("state", to_code(group.state)).add("owner", group.owner).add("cause", group.cause);
    if (!group.texts.empty()) json.add("example", group.texts.front());
    json.add("count", group.count).add("urgent", group.urgent).add("oldest", to_fhir_instant(group.oldest));
    json.add("oldest_age_seconds",
             static_cast<std::int64_t>(std::chrono::duration_cast<std::chrono::seconds>(now - group.oldest).count()));
    json.add("todo", group.advice.todo).add("act", group.advice.act);
}

std::string heading(const Group& group, Instant now) {
    auto text = group.id + "  " + counted(group.count, "message") +
                (group.urgent > 0 ? ", " + std::to_string(group.urgent) + " urgent" : "") + ", oldest " +
                age(group.oldest, now) + ", " + where_of(group) + (group.held() ? "" : ", tried again by itself") +
                (group.owner.empty() ? "" : ", for " + group.owner) + '\n';
    return text + "          " + group.words() + "\n          " + group.advice.todo + '\n';
}

void write(JsonText& json, const Foreseen& one) {
    json.object([&] {
        json.add("destination", one.destination).add_if("organisation", one.organisation).add_if("map", one.map);
        if (one.problem.empty())
            json.add("media_type", one.media_type).add("bytes", static_cast<std::int64_t>(one.bytes));
        else
            json.add("problem", one.problem);
    });
}

void write(JsonText& json, const Outlook& outlook) {
    json.object([&] {
        json.add("obligation", outlook.obligation.text()).add("message", outlook.message.text());
        json.add("channel", outlook.channel).add("message_type", outlook.message_type).add("good", outlook.good());
        json.add_if("decision", outlook.decision).add_if("routes", outlook.routes).add_if("ends", outlook.ends);
        json.add_if("problem", outlook.problem);
        json.array("deliveries", [&] {
            for (const auto& one : outlook.deliveries) write(json, one);
        });
    });
}

std::string line_of(const Foreseen& one) {
    auto text = "      to " + one.destination + (one.organisation.empty() ? "" : " for " + one.organisation) + ": ";
    if (!one.problem.empty()) return text + "WOULD FAIL AGAIN: " + one.problem + '\n';
    return text + std::to_string(one.bytes) + " bytes " + one.media_type +
           (one.map.empty() ? ", as received" : " through map " + one.map) + '\n';
}

std::string text_of(const Outlook& outlook) {
    auto text = "  " + outlook.message.text() + "  " + outlook.message_type + " on " + outlook.channel + '\n';
    if (!outlook.decision.empty()) text += "      decided: " + outlook.decision + '\n';
    if (!outlook.routes.empty()) text += "      routed: " + outlook.routes + '\n';
    for (const auto& one : outlook.deliveries) text += line_of(one);
    if (!outlook.ends.empty()) text += "      " + outlook.ends + '\n';
    if (!outlook.problem.empty()) text += "      WOULD FAIL AGAIN: " + outlook.problem + '\n';
    return text;
}

}  // namespace

View render(const std::vector<Group>& groups, Instant now) {
    JsonText json;
    std::string text;
    json.object([&] {
        json.array("exceptions", [&] {
            for (const auto& group : groups) {
                json.object([&] { write(json, group, now); });
                text += heading(group, now);
            }
        });
    });
    return {json.text(), text.empty() ? "Nothing fails and nothing is held.\n" : text};
}

View render(const Group& group, const std::vector<Waiting>& members, Instant now) {
    JsonText json;
    auto text = heading(group, now);
    json.object([&] {
        write(json, group, now);
        json.array("members", [&] {
            for (const auto& one : members) {
                const auto& owed = one.obligation;
                json.object([&] {
                    json.add("obligation", owed.id.text()).add("message", owed.message.text());
                    json.add("channel", one.channel).add("message_type", one.message_type);
                    json.add("received_at", to_fhir_instant(one.received_at)).add("attempts", owed.attempts);
                    json.add("priority", to_code(owed.priority)).add_if("organisation", owed.organisation);
                });
                text += "  " + owed.id.text() + "  message " + owed.message.text() + "  " + age(one.received_at, now) +
                        "  " + one.message_type + " on " + one.channel +
                        (owed.priority == Priority::routine ? "" : "  " + std::string(to_code(owed.priority))) + "  " +
                        counted(owed.attempts, "attempt") + '\n';
            }
        });
    });
    if (static_cast<std::int64_t>(members.size()) < group.count)
        text += "  ... of " + std::to_string(group.count) + "; --limit N shows more.\n";
    if (!group.advice.act.empty())
        text += "causeway exceptions fix " + group.id + ' ' + group.advice.act + " shows what would happen.\n";
    return {json.text(), std::move(text)};
}

View render(const Group& group, const std::vector<Outlook>& outlooks) {
    JsonText json;
    std::string text = "This would happen to the first " +
                       counted(static_cast<std::int64_t>(outlooks.size()), "message") + " of " +
                       std::to_string(group.count) + ":\n";
    json.object([&] {
        json.add("group", group.id).add("count", group.count);
        json.array("preview", [&] {
            for (const auto& outlook : outlooks) {
                write(json, outlook);
                text += text_of(outlook);
            }
        });
    });
    return {json.text(), std::move(text)};
}

View render(const std::vector<Acted>& acted) {
    JsonText json;
    std::string text;
    json.object([&] {
        json.array("acted", [&] {
            for (const auto& one : acted) {
                json.object([&] {
                    json.add("obligation", one.obligation.text());
                    if (one.follow) json.add("follow", one.follow.text());
                    json.add_if("why_not", one.why);
                });
                text += "  " + one.obligation.text() + "  " + (one.why.empty() ? "done" : one.why) + '\n';
            }
        });
    });
    return {json.text(), std::move(text)};
}

View render(const Aftermath& sum) {
    JsonText json;
    auto text = std::to_string(sum.delivered) + " delivered, " + std::to_string(sum.filtered) + " filtered, " +
                std::to_string(sum.waiting) + " on their way, " + std::to_string(sum.failing) + " failed again\n";
    json.object([&] {
        json.add("delivered", sum.delivered).add("filtered", sum.filtered).add("waiting", sum.waiting);
        json.add("failing", sum.failing);
        json.array("causes", [&] {
            for (const auto& [cause, count] : sum.causes) {
                json.object([&] { json.add("cause", cause).add("count", count); });
                text += "  " + std::to_string(count) + "  " + cause + '\n';
            }
        });
    });
    return {json.text(), std::move(text)};
}

}  // namespace causeway::api
