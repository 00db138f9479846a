#include <array>

#include "pathway/program.hpp"

namespace causeway::pathway {
namespace {

using config::FieldSpec;
using config::FieldType;

constexpr std::array<std::string_view, 3> kPriorities = {"routine", "urgent", "emergency"};
constexpr std::array<std::string_view, 1> kFactExamples = {"Bundle.entry.resource.ofType(Patient).birthDate"};
constexpr std::array<std::string_view, 1> kLocationExamples = {"%referral.supportingInfo"};

constexpr FieldSpec kRule = {.name = "rule",
                             .doc = "Name of the rule; stands in every finding and decision that it makes."};
constexpr FieldSpec kRuleVersion = {
    .name = "version", .doc = "Version of this rule, where it has one of its own.", .fallback = ""};
constexpr FieldSpec kLocation = {
    .name = "expression",
    .type = FieldType::expression,
    .doc = "The element that a finding points at; where it is missing, the place where it should be.",
    .fallback = "",
    .choices = kLocationExamples};

constexpr FieldSpec kExclusion[] = {
    kRule,
    kRuleVersion,
    {.name = "when", .type = FieldType::expression, .doc = "True for referrals that do not go through the service."},
    {.name = "reason", .doc = "Why it goes back to the GP: one sentence."},
    {.name = "instead", .doc = "What the GP does instead: one sentence."},
    kLocation,
};

constexpr FieldSpec kRequirement[] = {
    kRule,
    kRuleVersion,
    {.name = "when",
     .type = FieldType::expression,
     .doc = "Only for these referrals; without it for all.",
     .fallback = ""},
    {.name = "require", .type = FieldType::expression, .doc = "Must be true."},
    {.name = "ask", .doc = "What is missing and what to send: one sentence to the GP."},
    {.name = "why", .doc = "Why the service needs it: one sentence."},
    kLocation,
};

constexpr FieldSpec kService[] = {
    kRule,
    kRuleVersion,
    {.name = "when",
     .type = FieldType::expression,
     .doc = "The first row that is true decides; the last row has none.",
     .fallback = ""},
    {.name = "service", .doc = "Name of the service that takes the referral."},
    {.name = "priority",
     .type = FieldType::one_of,
     .doc = "Priority that the service gives; without it as the GP asked.",
     .fallback = "",
     .choices = kPriorities},
    {.name = "reason", .doc = "Why, in words for people."},
};

constexpr FieldSpec kClock[] = {
    {.name = "name", .doc = "Name of the promise."},
    {.name = "within", .type = FieldType::duration, .doc = "Breach after this time from the decision."},
    {.name = "warn_after", .type = FieldType::duration, .doc = "Warning after this time; before the breach."},
    {.name = "owner", .doc = "Who acts when it warns."},
    {.name = "stop_when",
     .type = FieldType::expression,
     .doc = "True for a later message of the same journey that keeps the promise."},
};

constexpr FieldSpec kFields[] = {
    {.name = "pathway", .doc = "Name of the pathway."},
    {.name = "version", .doc = "Version; findings and decisions name it."},
    {.name = "doc", .doc = "What it is for; for people.", .fallback = ""},
    {.name = "effective_from", .doc = "First day on which it may decide (YYYY-MM-DD)."},
    {.name = "about",
     .type = FieldType::expression,
     .doc = "The element that findings without an expression of their own point at.",
     .fallback = "Bundle.entry.resource.ofType(ServiceRequest)"},
    {.name = "facts",
     .type = FieldType::table,
     .doc = "Named expressions, computed once, in order; later expressions use them as %name.",
     .fallback = "",
     .choices = kFactExamples,
     .item = FieldType::expression},
    {.name = "urgent_when",
     .type = FieldType::expression,
     .doc = "True for urgent referrals: what is missing is asked for, and never blocks them.",
     .fallback = ""},
    {.name = "emergency_when",
     .type = FieldType::expression,
     .doc = "True for referrals whose priority is emergency; they count as urgent too.",
     .fallback = ""},
    {.name = "exclusions",
     .type = FieldType::list,
     .doc = "The closed list of referrals that do not go through the service.",
     .fallback = "",
     .fields = kExclusion,
     .item = FieldType::object},
    {.name = "completeness",
     .type = FieldType::list,
     .doc = "What must be on the form.",
     .fallback = "",
     .fields = kRequirement,
     .item = FieldType::object},
    {.name = "services",
     .type = FieldType::list,
     .doc =
         "Ordered decision table: the first row that holds decides; the last one, without condition, is the default.",
     .fields = kService,
     .item = FieldType::object},
    {.name = "clocks",
     .type = FieldType::list,
     .doc = "Promises that start with the decision.",
     .fallback = "",
     .fields = kClock,
     .item = FieldType::object},
};

}  // namespace

std::span<const config::FieldSpec> pathway_specs() {
    return kFields;
}

}  // namespace causeway::pathway
