#include <algorithm>

#include "assurance/report.hpp"
#include "core/json_object.hpp"

namespace causeway::assurance {
namespace {

void write_counts(JsonText& json, std::string_view name, const std::map<std::string, std::int64_t>& counts) {
    json.object(name, [&] {
        for (const auto& [key, count] : counts) json.add(key, count);
    });
}

void write_balance(JsonText& json, const DayBalance& balance) {
    json.array("intake", [&] {
        for (const auto& line : balance.intake)
            json.object([&] {
                json.add("channel", line.channel)
                    .add("accepted", line.accepted)
                    .add("refused", line.refused)
                    .add("duplicates", line.duplicates)
                    .add("conflicts", line.conflicts)
                    .add("kept_here", line.kept_here);
            });
    });
    json.array("balance", [&] {
        for (const auto& line : balance.lines)
            json.object([&] {
                json.add("channel", line.channel)
                    .add("duty", to_code(line.duty))
                    .add("destination", line.destination)
                    .add("in", line.in)
                    .add("delivered", line.delivered);
                write_counts(json, "filtered", line.filtered);
                write_counts(json, "held", line.held);
                json.add("queued", line.queued).add("in_flight", line.in_flight);
                if (line.removed > 0) json.add("removed", line.removed);
                json.add("balances", line.balances());
            });
    });
    json.add("imbalance_count", balance.imbalance_count);
    json.array("imbalances", [&] {
        for (const auto& one : balance.imbalances)
            json.object([&] {
                json.add("message", one.message.text());
                if (one.obligation) json.add("obligation", one.obligation.text());
                json.add("what", one.what);
            });
    });
}

void write_projection(JsonText& json, const ProjectionReport& projection) {
    json.object("projection", [&] {
        json.add("events", projection.events).add("obligations", projection.obligations);
        json.array("differences", [&] {
            for (const auto& one : projection.differences)
                json.object([&] { json.add("obligation", one.obligation.text()).add("what", one.what); });
        });
    });
}

void write_gaps(JsonText& json, const std::vector<Gap>& gaps) {
    json.array("gaps", [&] {
        for (const auto& gap : gaps)
            json.object([&] {
                json.add("channel", gap.channel).add("sender", gap.sender).add_if("prefix", gap.prefix);
                json.add("first", std::to_string(gap.first)).add("last", std::to_string(gap.last));
                json.add("missing", static_cast<std::int64_t>(gap.missing()));
            });
    });
}

void write_silences(JsonText& json, const std::vector<Silence>& silences) {
    json.array("silences", [&] {
        for (const auto& one : silences)
            json.object([&] {
                json.add("channel", one.channel)
                    .add_if("feed", one.feed)
                    .add("from", to_fhir_instant(one.from))
                    .add("until", to_fhir_instant(one.until))
                    .add("goes_on", one.goes_on)
                    .add("usual", static_cast<std::int64_t>(one.usual));
            });
    });
}

void write_absences(JsonText& json, const std::vector<Absence>& absences) {
    json.array("absent", [&] {
        for (const auto& one : absences)
            json.object([&] {
                json.add("expectation", one.expectation)
                    .add("owner", one.owner)
                    .add("message", one.message.text())
                    .add("at", to_fhir_instant(one.at))
                    .add("due", to_fhir_instant(one.due))
                    .add("has_key", one.has_key);
                if (one.came_late) json.add("came_late", one.came_late.text());
                json.add_if("settled_by", one.settled_by);
            });
    });
}

void write_named(JsonText& json, std::string_view name, const CensusResult::Named& named) {
    json.object(name, [&] {
        json.add("count", named.count);
        json.array("ids", [&] {
            for (const auto& id : named.ids) json.value_of(id);
        });
    });
}

void write_censuses(JsonText& json, const std::vector<CensusResult>& censuses) {
    json.array("censuses", [&] {
        for (const auto& one : censuses)
            json.object([&] {
                json.add("channel", one.channel).add("key", one.key).add_if("problem", one.problem);
                json.add("listed", one.listed).add("repeated", one.repeated).add("taken", one.taken);
                json.add("delivered", one.delivered);
                if (one.has_confirmed) json.add("confirmed", one.confirmed);
                write_named(json, "missing", one.missing);
                write_named(json, "refused", one.refused);
                write_named(json, "open", one.open);
                if (one.has_confirmed) write_named(json, "unconfirmed", one.unconfirmed);
                write_named(json, "not_listed", one.not_listed);
                write_named(json, "without_key", one.without_key);
            });
    });
}

}  // namespace

std::int64_t DayReport::contradictions() const {
    auto count = balance.imbalance_count + static_cast<std::int64_t>(projection.differences.size());
    for (const auto& line : balance.lines) count += line.balances() ? 0 : 1;
    return count;
}

std::int64_t DayReport::concerns() const {
    const auto absent =
        std::count_if(absences.begin(), absences.end(), [](const Absence& one) { return one.settled_by.empty(); });
    auto count = static_cast<std::int64_t>(gaps.size() + silences.size()) + absent;
    for (const auto& census : censuses) count += census.concerns();
    return count;
}

std::string to_json(const DayReport& report) {
    JsonText json;
    json.object([&] {
        json.add("day", report.day.text())
            .add("zone", to_code(report.day.zone))
            .add("from", to_fhir_instant(report.day.begin()))
            .add("until", to_fhir_instant(report.day.end()))
            .add("as_of", to_fhir_instant(report.as_of))
            .add("day_is_over", report.day_is_over)
            .add("sequence", report.sequence)
            .add("clean", report.clean())
            .add("contradictions", report.contradictions())
            .add("concerns", report.concerns());
        if (report.removed.events > 0)
            json.object("removed_by_retention",
                        [&] { json.add("commits", report.removed.commits).add("events", report.removed.events); });
        write_balance(json, report.balance);
        write_projection(json, report.projection);
        write_gaps(json, report.gaps);
        write_silences(json, report.silences);
        write_absences(json, report.absences);
        write_censuses(json, report.censuses);
    });
    return json.text();
}

}  // namespace causeway::assurance
