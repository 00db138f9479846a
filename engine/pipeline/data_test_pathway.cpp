#include <array>

#include "core/text.hpp"
#include "pipeline/data_test_parts.hpp"

namespace causeway::pipeline {
namespace {

using config::FieldSpec;
using config::FieldType;

constexpr std::array<std::string_view, 3> kPriorities = {"routine", "urgent", "emergency"};

constexpr FieldSpec kTest[] = {
    {.name = "name", .doc = "A sentence that says what is true."},
    {.name = "given", .type = FieldType::path, .doc = "File with the message."},
    {.name = "change",
     .type = FieldType::list,
     .doc = "Edits of the file for this test.",
     .fallback = "",
     .fields = kChangeFields,
     .item = FieldType::object},
    {.name = "accepted", .type = FieldType::boolean, .doc = "No rule refuses it.", .fallback = "false"},
    {.name = "excluded", .type = FieldType::boolean, .doc = "It is on the closed list.", .fallback = "false"},
    {.name = "rules", .type = FieldType::list, .doc = "Rules of all findings, in order.", .fallback = ""},
    {.name = "at", .type = FieldType::list, .doc = "Where the findings point, in order.", .fallback = ""},
    {.name = "asked", .type = FieldType::list, .doc = "Rules that ask the GP without blocking.", .fallback = ""},
    {.name = "text", .doc = "Part of what the findings say.", .fallback = ""},
    {.name = "service", .doc = "Service that takes it.", .fallback = ""},
    {.name = "rule", .doc = "Rule that decided.", .fallback = ""},
    {.name = "priority",
     .type = FieldType::one_of,
     .doc = "Priority of the decision.",
     .fallback = "",
     .choices = kPriorities},
    {.name = "not_known", .type = FieldType::list, .doc = "Facts that the decision did not know.", .fallback = ""},
    {.name = "clocks", .type = FieldType::list, .doc = "Clocks that start.", .fallback = ""},
};

constexpr FieldSpec kFields[] = {
    {.name = "doc", .doc = "For people.", .fallback = ""},
    {.name = "pathway", .doc = "Name of the pathway."},
    {.name = "now", .doc = "The moment of the tests, such as 2026-11-21T09:30:00Z."},
    {.name = "tests",
     .type = FieldType::list,
     .doc = "Tests of the pathway.",
     .fields = kTest,
     .item = FieldType::object},
};

void compare(const config::Settings& test, const pathway::Assessment& assessment, Differences& differences) {
    std::vector<std::string> rules, places;
    std::string words;
    for (const Finding& finding : assessment.outcome.issues) {
        rules.push_back(short_rule(finding.rule));
        places.push_back(finding.expression);
        words += finding.text + '\n';
    }
    if (test.has("accepted")) differences.flag("accepted", test.boolean("accepted"), !assessment.outcome.has_errors());
    if (test.has("excluded")) differences.flag("excluded", test.boolean("excluded"), assessment.excluded);
    if (test.has("rules")) differences.list("rules", test.texts("rules"), rules);
    if (test.has("at")) differences.list("at", test.texts("at"), places);
    if (test.has("asked")) differences.list("asked", test.texts("asked"), assessment.asked);
    if (test.has("text")) differences.contains("text", test.text("text"), words);
}

void compare(const config::Settings& test, const pathway::Decision& decision, Differences& differences) {
    if (test.has("service")) differences.text("service", test.text("service"), decision.service);
    if (test.has("rule")) differences.text("rule", test.text("rule"), short_rule(decision.rule));
    if (test.has("priority"))
        differences.text("priority", test.text("priority"), std::string(to_code(decision.priority)));
    if (test.has("not_known")) differences.list("not_known", test.texts("not_known"), decision.not_known);
    if (!test.has("clocks")) return;
    std::vector<std::string> clocks;
    for (const auto& clock : decision.clocks) clocks.push_back(clock.name);
    differences.list("clocks", test.texts("clocks"), clocks);
}

bool asks_for_decision(const config::Settings& test) {
    return test.has("service") || test.has("rule") || test.has("priority") || test.has("not_known") ||
           test.has("clocks");
}

}  // namespace

std::span<const config::FieldSpec> pathway_test_fields() {
    return kFields;
}

void run_pathway_test(const config::Settings& file, const config::Settings& test, const Configuration& configuration,
                      Differences& differences) {
    const auto now = parse_fhir_instant(file.text("now"));
    const auto found = configuration.pathways.find(file.text("pathway"));
    if (!now) return differences.add("write `now` as 2026-11-21T09:30:00Z");
    if (found == configuration.pathways.end()) return differences.add("there is no pathway of this name");
    auto given = read_given(test, "test", *now, configuration);
    if (!given) return differences.add(to_string(given.error()));
    const tree::Node message = given->document->root();
    const auto assessment = found->second.assess(message, given->facts->environment());
    if (!assessment) return differences.add(to_string(assessment.error()));
    compare(test, *assessment, differences);
    if (!asks_for_decision(test)) return;
    const auto decision = found->second.decide(message, given->facts->environment());
    if (!decision) return differences.add(to_string(decision.error()));
    compare(test, *decision, differences);
}

}  // namespace causeway::pipeline
