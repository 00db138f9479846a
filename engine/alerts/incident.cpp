#include "alerts/incident.hpp"

#include "core/digest.hpp"
#include "core/json_object.hpp"

namespace causeway::alerts {
namespace {

void add_time(JsonText& json, std::string_view name, Instant at) {
    if (at != Instant()) json.add(name, to_fhir_instant(at));
}

void add_names(JsonText& json, std::string_view name, const std::set<std::string>& names) {
    json.array(name, [&] {
        for (const auto& one : names) json.value_of(one);
    });
}

Instant time_of(const JsonObject& json, const char* name) {
    return parse_fhir_instant(json.text(name)).value_or(Instant());
}

std::int64_t number_of(const JsonObject& json, const char* name) {
    const auto found = json.document().FindMember(name);
    return found != json.document().MemberEnd() && found->value.IsInt64() ? found->value.GetInt64() : 0;
}

std::set<std::string> names_of(const JsonObject& json, const char* name) {
    std::set<std::string> names;
    const auto found = json.document().FindMember(name);
    if (found == json.document().MemberEnd() || !found->value.IsArray()) return names;
    for (const auto& one : found->value.GetArray())
        if (one.IsString()) names.emplace(one.GetString(), one.GetStringLength());
    return names;
}

}  // namespace

std::string key_of(const pipeline::Signal& signal) {
    return signal.kind + '/' + signal.subject;
}

std::string id_of(const pipeline::Signal& signal, Instant started_at) {
    return to_hex(as_view(sha256(key_of(signal) + '\0' + to_fhir_instant(started_at)))).substr(0, 8);
}

std::string note_name(const Incident& incident) {
    return std::string(kNotePrefix) + key_of(incident.facts);
}

std::string to_json(const Incident& incident) {
    const auto& facts = incident.facts;
    JsonText json;
    json.object([&] {
        json.add("id", incident.id).add("kind", facts.kind).add("subject", facts.subject);
        json.add("source", incident.source).add("what", facts.what).add("todo", facts.todo);
        json.add("count", facts.count).add("urgent", facts.urgent).add_if("owner", facts.owner);
        json.add("returns", incident.returns);
        add_time(json, "since", facts.since);
        add_time(json, "oldest", facts.oldest);
        add_time(json, "started_at", incident.started_at);
        add_time(json, "ended_at", incident.ended_at);
        add_names(json, "to", incident.to);
        add_names(json, "told_start", incident.told_start);
        add_names(json, "told_end", incident.told_end);
    });
    return json.text();
}

std::optional<Incident> incident_from_json(std::string_view text) {
    const JsonObject json(text);
    Incident incident;
    incident.id = json.text("id");
    incident.facts.kind = json.text("kind");
    incident.started_at = time_of(json, "started_at");
    if (incident.id.empty() || incident.facts.kind.empty() || incident.started_at == Instant()) return std::nullopt;
    incident.facts.subject = json.text("subject");
    incident.facts.what = json.text("what");
    incident.facts.todo = json.text("todo");
    incident.facts.owner = json.text("owner");
    incident.facts.count = number_of(json, "count");
    incident.facts.urgent = number_of(json, "urgent");
    incident.facts.since = time_of(json, "since");
    incident.facts.oldest = time_of(json, "oldest");
    incident.source = json.text("source");
    incident.ended_at = time_of(json, "ended_at");
    incident.returns = static_cast<int>(number_of(json, "returns"));
    incident.to = names_of(json, "to");
    incident.told_start = names_of(json, "told_start");
    incident.told_end = names_of(json, "told_end");
    return incident;
}

}  // namespace causeway::alerts
