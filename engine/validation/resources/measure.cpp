// Measure and MeasureReport (http://hl7.org/fhir/R4/measurereport.html).
#include "validation/resources/rules.hpp"

namespace causeway::validation {
namespace {

using tree::Node;

std::string_view first_code(const Node& concept_node) {
    return text_of(concept_node.child("coding"), "code");
}

bool is_same_concept(const Node& a, const Node& b) {
    const auto code = first_code(a);
    if (!code.empty()) return code == first_code(b);
    return text_of(a, "text") == text_of(b, "text");
}

void check_population(const RuleContext& context, const Node& population, std::string_view type) {
    const auto results = population.child("subjectResults");
    if (!results) return;
    if (type != "subject-list") {
        context.error(population, "measure-report-subjects", "Give subjectResults in subject lists only.");
        return;
    }
    if (population.child("count")) {
        const auto reference = text_of(results, "reference");
        const auto list = reference.empty() ? Node() : context.resolve(reference, results);
        if (!list) {
            context.error(population, "measure-report-subjects",
                          "Refer in subjectResults to a List that the report holds.", Issue::not_found);
        } else if (std::to_string(all(list, "entry").size()) != text_of(population, "count")) {
            context.error(population, "measure-report-subjects", "Give the number of subjects that the list has.");
        }
    }
}

void check_score(const RuleContext& context, const Node& group, std::string_view scoring) {
    const auto score = group.child("measureScore");
    if (score && scoring == "cohort")
        context.error(score, "measure-report-score", "Take the score away: a cohort measure has none.");
}

void check_group(const RuleContext& context, const Node& defined, const Node& group, std::string_view type,
                 std::string_view scoring) {
    check_score(context, group, scoring);
    for (const auto& population : all(group, "population")) {
        bool known = false;
        for (const auto& each : all(defined, "population"))
            known = known || is_same_concept(each.child("code"), population.child("code"));
        if (!known)
            context.error(population, "measure-report-population",
                          "Report populations that the measure defines, by their code.");
        check_population(context, population, type);
    }
}

}  // namespace

void check_measure(const RuleContext& context, const Node& resource) {
    const auto libraries = all(resource, "library");
    for (const auto& library : libraries)
        if (!is_absolute(library.text()) && !library.text().starts_with("#") && libraries.size() > 1)
            context.warning(library, "canonical-absolute", "Name the library by its absolute canonical URL.");
}

void check_measure_report(const RuleContext& context, const Node& resource) {
    const auto canonical = text_of(resource, "measure");
    if (canonical.empty()) return;
    const auto held = context.load(canonical, "Measure");
    if (!held) {
        context.warning(resource.child("measure"), "measure-report-measure",
                        "The report was not checked: load the Measure " + std::string(canonical) + ".",
                        Issue::not_found);
        return;
    }
    const auto measure = held->root();
    const auto type = text_of(resource, "type");
    const auto scoring = first_code(measure.child("scoring"));
    const auto defined = all(measure, "group");
    const auto groups = all(resource, "group");
    if (groups.size() > defined.size() || (groups.size() < defined.size() && text_of(resource, "status") == "complete"))
        context.error(resource, "measure-report-groups", "Report each group of the measure once.");
    if (defined.size() == 1 && groups.size() == 1) {
        check_group(context, defined.front(), groups.front(), type, scoring);
        return;
    }
    for (const auto& group : groups) {
        const auto code = group.child("code");
        Node match;
        for (const auto& each : defined)
            if (code && is_same_concept(each.child("code"), code)) match = each;
        if (match)
            check_group(context, match, group, type, scoring);
        else
            context.error(group, "measure-report-group", "Give the group the code that it has in the measure.");
    }
}

}  // namespace causeway::validation
