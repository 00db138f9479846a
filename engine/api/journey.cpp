#include "api/journey.hpp"

#include <algorithm>

#include "api/describe.hpp"
#include "api/json_object.hpp"
#include "api/lists.hpp"

namespace causeway::api {
namespace {

constexpr std::size_t kRelated = 20;

void add_related(const MessageStore& store, Journey& journey) {
    for (const auto& key : journey.message.message.keys) {
        if (key.kind != "ubrn" && key.kind != "referral" && key.kind != "document") continue;
        const auto found = store.find(key, kRelated);
        if (!found) continue;
        for (const auto& other : *found) {
            const auto same = [&](const MessageSummary& known) { return known.id == other.id; };
            if (other.id == journey.message.message.id) continue;
            if (std::none_of(journey.related.begin(), journey.related.end(), same)) journey.related.push_back(other);
        }
    }
}

/// Some were empty; of others retention has removed the bytes.
Result<std::vector<StoredAnswer>> kept_answers(const MessageStore& store, Id message) {
    auto answers = store.answers_of(message);
    if (answers) std::erase_if(*answers, [](const StoredAnswer& one) { return one.answer.size() == 0; });
    return answers;
}

std::string json_of(const Journey& journey) {
    JsonText json;
    const auto& message = journey.message.message;
    json.object([&] {
        json.add("id", message.id.text())
            .add("disposition", to_code(journey.message.disposition))
            .add("channel", message.channel)
            .add("sender", message.sender)
            .add("message_control_id", message.message_control_id)
            .add("message_type", message.message_type)
            .add("media_type", message.media_type)
            .add("received_at", to_fhir_instant(message.received_at))
            .add("bytes", static_cast<std::int64_t>(message.body.size()))
            .add("sha256", to_hex(as_view(message.body_sha256)))
            .add("config", message.config_hash)
            .add_raw("outcome", to_json(journey.message.outcome));
        json.array("obligations", [&] {
            for (const auto& obligation : journey.obligations) write(json, obligation);
        });
        json.array("events", [&] {
            for (const auto& event : journey.events) write(json, event);
        });
        json.array("clocks", [&] {
            for (const auto& clock : journey.clocks) write(json, clock);
        });
        json.array("answers", [&] {
            for (const auto& answer : journey.answers) write(json, answer);
        });
        json.array("related", [&] {
            for (const auto& other : journey.related) write(json, other);
        });
    });
    return json.text();
}

std::string head(const StoredMessage& stored) {
    const auto& message = stored.message;
    std::string text = "Journey " + message.id.text() + "  " + message.message_type + " on " + message.channel + '\n';
    text += "  " + std::string(to_code(stored.disposition)) + "  received " + to_fhir_instant(message.received_at) +
            ", " + std::to_string(message.body.size()) + " bytes";
    if (!message.sender.empty()) text += ", from " + message.sender;
    if (!message.message_control_id.empty()) text += ", control id " + message.message_control_id;
    text += '\n';
    for (const auto& issue : stored.outcome.issues)
        text += "  " + std::string(to_code(issue.severity)) + "  " + issue.expression +
                (issue.expression.empty() ? "" : ": ") + issue.text + '\n';
    return text;
}

std::string text_of(const Journey& journey) {
    auto text = head(journey.message) + "\nWhat happened (UTC)\n";
    for (const auto& event : journey.events) text += line_of(event);
    if (!journey.obligations.empty()) text += "\nWhat is owed\n";
    for (const auto& obligation : journey.obligations) text += line_of(obligation);
    if (!journey.clocks.empty()) text += "\nPromises\n";
    for (const auto& clock : journey.clocks) text += line_of(clock);
    if (!journey.answers.empty()) text += "\nAnswers of receivers; to read one: causeway body ID --reason TEXT\n";
    for (const auto& answer : journey.answers) text += line_of(answer);
    if (!journey.related.empty()) text += "\nSame referral or document\n";
    for (const auto& other : journey.related) text += line_of(other);
    return text;
}

}  // namespace

Result<Journey> collect_journey(const MessageStore& store, Id id) {
    Journey journey;
    auto message = store.message(id);
    if (!message) return message.error();
    journey.message = std::move(*message);
    auto obligations = store.obligations_of(id);
    if (!obligations) return obligations.error();
    journey.obligations = std::move(*obligations);
    auto events = store.events_of(id);
    if (!events) return events.error();
    journey.events = std::move(*events);
    auto clocks = store.clocks_of(id);
    if (!clocks) return clocks.error();
    journey.clocks = std::move(*clocks);
    auto answers = kept_answers(store, id);
    if (!answers) return answers.error();
    journey.answers = std::move(*answers);
    add_related(store, journey);
    return journey;
}

View render(const Journey& journey) {
    return {json_of(journey), text_of(journey)};
}

}  // namespace causeway::api
