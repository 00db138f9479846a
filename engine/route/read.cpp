#include "route/read.hpp"

#include <array>

#include "core/text.hpp"

namespace causeway::route {
namespace {

using config::FieldSpec;
using config::FieldType;

constexpr std::array<std::string_view, 2> kSourceExamples = {"PD1-3.3",
                                                             "%patient.generalPractitioner.identifier.value"};
constexpr std::array<std::string_view, 1> kWhenExamples = {"MSH-9.1 = 'MDM'"};

constexpr FieldSpec kSource[] = {
    {.name = "source", .doc = "What it is called when it is named to people: addressee, registered practice."},
    {.name = "ods_code",
     .type = FieldType::expression,
     .doc = "Gives the ODS code, or nothing where it does not know.",
     .choices = kSourceExamples},
};

constexpr std::string_view kLost[] = {"report", "hold"};

constexpr FieldSpec kTarget[] = {
    {.name = "destination", .doc = "Name of the destination."},
    {.name = "map", .doc = "Map that makes the message for it; without one the bytes go as received.", .fallback = ""},
    {.name = "when",
     .type = FieldType::expression,
     .doc = "Only messages for which this is true; without it all that the route takes.",
     .fallback = "",
     .choices = kWhenExamples},
    {.name = "organisation",
     .type = FieldType::list,
     .doc = "Where the directory gives the address: sources of the organisation's code. All that know one must agree.",
     .fallback = "",
     .fields = kSource,
     .item = FieldType::object},
    {.name = "unknown_owner",
     .doc = "Who gets the message when the organisation is unknown, closed, without endpoint or in dispute.",
     .fallback = ""},
    {.name = "answer_within",
     .type = FieldType::duration,
     .doc = "A business answer is owed within this time, and is followed as an obligation of its own.",
     .fallback = ""},
    {.name = "answer_owner", .doc = "Who acts when the answer is late.", .fallback = ""},
    {.name = "lost",
     .type = FieldType::one_of,
     .doc = "What happens where the map reads less than the message holds: report it with the delivery, or hold the "
            "message until somebody has looked.",
     .fallback = "report",
     .choices = kLost},
};

constexpr FieldSpec kFields[] = {
    {.name = "route", .doc = "Name of the route."},
    {.name = "doc", .doc = "What it is for; for people.", .fallback = ""},
    {.name = "from", .type = FieldType::list, .doc = "Channels whose messages it looks at."},
    {.name = "when",
     .type = FieldType::expression,
     .doc = "Only messages for which this is true; without it all of these channels.",
     .fallback = "",
     .choices = kWhenExamples},
    {.name = "pathway",
     .doc = "Pathway that checks before the acknowledgement and decides before targets are matched.",
     .fallback = ""},
    {.name = "order_by",
     .type = FieldType::expression,
     .doc = "What must stay in order; without it the patient's NHS number, else the channel.",
     .fallback = ""},
    {.name = "keys",
     .type = FieldType::table,
     .doc = "Further keys by which messages that it takes can be found: kind and expression.",
     .fallback = "",
     .item = FieldType::expression},
    {.name = "learn", .doc = "Map that turns the message into what is known of the patient.", .fallback = ""},
    {.name = "to",
     .type = FieldType::list,
     .doc = "Who is owed the message.",
     .fallback = "",
     .fields = kTarget,
     .item = FieldType::object},
    {.name = "filter",
     .doc = "Name of the rule by which the route drops its messages on purpose; needs a reason and no \"to\".",
     .fallback = ""},
    {.name = "reason", .doc = "Why messages are filtered.", .fallback = ""},
};

class Reader {
public:
    Reader(std::vector<config::Mistake>& mistakes, const fhir::DefinitionsPtr& definitions) : mistakes_(mistakes) {
        options_.definitions = definitions;
    }

    Route route(const config::Settings& file) {
        Route result;
        result.name = file.text("route");
        result.place = file.place("route");
        for (const std::string& channel : file.texts("from")) result.from.insert(channel);
        result.when = expression(file, "when");
        result.pathway = file.text("pathway");
        result.order_by = expression(file, "order_by");
        read_keys(file, result);
        result.learn = file.text("learn");
        for (const config::Settings& entry : file.objects("to")) result.targets.push_back(target(entry));
        result.filter = file.text("filter");
        result.reason = file.text("reason");
        check(file, result);
        return result;
    }

private:
    fhirpath::Expression expression(const config::Settings& settings, std::string_view field) {
        const std::string text = settings.text(field);
        if (trim(text).empty()) return {};
        auto compiled = fhirpath::Expression::compile(text, options_);
        if (auto* good = std::get_if<fhirpath::Expression>(&compiled)) return std::move(*good);
        const auto& bad = std::get<fhirpath::CompileError>(compiled);
        mistakes_.push_back(settings.mistake_inside(field, bad.column, bad.what));
        return {};
    }

    void read_keys(const config::Settings& file, Route& route) {
        for (const auto& [kind, text] : file.entries("keys")) {
            auto compiled = fhirpath::Expression::compile(text, options_);
            if (auto* good = std::get_if<fhirpath::Expression>(&compiled)) {
                route.keys.emplace(kind, std::move(*good));
            } else {
                const auto& bad = std::get<fhirpath::CompileError>(compiled);
                mistakes_.push_back(file.mistake_inside("keys", kind, bad.column, bad.what));
            }
        }
    }

    Target target(const config::Settings& entry) {
        Target result;
        result.destination = entry.text("destination");
        result.map = entry.text("map");
        result.when = expression(entry, "when");
        for (const config::Settings& source : entry.objects("organisation")) {
            result.organisation.push_back({source.text("source"), expression(source, "ods_code")});
        }
        result.unknown_owner = entry.text("unknown_owner");
        result.answer_within = entry.duration("answer_within");
        result.answer_owner = entry.text("answer_owner");
        result.holds_lost = entry.text("lost") == "hold";
        if (result.holds_lost && result.map.empty())
            mistakes_.push_back(entry.mistake("lost", "Give \"map\" too: without one the bytes go as received."));
        need(entry, !result.organisation.empty(), "organisation", "unknown_owner", result.unknown_owner);
        need(entry, result.answer_within > Duration::zero(), "answer_within", "answer_owner", result.answer_owner);
        return result;
    }

    /// What is held must have an owner.
    void need(const config::Settings& entry, bool used, std::string_view field, std::string_view owner,
              const std::string& value) {
        if (used && value.empty()) {
            mistakes_.push_back(entry.mistake(field, "Name who acts: give \"" + std::string(owner) + "\" beside it."));
        } else if (!used && !value.empty()) {
            mistakes_.push_back(entry.mistake(owner, "Give \"" + std::string(field) + "\" too, or remove this owner."));
        }
    }

    void check(const config::Settings& file, const Route& route) {
        if (route.from.empty()) mistakes_.push_back(file.mistake("from", "Name at least one channel."));
        const bool useful = !route.targets.empty() || !route.filter.empty() || !route.learn.empty();
        if (!useful)
            mistakes_.push_back(file.mistake(
                "route", "Say who is owed the message (to), what is learned (learn) or why it is dropped (filter)."));
        if (!route.filter.empty() && !route.targets.empty()) {
            mistakes_.push_back(
                file.mistake("filter", "A route either drops (filter) or sends (to): remove one of the two."));
        }
        if (route.filter.empty() != route.reason.empty()) {
            mistakes_.push_back(file.mistake(route.filter.empty() ? "reason" : "filter",
                                             "A filter needs a name and a reason: give both or neither."));
        }
    }

    std::vector<config::Mistake>& mistakes_;
    fhirpath::CompileOptions options_;
};

}  // namespace

std::span<const config::FieldSpec> route_specs() {
    return kFields;
}

Route read_route(const config::Settings& file, std::vector<config::Mistake>& mistakes,
                 const fhir::DefinitionsPtr& definitions) {
    return Reader(mistakes, definitions).route(file);
}

}  // namespace causeway::route
