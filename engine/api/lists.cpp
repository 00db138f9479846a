#include "api/lists.hpp"

#include <algorithm>
#include <map>

#include "api/describe.hpp"

namespace causeway::api {
namespace {

std::string counts(const std::map<State, int>& by_state) {
    std::string out;
    for (const auto& [state, count] : by_state)
        out += (out.empty() ? "" : ", ") + std::to_string(count) + ' ' + std::string(to_code(state));
    return out;
}

/// A list of things that `write` knows, under one name.
template <class Items>
std::string json_list(std::string_view name, const Items& items) {
    JsonText json;
    json.object([&] {
        json.array(name, [&] {
            for (const auto& item : items) write(json, item);
        });
    });
    return json.text();
}

template <class Items>
std::string text_list(const Items& items, std::string_view none) {
    std::string text;
    for (const auto& item : items) text += line_of(item);
    return text.empty() ? std::string(none) + '\n' : text;
}

std::string where_to(const Obligation& obligation) {
    if (obligation.duty == Duty::process) return "(processing)";
    const auto to = obligation.destination + (obligation.organisation.empty() ? "" : " for " + obligation.organisation);
    return obligation.duty == Duty::answer ? "answer from " + to : to;
}

/// in = delivered + filtered + held + queued, for every row.
std::int64_t total_of(const std::map<State, std::int64_t>& by_state) {
    std::int64_t total = 0;
    for (const auto& [state, count] : by_state) total += count;
    return total;
}

/// What waits only for its turn says for whose (`heads` has the oldest of each lane so far), and an answer until when.
void explain(Obligation& obligation, const std::map<std::string_view, const Obligation*>& heads) {
    if (obligation.state != State::queued || !obligation.cause.empty()) return;
    if (obligation.duty == Duty::answer) {
        obligation.cause = "Awaited until " + to_fhir_instant(obligation.next_attempt_at) + '.';
        return;
    }
    const auto head = heads.find(obligation.lane);
    if (head == heads.end()) return;
    obligation.cause = "Waits for its turn behind " + head->second->id.text() + ", which is " +
                       std::string(to_code(head->second->state)) + '.';
}

}  // namespace

std::string padded(std::string_view text, std::size_t width) {
    std::string out(text);
    out.append(out.size() < width ? width - out.size() : 1, ' ');
    return out;
}

std::string short_age(Instant since, Instant now) {
    const auto seconds =
        std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::seconds>(now - since).count(), 0);
    if (seconds < 120) return std::to_string(seconds) + "s";
    if (seconds < 7200) return std::to_string(seconds / 60) + "m";
    return seconds < 172'800 ? std::to_string(seconds / 3600) + "h" : std::to_string(seconds / 86'400) + "d";
}

void write(JsonText& json, const Obligation& obligation) {
    json.object([&] {
        json.add("id", obligation.id.text())
            .add("message", obligation.message.text())
            .add("duty", to_code(obligation.duty))
            .add("state", to_code(obligation.state))
            .add_if("route", obligation.route)
            .add_if("destination", obligation.destination)
            .add_if("organisation", obligation.organisation)
            .add_if("map", obligation.map)
            .add("priority", to_code(obligation.priority))
            .add("attempts", obligation.attempts)
            .add("created_at", to_fhir_instant(obligation.created_at))
            .add_if("owner", obligation.owner)
            .add_if("cause", obligation.cause)
            .add_if("rule", obligation.rule);
        if (obligation.state == State::queued) json.add("next_attempt_at", to_fhir_instant(obligation.next_attempt_at));
    });
}

void write(JsonText& json, const Event& event) {
    const auto words = describe(event);
    json.object([&] {
        json.add("sequence", event.sequence).add("at", to_fhir_instant(event.at)).add("kind", event.kind);
        if (event.message) json.add("message", event.message.text());
        if (event.obligation) json.add("obligation", event.obligation.text());
        json.add("actor", event.actor).add("what", words.what).add("sentence", words.sentence);
    });
}

void write(JsonText& json, const PathwayClock& clock) {
    json.object([&] {
        json.add("id", clock.id.text())
            .add("name", clock.name)
            .add("state", to_code(clock.state))
            .add("owner", clock.owner)
            .add("rule", clock.rule)
            .add("started_at", to_fhir_instant(clock.started_at))
            .add("warn_at", to_fhir_instant(clock.warn_at))
            .add("breach_at", to_fhir_instant(clock.breach_at));
    });
}

void write(JsonText& json, const MessageSummary& message) {
    json.object([&] {
        json.add("id", message.id.text())
            .add("channel", message.channel)
            .add("sender", message.sender)
            .add("message_control_id", message.message_control_id)
            .add("message_type", message.message_type)
            .add("disposition", to_code(message.disposition))
            .add("received_at", to_fhir_instant(message.received_at));
        json.object("obligations", [&] {
            for (const auto& [state, count] : message.obligations) json.add(to_code(state), count);
        });
    });
}

void write(JsonText& json, const StoredAnswer& answer) {
    json.object([&] {
        json.add("obligation", answer.obligation.text())
            .add("at", to_fhir_instant(answer.at))
            .add("bytes", static_cast<std::int64_t>(answer.answer.size()));
    });
}

std::string line_of(const Obligation& obligation) {
    auto line =
        "  " + obligation.id.text() + "  " + padded(to_code(obligation.state), 10) + padded(where_to(obligation), 28);
    if (obligation.attempts > 0)
        line += std::to_string(obligation.attempts) + (obligation.attempts == 1 ? " attempt" : " attempts");
    if (!obligation.owner.empty() && obligation.state == State::held) line += "  for " + obligation.owner;
    if (!obligation.cause.empty()) line += "  " + obligation.cause;
    return line + '\n';
}

std::string line_of(const Event& event) {
    const auto words = describe(event);
    auto line = "  " + to_clock_time(event.at) + "  " + padded(words.what, 13) + words.sentence;
    line.erase(line.find_last_not_of(' ') + 1);
    return line + '\n';
}

std::string line_of(const PathwayClock& clock) {
    return "  " + padded(clock.name, 20) + padded(to_code(clock.state), 10) + "warns " +
           to_fhir_instant(clock.warn_at) + ", breaches " + to_fhir_instant(clock.breach_at) + ", " + clock.owner +
           '\n';
}

std::string line_of(const MessageSummary& message) {
    return "  " + message.id.text() + "  " + to_fhir_instant(message.received_at) + "  " +
           padded(message.message_type, 20) + padded(message.channel, 20) + padded(to_code(message.disposition), 10) +
           counts(message.obligations) + '\n';
}

std::string line_of(const StoredAnswer& answer) {
    return "  " + answer.obligation.text() + "  " + to_fhir_instant(answer.at) + "  " +
           std::to_string(answer.answer.size()) + " bytes\n";
}

View render(const std::vector<MessageSummary>& found) {
    return {json_list("messages", found), text_list(found, "Nothing found under this key.")};
}

View render(const std::vector<Event>& events, std::int64_t next) {
    JsonText json;
    json.object([&] {
        json.add("next", next);
        json.array("events", [&] {
            for (const auto& event : events) write(json, event);
        });
    });
    return {json.text(), text_list(events, "Nothing happened.")};
}

View render(const std::vector<Obligation>& changed) {
    return {json_list("obligations", changed), text_list(changed, "Nothing changed.")};
}

View render(const std::vector<Waiting>& waiting, Instant now) {
    std::vector<Obligation> obligations;
    std::string text;
    std::map<std::string_view, const Obligation*> heads;
    for (const auto& one : waiting) {
        obligations.push_back(one.obligation);
        explain(obligations.back(), heads);
        if (!one.obligation.lane.empty()) heads.emplace(one.obligation.lane, &one.obligation);
        auto line = line_of(obligations.back());
        line.insert(2, padded(short_age(one.received_at, now), 6) + padded(one.message_type, 20));
        text += line;
    }
    if (text.empty()) text = "Nothing waits.\n";
    return {json_list("waiting", obligations), std::move(text)};
}

View render(const Balance& balance) {
    JsonText json;
    std::string text = "Came in, by channel\n";
    json.object([&] {
        json.object("intake", [&] {
            for (const auto& row : balance.intake) {
                const auto& by_disposition = row.second;
                text += "  " + padded(row.first, 22);
                json.object(row.first, [&] {
                    for (const auto& [disposition, count] : by_disposition) {
                        text += std::to_string(count) + ' ' + std::string(to_code(disposition)) + "  ";
                        json.add(to_code(disposition), count);
                    }
                });
                text += '\n';
            }
        });
        text += "Owed, by channel and destination\n";
        json.array("obligations", [&] {
            for (const auto& row : balance.rows) {
                text += "  " + padded(row.channel, 22) +
                        padded(row.destination.empty() ? "(processing)" : row.destination, 18) +
                        std::to_string(total_of(row.by_state)) + " =";
                json.object([&] {
                    json.add("channel", row.channel)
                        .add("destination", row.destination)
                        .add("total", total_of(row.by_state));
                    for (const auto& [state, count] : row.by_state) {
                        text += ' ' + std::to_string(count) + ' ' + std::string(to_code(state));
                        json.add(to_code(state), count);
                    }
                });
                text += '\n';
            }
        });
    });
    return {json.text(), std::move(text)};
}

}  // namespace causeway::api
