/// Censuses, and what is expected to follow.

#include "core/text.hpp"
#include "pipeline/configuration_loader.hpp"
#include "pipeline/configuration_specs.hpp"

namespace causeway::pipeline {
namespace {

using config::FieldSpec;
using config::FieldType;
using config::Settings;

constexpr std::string_view kTypes[] = {"ADT^A03", "MDM", "Bundle/message"};
constexpr std::string_view kShared[] = {"nhs-number", "patient", "visit"};

constexpr FieldSpec kPattern[] = {
    {.name = "channels", .type = FieldType::list, .doc = "Channels that take it; without it any.", .fallback = ""},
    {.name = "types",
     .type = FieldType::list,
     .doc = "Message types; without it any.",
     .fallback = "",
     .choices = kTypes},
    {.name = "condition", .type = FieldType::expression, .doc = "What holds for the message.", .fallback = ""},
};

constexpr FieldSpec kExpectation[] = {
    {.name = "expectation", .doc = "Name of the rule."},
    {.name = "doc", .doc = "For people.", .fallback = ""},
    {.name = "after", .type = FieldType::object, .doc = "The messages that call for something.", .fields = kPattern},
    {.name = "expect", .type = FieldType::object, .doc = "The messages that must follow.", .fields = kPattern},
    {.name = "shared",
     .type = FieldType::list,
     .doc = "Kinds of key: one value of one of them is in both messages.",
     .fallback = "nhs-number",
     .choices = kShared},
    {.name = "within", .type = FieldType::duration, .doc = "Time in which it must follow."},
    {.name = "early",
     .type = FieldType::duration,
     .doc = "What came up to this long before counts, too: a summary may be sent before the discharge is told.",
     .fallback = "0s"},
    {.name = "owner", .doc = "Who looks for what is absent.", .fallback = "integration-team"},
};

/// "03:00"
bool is_time_of_day(std::string_view text) {
    const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
    return text.size() == 5 && digit(0) && digit(1) && text[2] == ':' && digit(3) && digit(4) &&
           text.substr(0, 2) < "24" && text.substr(3) < "60";
}

}  // namespace

std::span<const FieldSpec> expectation_fields() {
    return kExpectation;
}

void Loader::check_times(const Settings& settings) {
    const auto at = settings.text("reconcile_at");
    if (at != "off" && !is_time_of_day(at))
        add(settings.mistake("reconcile_at", "Give a time of the day such as \"03:00\", or off."));
    const auto holidays = settings.texts("holidays");
    for (std::size_t i = 0; i < holidays.size(); ++i)
        if (holidays[i].size() != 10 || !parse_fhir_instant(holidays[i]))
            add(settings.mistake("holidays", i, "Write each day as 2027-06-01."));
}

std::optional<fhirpath::Expression> Loader::compile(const Settings& settings, std::string_view field) {
    const auto text = settings.text(field);
    if (text.empty()) return fhirpath::Expression();
    fhirpath::CompileOptions options;
    options.definitions = checked_with_;
    auto compiled = fhirpath::Expression::compile(text, options);
    if (auto* good = std::get_if<fhirpath::Expression>(&compiled)) return std::move(*good);
    const auto& wrong = std::get<fhirpath::CompileError>(compiled);
    add(settings.mistake_inside(field, wrong.column, wrong.what));
    return std::nullopt;
}

IdList Loader::read_id_list(const Settings& settings) {
    IdList list;
    list.settings = settings;
    list.format = settings.text("format") == "fhir" ? IdList::Format::fhir : IdList::Format::csv;
    if (settings.has("file")) list.file = settings.path("file").string();
    list.url = settings.text("url");
    list.command = settings.text("command");
    list.column = settings.text("column");
    list.id = compile(settings, "id").value_or(fhirpath::Expression());
    const auto given = (list.file.empty() ? 0 : 1) + (list.url.empty() ? 0 : 1) + (list.command.empty() ? 0 : 1);
    if (given != 1) add(settings.mistake("", "Give one of file, url and command."));
    return list;
}

void Loader::read_census(Channel& channel) {
    if (!channel.settings.has("census")) return;
    const auto settings = channel.settings.object("census");
    Census census;
    census.source = read_id_list(settings);
    census.key = settings.text("key");
    if (settings.has("confirmed")) census.confirmed = read_id_list(settings.object("confirmed"));
    channel.census = std::move(census);
}

MessagePattern Loader::read_pattern(const Settings& settings) {
    MessagePattern pattern;
    pattern.types = settings.texts("types");
    pattern.when = compile(settings, "condition").value_or(fhirpath::Expression());
    const auto channels = settings.texts("channels");
    for (std::size_t i = 0; i < channels.size(); ++i) {
        if (!channels_.places.contains(channels[i]))
            add(settings.mistake("channels", i, explain_unknown(channels[i], channels_)));
        pattern.channels.insert(channels[i]);
    }
    if (pattern.channels.empty() && pattern.types.empty() && pattern.when.empty())
        add(settings.mistake("", "Name channels, types or a condition: every message would be meant."));
    return pattern;
}

void Loader::read_expectation(const Settings& settings) {
    Expectation made;
    made.name = settings.text("expectation");
    made.place = settings.place();
    made.doc = settings.text("doc");
    made.after = read_pattern(settings.object("after"));
    made.expect = read_pattern(settings.object("expect"));
    made.shared = settings.texts("shared");
    made.within = settings.duration("within");
    made.early = settings.duration("early");
    made.owner = settings.text("owner");
    constexpr auto longest = std::chrono::hours(24 * 90);
    if (made.within <= Duration{} || made.within > longest) add(settings.mistake("within", "Give a time up to 90d."));
    if (made.early > longest) add(settings.mistake("early", "Give a time up to 90d."));
    if (made.shared.empty()) add(settings.mistake("shared", "Name a kind of key that both messages have."));
    made_->expectations.push_back(std::move(made));
}

void Loader::load_expectations() {
    for (const auto& file : read_part("expectations")) {
        const auto before = mistakes_.size();
        const auto settings = config::lint(file.yaml, expectation_fields(), mistakes_);
        declare(settings, "expectation", expectations_, file.name);
        if (!failed_since(before)) read_expectation(settings);
    }
}

}  // namespace causeway::pipeline
