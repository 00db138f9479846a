#include "alerts/message.hpp"

#include <algorithm>

#include "core/digest.hpp"
#include "core/json_object.hpp"

namespace causeway::alerts {
namespace {

/// More than this many are counted, not told one by one.
constexpr std::size_t kTold = 50;

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + ' ' + std::string(count == 1 ? one : many);
}

void write(JsonText& json, const Incident& incident, Instant now) {
    const auto& facts = incident.facts;
    json.object([&] {
        json.add("id", incident.id).add("kind", facts.kind).add("subject", facts.subject);
        json.add("state", incident.open() ? "started" : "ended");
        json.add("what", facts.what).add("todo", facts.todo).add_if("owner", facts.owner);
        json.add("since", to_fhir_instant(facts.since)).add("count", facts.count).add("urgent", facts.urgent);
        if (facts.oldest != Instant())
            json.add("oldest", to_fhir_instant(facts.oldest))
                .add("oldest_age_seconds",
                     static_cast<std::int64_t>(
                         std::chrono::duration_cast<std::chrono::seconds>(now - facts.oldest).count()));
        if (!incident.open()) json.add("ended_at", to_fhir_instant(incident.ended_at));
    });
}

void write_list(JsonText& json, std::string_view name, const std::vector<Incident>& incidents, Instant now) {
    json.array(name, [&] {
        for (std::size_t i = 0; i < std::min(kTold, incidents.size()); ++i) write(json, incidents[i], now);
    });
}

std::string paragraph(const Incident& incident, Instant now) {
    const auto& facts = incident.facts;
    std::string text = (incident.open() ? "STARTED  " : "ENDED    ") + facts.what + '\n';
    const auto line = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) text += "  " + std::string(name) + value + '\n';
    };
    line("Since:    ", to_fhir_instant(facts.since) + " (" + age_text(now - facts.since) + ')');
    if (!incident.open()) line("Ended:    ", to_fhir_instant(incident.ended_at));
    if (facts.count > 0)
        line("Affected: ", std::to_string(facts.count) + ", of them urgent: " + std::to_string(facts.urgent));
    if (facts.oldest != Instant())
        line("Oldest:   ", to_fhir_instant(facts.oldest) + " (" + age_text(now - facts.oldest) + ')');
    line("Owner:    ", facts.owner);
    if (incident.open()) line("Do:       ", facts.todo);
    line("Incident: ", facts.kind + '/' + facts.subject + ' ' + incident.id);
    return text;
}

std::string paragraphs(const std::vector<Incident>& incidents, Instant now) {
    std::string text;
    for (std::size_t i = 0; i < std::min(kTold, incidents.size()); ++i) text += paragraph(incidents[i], now) + '\n';
    if (incidents.size() > kTold)
        text += "... and " + std::to_string(incidents.size() - kTold) + " more: `causeway alerts` lists them.\n\n";
    return text;
}

/// From what it tells: sent again it has the same id, so that a receiver can leave out the second one.
std::string id_of(const Alert& alert) {
    std::string all;
    for (const auto* list : {&alert.started, &alert.ended})
        for (const auto& incident : *list) all += incident.id + (incident.open() ? '+' : '-');
    return to_hex(as_view(sha256(all))).substr(0, 16);
}

}  // namespace

std::string age_text(Duration age) {
    const auto seconds = std::max<std::int64_t>(std::chrono::duration_cast<std::chrono::seconds>(age).count(), 0);
    if (seconds < 120) return std::to_string(seconds) + " s";
    if (seconds < 7'200) return std::to_string(seconds / 60) + " min";
    if (seconds < 172'800) return std::to_string(seconds / 3'600) + " h";
    return std::to_string(seconds / 86'400) + " days";
}

Alert alert_for(const std::string& receiver, const std::vector<Incident>& incidents, const std::string& environment,
                Instant now) {
    Alert alert;
    alert.environment = environment;
    alert.at = now;
    for (const auto& incident : incidents) {
        if (!incident.to.contains(receiver)) continue;
        if (incident.open() && !incident.told_start.contains(receiver)) alert.started.push_back(incident);
        if (!incident.open() && !incident.told_end.contains(receiver)) alert.ended.push_back(incident);
    }
    const auto graver = [](const Incident& a, const Incident& b) {
        if ((a.facts.urgent > 0) != (b.facts.urgent > 0)) return a.facts.urgent > 0;
        return a.facts.count > b.facts.count;
    };
    std::stable_sort(alert.started.begin(), alert.started.end(), graver);
    alert.id = id_of(alert);
    return alert;
}

std::string json_of(const Alert& alert) {
    JsonText json;
    json.object([&] {
        json.add("id", alert.id).add("engine", "causeway").add("environment", alert.environment);
        json.add("at", to_fhir_instant(alert.at)).add("subject", subject_of(alert));
        if (alert.test) json.add("test", true);
        json.add("started_count", static_cast<std::int64_t>(alert.started.size()));
        json.add("ended_count", static_cast<std::int64_t>(alert.ended.size()));
        write_list(json, "started", alert.started, alert.at);
        write_list(json, "ended", alert.ended, alert.at);
    });
    return json.text();
}

std::string subject_of(const Alert& alert) {
    const auto name = "Causeway " + alert.environment + ": ";
    if (alert.test) return name + "a test, nothing is wrong";
    const auto& started = alert.started;
    const auto& ended = alert.ended;
    if (started.size() == 1 && ended.empty()) return name + started.front().facts.what;
    if (ended.size() == 1 && started.empty()) return name + "over: " + ended.front().facts.what;
    std::string text = name;
    if (!started.empty()) text += counted(started.size(), "incident has started", "incidents have started");
    if (!started.empty() && !ended.empty()) text += ", ";
    if (!ended.empty()) text += counted(ended.size(), "has ended", "have ended");
    return text;
}

std::string text_of(const Alert& alert) {
    if (alert.test)
        return "This is a test of `causeway alerts test`. Nothing is wrong, and this receiver can be reached.\n";
    return paragraphs(alert.started, alert.at) + paragraphs(alert.ended, alert.at) +
           "`causeway alerts` lists what goes on now.\n";
}

}  // namespace causeway::alerts
