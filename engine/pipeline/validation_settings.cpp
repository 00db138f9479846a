#include "pipeline/validation_settings.hpp"

#include <algorithm>
#include <array>

#include "core/json_object.hpp"
#include "core/text.hpp"
#include "validation/v2/check.hpp"

namespace causeway::pipeline {
namespace {

using config::FieldSpec;
using config::FieldType;

constexpr std::string_view kReactions[] = {"refuse", "hold", "note"};
constexpr std::string_view kUnknownExtensions[] = {"accept", "note", "warn", "refuse"};
constexpr std::string_view kSeverities[] = {"error", "warning", "information", "off"};
constexpr std::string_view kProfiles[] = {"https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient", "itk-adt"};
constexpr std::string_view kRules[] = {"dom-6", "binding-extensible"};
constexpr std::string_view kPaths[] = {"Patient.contact"};

constexpr FieldSpec kOverride[] = {
    {.name = "rule",
     .doc = "Rule of the findings, as an answer shows it; without it every rule.",
     .fallback = "",
     .choices = kRules},
    {.name = "path",
     .doc = "Where: a path without indexes, from any resource; without it everywhere.",
     .fallback = "",
     .choices = kPaths},
    {.name = "severity",
     .type = FieldType::one_of,
     .doc = "What these findings become, or off.",
     .choices = kSeverities},
    {.name = "reason", .doc = "Why; for those who come after you."},
};

constexpr FieldSpec kValidation[] = {
    {.name = "base",
     .type = FieldType::boolean,
     .doc = "Must FHIR messages meet the base specification?",
     .fallback = "true"},
    {.name = "profiles",
     .type = FieldType::list,
     .doc = "FHIR profiles that every resource of their type must meet, MessageDefinitions for messages of their "
            "event, and "
            "names of HL7 v2 conformance profiles (profiles/NAME.yaml).",
     .fallback = "",
     .choices = kProfiles},
    {.name = "on_error",
     .type = FieldType::one_of,
     .doc = "What follows from errors: 422 with the outcome, accepted and held for the owner, or accepted and noted.",
     .fallback = "refuse",
     .choices = kReactions},
    {.name = "on_warning",
     .type = FieldType::one_of,
     .doc = "What follows from warnings.",
     .fallback = "note",
     .choices = kReactions},
    {.name = "best_practice",
     .type = FieldType::boolean,
     .doc = "Also warn of what the specification only recommends, such as a narrative in each resource.",
     .fallback = "false"},
    {.name = "unknown_extensions",
     .type = FieldType::one_of,
     .doc = "What an extension is whose definition is not held. Modifier extensions that are not known are errors.",
     .fallback = "accept",
     .choices = kUnknownExtensions},
    {.name = "overrides",
     .type = FieldType::list,
     .doc = "Findings that count differently here.",
     .fallback = "",
     .fields = kOverride,
     .item = FieldType::object},
};

bool is_error(const Finding& finding) {
    return finding.severity == Severity::error || finding.severity == Severity::fatal;
}

template <std::size_t N>
std::size_t index_of(const std::string_view (&names)[N], std::string_view name) {
    return static_cast<std::size_t>(std::find(std::begin(names), std::end(names), name) - std::begin(names));
}

Reaction reaction(const config::Settings& settings, std::string_view field) {
    constexpr std::array reactions = {Reaction::refuse, Reaction::hold, Reaction::note};
    return reactions[std::min(index_of(kReactions, settings.text(field)), reactions.size() - 1)];
}

validation::Override read_override(const config::Settings& settings, std::vector<config::Mistake>& mistakes) {
    constexpr std::array severities = {Severity::error, Severity::warning, Severity::information};
    validation::Override made;
    made.rule = settings.text("rule");
    made.path = settings.text("path");
    made.reason = settings.text("reason");
    if (const auto index = index_of(kSeverities, settings.text("severity")); index < severities.size())
        made.severity = severities[index];
    if (trim(made.reason).empty())
        mistakes.push_back(settings.mistake("reason", "Say why: without a reason nobody dares to remove it again."));
    if (made.rule.empty() && made.path.empty())
        mistakes.push_back(settings.mistake("severity", "Name a rule or a path: this would mean every finding."));
    return made;
}

MessageEvent read_message_event(const fhir::Definitions& definitions, fhir::Index resource, const std::string& url) {
    const JsonObject json(definitions.resource_json(resource));
    MessageEvent event{url, {}, json.text("eventUri")};
    const auto coding = json.document().FindMember("eventCoding");
    if (coding == json.document().MemberEnd() || !coding->value.IsObject()) return event;
    const auto text = [&](const char* name) {
        const auto found = coding->value.FindMember(name);
        return found != coding->value.MemberEnd() && found->value.IsString() ? found->value.GetString() : "";
    };
    event.system = text("system");
    event.code = text("code");
    return event;
}

std::string explain_unheld(const fhir::Definitions& definitions, const std::string& url) {
    std::vector<std::string> held;
    for (const auto& structure : definitions.structures())
        if (structure.url.length != 0) held.emplace_back(definitions.text(structure.url));
    for (const auto& resource : definitions.resources())
        if (resource.url.length != 0) held.emplace_back(definitions.text(resource.url));
    return "This profile is not held." + did_you_mean(url, held) +
           " Add its package with \"causeway profile add\", or correct the address.";
}

void read_profiles(const config::Settings& settings, const fhir::Definitions& definitions, Validation& made,
                   std::vector<config::Mistake>& mistakes) {
    const auto profiles = settings.texts("profiles");
    for (std::size_t i = 0; i < profiles.size(); ++i) {
        const auto& url = profiles[i];
        if (is_conformance_profile(url)) continue;
        const auto resource = definitions.resource(url);
        if (definitions.structure(url) != 0)
            made.profiles.push_back(url);
        else if (resource != 0 && definitions.name_text(definitions.resources()[resource].type) == "MessageDefinition")
            made.messages.push_back(read_message_event(definitions, resource, url));
        else
            mistakes.push_back(settings.mistake("profiles", i, explain_unheld(definitions, url)));
    }
}

/// A mistake in a profile is told at its own place, and once more where it is named.
void read_conformance(const config::Settings& settings, const std::filesystem::path& folder, Validation& made,
                      std::vector<config::Mistake>& mistakes) {
    const auto names = settings.texts("profiles");
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!is_conformance_profile(names[i])) continue;
        if (auto profile = validation::v2::load_profile(folder, names[i], mistakes))
            made.conformance.push_back(std::move(profile));
        else
            mistakes.push_back(settings.mistake("profiles", i, "This profile of HL7 v2 cannot be used."));
    }
}

/// MessageHeader.event of the document: a Coding's system and code, or a URI.
bool has_event(const tree::Node& root, const MessageEvent& event) {
    const auto stated = root.child("entry").child("resource").child("event");
    if (stated.has_value()) return event.system.empty() && stated.text() == event.code;
    return stated.child("code").text() == event.code && stated.child("system").text() == event.system;
}

/// Does what the channel's own rules say make this finding a repetition?
bool repeats(const Finding& said, const Finding& found) {
    if (said.expression == found.expression) return true;
    if (!said.expression.starts_with(found.expression)) return false;
    if (!said.rule.empty() && said.rule == found.rule) return true;
    const auto below = std::string_view(said.expression).substr(found.expression.size());
    const auto child = below.starts_with('.') ? below.substr(1) : below;
    return found.rule == "cardinality-min" && !child.empty() && child.find('.') == std::string_view::npos &&
           found.text.find(child) != std::string::npos;
}

}  // namespace

std::vector<std::string> Validation::definitions_of(const fhir::FhirDocument& document) const {
    std::vector<std::string> asked;
    for (const auto& event : messages)
        if (has_event(document.root(), event)) asked.push_back(event.definition);
    return asked;
}

Validation::Result Validation::check(const fhir::FhirDocument& document) const {
    // What stands where a type belongs may be anything, and is not repeated: check_structure() has refused it.
    if (!validator || validator->definitions().type(document.root().type()) == 0) return {};
    auto findings = validator->validate(document, definitions_of(document));
    std::erase_if(findings.issues, [&](const Finding& finding) { return !base && finding.profile.empty(); });
    return react(std::move(findings));
}

Validation::Result Validation::check(const hl7v2::Message& message) const {
    OperationOutcome findings;
    bool is_any = false;
    for (const auto& profile : conformance) {
        if (!validation::v2::is_for(*profile, message)) continue;
        is_any = true;
        findings.append(validation::v2::check(message, *profile));
    }
    if (!is_any && !conformance.empty()) findings = validation::v2::check(message, *conformance.front(), 1);
    return react(std::move(findings));
}

Validation::Result Validation::react(OperationOutcome findings) const {
    Result result{std::move(findings), {}};
    auto& issues = result.findings.issues;
    std::erase_if(issues, [](const Finding& finding) { return finding.severity == Severity::information; });
    const bool errors = std::any_of(issues.begin(), issues.end(), is_error);
    const bool warnings = !std::all_of(issues.begin(), issues.end(), is_error);
    if ((errors && on_error == Reaction::hold) || (warnings && on_warning == Reaction::hold))
        result.hold =
            "Validation found what is wrong with this message: look at its findings, then release it, or "
            "ask the sender to correct it.";
    for (auto& finding : issues) {
        const bool refuses = (is_error(finding) ? on_error : on_warning) == Reaction::refuse;
        finding.severity = refuses ? Severity::error : Severity::warning;
    }
    return result;
}

void append_unsaid(OperationOutcome& said, OperationOutcome found) {
    const auto own = said.issues;
    std::erase_if(found.issues, [&](const Finding& finding) {
        return std::any_of(own.begin(), own.end(), [&](const Finding& one) { return repeats(one, finding); });
    });
    said.append(std::move(found));
}

std::span<const FieldSpec> validation_fields() {
    return kValidation;
}

bool is_conformance_profile(std::string_view name) {
    return name.find(':') == std::string_view::npos;
}

Validation read_validation(const config::Settings& settings, const fhir::DefinitionsPtr& definitions,
                           const std::filesystem::path& folder, std::vector<config::Mistake>& mistakes) {
    Validation made;
    read_conformance(settings, folder, made, mistakes);
    made.base = settings.boolean("base");
    made.on_error = reaction(settings, "on_error");
    made.on_warning = reaction(settings, "on_warning");
    validation::Options options;
    options.best_practice = settings.boolean("best_practice");
    constexpr std::array unknown = {
        validation::Options::UnknownExtensions::accept, validation::Options::UnknownExtensions::note,
        validation::Options::UnknownExtensions::warn, validation::Options::UnknownExtensions::refuse};
    options.unknown_extensions =
        unknown[std::min(index_of(kUnknownExtensions, settings.text("unknown_extensions")), unknown.size() - 1)];
    options.max_findings = 200;  // As the referral's own rules: an answer is for people.
    for (const auto& override_settings : settings.objects("overrides"))
        options.overrides.push_back(read_override(override_settings, mistakes));
    if (!definitions) return made;
    read_profiles(settings, *definitions, made, mistakes);
    if (!made.base && made.profiles.empty() && made.messages.empty()) return made;
    options.profiles = made.profiles;
    made.validator = std::make_shared<const validation::Validator>(definitions, std::move(options));
    return made;
}

}  // namespace causeway::pipeline
