// MeasureReport against its Measure (http://hl7.org/fhir/R4/measurereport.html).
#include <algorithm>

#include "fhirpath/decimal.hpp"
#include "validation/resources/rules.hpp"

namespace causeway::validation {
namespace {

using tree::Node;
using Nodes = std::vector<Node>;

/// Has the one a code that the other has? Codings count by system and code; texts only where neither has codings.
bool is_same_concept(const Node& defined, const Node& given) {
    const auto wanted = all(defined, "coding");
    const auto codings = all(given, "coding");
    for (const auto& a : wanted)
        for (const auto& b : codings)
            if (text_of(a, "code") == text_of(b, "code") && text_of(a, "system") == text_of(b, "system")) return true;
    return wanted.empty() && codings.empty() && defined.child("text") &&
           text_of(defined, "text") == text_of(given, "text");
}

std::string_view scoring_of(const Node& measure) {
    return text_of(measure.child("scoring").child("coding"), "code");
}

class ReportCheck {
public:
    ReportCheck(const RuleContext& context, const Node& measure, const Node& report)
        : context_(context), measure_(measure), report_(report), type_(text_of(report, "type")) {}

    void run() {
        const auto defined = all(measure_, "group");
        const auto groups = all(report_, "group");
        if (defined.size() == 1 && groups.size() == 1) {
            const auto& only = groups.front();
            const auto wanted = defined.front().child("code");
            if (wanted && only.child("code") && !is_same_concept(wanted, only.child("code")))
                context_.error(only, "measure-report-group", "Give the group the code that it has in the measure.");
            group(defined.front(), only);
            return;
        }
        const auto missing =
            match(defined, groups, "measure-report-group", [&](const Node& a, const Node& b) { group(a, b); });
        if (missing != 0 && type_ != "data-collection")
            context_.error(report_, "measure-report-groups", "Report each group of the measure once.");
    }

private:
    /// Pairs what is given with what is defined, by code; says how many defined ones are left.
    template <class Found>
    std::size_t match(const Nodes& defined, const Nodes& given, std::string_view rule, Found found) const {
        std::vector<bool> taken(defined.size(), false);
        for (const auto& each : given) {
            const auto code = each.child("code");
            const auto say = [&](std::string_view text) { context_.error(each, rule, std::string(text)); };
            if (!code) {
                say("Give it the code that it has in the measure.");
                continue;
            }
            const auto place = std::find_if(defined.begin(), defined.end(),
                                            [&](const Node& one) { return is_same_concept(one.child("code"), code); });
            if (place == defined.end()) {
                say("Report only what the measure defines, by its code.");
            } else if (taken[static_cast<std::size_t>(place - defined.begin())]) {
                say("Report it once: this code stands twice.");
            } else {
                taken[static_cast<std::size_t>(place - defined.begin())] = true;
                found(*place, each);
            }
        }
        return static_cast<std::size_t>(std::count(taken.begin(), taken.end(), false));
    }

    void group(const Node& defined, const Node& given) const {
        const auto populations = all(defined, "population");
        const auto reported = all(given, "population");
        match(populations, reported, "measure-report-population",
              [&](const Node&, const Node& population) { subjects(population); });
        for (const auto& each : populations) {
            // What is observed is no population that could be counted.
            if (text_of(each.child("code").child("coding"), "code") == "measure-observation") continue;
            const bool is_reported = std::any_of(reported.begin(), reported.end(), [&](const Node& one) {
                return is_same_concept(each.child("code"), one.child("code"));
            });
            if (!is_reported)
                context_.error(given, "measure-report-population", "Report each population of the measure.");
        }
        const auto left = match(all(defined, "stratifier"), all(given, "stratifier"), "measure-report-stratifier",
                                [](const Node&, const Node&) {});
        if (left != 0) context_.error(given, "measure-report-stratifier", "Report each stratifier of the measure.");
        score(given);
    }

    void subjects(const Node& population) const {
        const auto results = population.child("subjectResults");
        if (type_ != "subject-list") {
            if (results)
                context_.error(population, "measure-report-subjects", "Give subjectResults in subject lists only.");
            if (!population.child("count"))
                context_.warning(population, "measure-report-count", "Give the number of the population.");
            return;
        }
        const auto count = population.child("count");
        if (!results || !count) return;
        const auto list = context_.resolve(text_of(results, "reference"), results);
        if (!list) {
            context_.error(population, "measure-report-subjects",
                           "Refer in subjectResults to a List that the report holds.", Issue::not_found);
        } else if (std::to_string(all(list, "entry").size()) != count.text()) {
            context_.error(population, "measure-report-subjects", "Give the number of subjects that the list has.");
        }
    }

    void score(const Node& given) const {
        const auto scoring = scoring_of(measure_);
        const auto stated = given.child("measureScore");
        const auto say = [&](const Node& at, std::string_view text) {
            context_.error(at, "measure-report-score", std::string(text), Issue::business_rule);
        };
        if (type_ == "data-collection" || scoring == "cohort") {
            if (stated) say(stated, "Take the score away: a collection of data and a cohort measure have none.");
            return;
        }
        if (scoring != "proportion" && scoring != "ratio" && scoring != "continuous-variable") return;
        if (!stated) return say(given, "Give the score: the scoring of the measure needs one.");
        const auto value = stated.child("value");
        if (!value) return say(stated, "Give the score a value.");
        if (scoring != "proportion") return;
        for (const auto name : {"unit", "system", "code"})
            if (const auto unit = stated.child(name)) say(unit, "Take the unit away: a proportion has none.");
        const auto number = fhirpath::Number::parse(value.text());
        const auto is_beyond = [&](const char* bound, int sign) {
            return number->compare(*fhirpath::Number::parse(bound)) * sign > 0;
        };
        if (number && (is_beyond("1", 1) || is_beyond("0", -1))) say(value, "Give a proportion from 0 to 1.");
    }

    const RuleContext& context_;
    const Node measure_;
    const Node report_;
    const std::string_view type_;
};

}  // namespace

void check_measure_report(const RuleContext& context, const Node& resource) {
    auto canonical = text_of(resource, "measure");
    if (canonical.empty()) canonical = text_of(resource.child("measure"), "reference");  // STU3.
    if (canonical.empty()) return;
    if (canonical.front() == '#') {
        const auto contained = context.resolve(canonical, resource);
        if (contained && contained.type() == "Measure") ReportCheck(context, contained, resource).run();
        return;
    }
    const auto measure = context.load(canonical, "Measure");
    if (!measure) {
        context.warning(resource.child("measure"), "measure-report-measure",
                        "The report was not checked: load the Measure " + std::string(canonical) + ".",
                        Issue::not_found);
        return;
    }
    ReportCheck(context, measure->root(), resource).run();
}

}  // namespace causeway::validation
